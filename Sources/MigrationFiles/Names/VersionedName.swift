// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A name of the form `<version>_<description>`: of a version's own folder, and of a file without its extension.
struct VersionedName: Hashable, Sendable {
    /// The number.
    let version: MigrationVersion
    /// The digits as they are written.
    let versionText: String

    /// Reads a name.
    ///
    /// - Throws: What is wrong with it, as the end of a sentence that begins with "the name".
    init(_ name: some StringProtocol) throws(InvalidText) {
        let bytes = Substring(name).utf8
        let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let text = String(Substring(digits))
        guard let version = MigrationVersion(text) else {
            throw InvalidText("does not begin with a version, which is a whole number")
        }
        let rest = bytes.dropFirst(digits.count)
        guard rest.first == UInt8(ascii: "_") else {
            throw InvalidText("has no \"_\" after the version \(text)")
        }
        let description = Substring(rest.dropFirst())
        guard description.contains(where: { $0.isLetter || $0.isNumber }) else {
            throw InvalidText("has no description after \"\(text)_\"")
        }
        guard !name.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            throw InvalidText("has control characters in it")
        }
        self.version = version
        versionText = text
    }
}
