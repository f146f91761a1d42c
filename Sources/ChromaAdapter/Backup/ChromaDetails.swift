// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a set's metadata says of a store of ChromaDB.
///
/// `layout` (`0.5` or `1.x`), `migrations` (the newest of `embeddings_queue`, `metadb` and `sysdb`), `records` (of all collections),
/// `collections` (each with `id`, `name`, `database`, `tenant`, `dimension`, `count`, and `digest`: the sum of the SHA-256 of all records with
/// their documents and metadata, modulo 2^256, so that it does not depend on their order; `pending` records are left out of it; `index`: the
/// SHA-256 of the files that have its vectors; `queue`: that of what waits to be put there; `settings`: that of its configuration and
/// metadata), `files` (for index files that were not just being written: size, mtime and ctime in nanoseconds, inode, all of the store's own
/// file), `linked` (how many files are shared with the previous set), `held_milliseconds` (for how long writers waited, in all attempts
/// together), `staged` (whether the copy was made beside the store first).
struct ChromaDetails: Hashable, Sendable {
    static let folder = "chroma"
    static let database = "\(folder)/\(StoreReader.database)"

    var migrations: [String: Int64]
    var collections: [StoredCollection]

    var layout: ChromaLayout { ChromaLayout(migrations: migrations) }

    init(_ part: StoredPart) throws(ChromaBackupError) {
        let details = part.snapshot.details
        guard let migrations = details["migrations"]?.objectValue, let values = details["collections"]?.arrayValue
        else {
            throw ChromaBackupError(.damaged, "the set's metadata does not say what \(Self.folder)/ holds")
        }
        self.migrations = migrations.compactMapValues(\.integerValue)
        collections = values.compactMap { StoredCollection($0) }
        guard collections.count == values.count else {
            throw ChromaBackupError(.damaged, "the set's metadata does not say what \(Self.folder)/ holds")
        }
    }

    static func values(_ contents: StoreReader.Contents, _ copy: FreezeCopy.Result) -> [String: BackupValue] {
        let milliseconds = copy.held / .milliseconds(1)
        return [
            "layout": .string(contents.layout.family.rawValue),
            "migrations": .object(contents.layout.migrations.mapValues { .integer($0) }),
            "collections": .array(contents.collections.map(\.value)),
            "records": .integer(contents.collections.reduce(0) { $0 + $1.count }),
            "files": .object(copy.files.filter { !$0.value.isRecent(at: copy.instant) }.mapValues(\.value)),
            "linked": .integer(Int64(copy.unchanged.count)),
            "held_milliseconds": .integer(Int64(milliseconds.rounded(.up))),
            "staged": .bool(copy.isStaged),
        ]
    }

    /// The files that an earlier set has of a store, as they were then.
    static func files(of previous: PreviousSnapshot?) -> [String: FileStamp] {
        guard let previous, let files = previous.snapshot.details["files"]?.objectValue else { return [:] }
        var known: [String: FileStamp] = [:]
        for (path, value) in files {
            guard let stamp = FileStamp(value), previous.artifacts["\(folder)/\(path)"]?.bytes == stamp.bytes else {
                continue
            }
            known[path] = stamp
        }
        return known
    }

    /// What the contents of a folder are otherwise than noted; empty when they are the same.
    func differences(from contents: StoreReader.Contents) -> [String] {
        var differences: [String] = []
        if contents.layout.migrations != migrations {
            differences.append("\(Self.database) is of another version of ChromaDB than when it was saved")
        }
        let there = Dictionary(contents.collections.map { ($0.id, $0) }) { $1 }
        for collection in collections {
            guard let found = there[collection.id] else {
                differences.append("the collection \"\(collection.name)\" is missing")
                continue
            }
            differences += collection.differences(of: found).map { "the collection \"\(collection.name)\" \($0)" }
        }
        let known = Set(collections.map(\.id))
        for collection in contents.collections where !known.contains(collection.id) {
            differences.append("the collection \"\(collection.name)\" was not there when it was saved")
        }
        return differences
    }
}
