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
    /// Objects done, and how many there are.
    public var objects: (done: Int64, total: Int64?)? {
        get { doneObjects.map { ($0, totalObjects) } }
        set { (doneObjects, totalObjects) = (newValue?.done, newValue?.total ?? nil) }
    }

    private var doneObjects: Int64?
    private var totalObjects: Int64?

    /// Makes a report of progress.
    public init(
        phase: String, object: String? = nil, bytes: Int64 = 0, totalBytes: Int64? = nil, isExact: Bool = false,
        objects: (done: Int64, total: Int64?)? = nil
    ) {
        self.phase = phase
        self.object = object
        self.bytes = bytes
        self.totalBytes = totalBytes
        self.isExact = isExact
        doneObjects = objects?.done
        totalObjects = objects?.total ?? nil
    }
}
