// SPDX-License-Identifier: Apache-2.0

/// What a target tells while it saves, proves or restores a store.
public enum BackupTargetEvent: Hashable, Sendable {
    /// It waits for something that takes its time: `the server begins in 5 s (repl-diskless-sync-delay)`.
    case waiting(String)
    /// How far it is.
    case progress(BackupProgress)
    /// Something that people should know.
    case notice(String)
}

/// How far the saving, proving or restoring of one store is.
public struct BackupProgress: Hashable, Sendable {
    /// What is being done: `dumping`, `copying`, `restoring`.
    public var phase: String
    /// What it is being done to: a table, a file.
    public var object: String?
    /// How many bytes are done.
    public var bytes: Int64
    /// How many there are going to be; an estimate unless ``isExact``. `nil` when nobody knows.
    public var totalBytes: Int64?
    /// Whether ``totalBytes`` is certain.
    public var isExact: Bool
    /// How many of the objects are done, tables or files, and how many there are; `nil` where they are not counted.
    public var objects: ObjectCount?

    /// Makes a report of progress.
    public init(
        phase: String, object: String? = nil, bytes: Int64 = 0, totalBytes: Int64? = nil, isExact: Bool = false,
        objects: ObjectCount? = nil
    ) {
        self.phase = phase
        self.object = object
        self.bytes = bytes
        self.totalBytes = totalBytes
        self.isExact = isExact
        self.objects = objects
    }

    /// Objects done, and how many there are.
    public struct ObjectCount: Hashable, Sendable {
        /// How many are done.
        public var done: Int
        /// How many there are.
        public var total: Int

        /// Makes a count.
        public init(_ done: Int, of total: Int) {
            self.done = done
            self.total = total
        }
    }
}
