// SPDX-License-Identifier: Apache-2.0

/// The name of a script: `<version>_<description>.sql`, `….up.sql` or `….down.sql`.
///
/// Extensions are recognised in any letter case: a file that ends with `.SQL` would otherwise be left out without a word.
struct ScriptName: Hashable, Sendable {
    let version: VersionedName
    let role: FileRole

    /// Whether a name ends with `.sql`, so that it has to fit the form.
    static func claims(_ name: String) -> Bool {
        hasExtension(name[...], ".sql")
    }

    /// Reads a name that ends with `.sql`.
    init(_ name: String) throws(InvalidText) {
        var stem = name.dropLast(4)
        if Self.hasExtension(stem, ".down") {
            role = .undo
            stem = stem.dropLast(5)
        } else {
            role = .migration
            if Self.hasExtension(stem, ".up") { stem = stem.dropLast(3) }
        }
        version = try VersionedName(stem)
    }

    private static func hasExtension(_ name: Substring, _ lowercase: String) -> Bool {
        name.utf8.count >= lowercase.utf8.count && name.suffix(lowercase.count).lowercased() == lowercase
    }
}
