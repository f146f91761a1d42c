// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

#if canImport(System)
public import System
#else
public import SystemPackage
#endif

/// The file system refused something.
public struct FileSystemError: BackupError {
    /// What was to be done: `write`, `rename`.
    public let operation: String
    /// What it was to be done to.
    public let path: String
    /// Why it was not.
    public let reason: Errno

    /// Makes an error.
    public init(_ operation: String, _ path: String, _ reason: Errno) {
        self.operation = operation
        self.path = path
        self.reason = reason
    }

    public var category: BackupErrorCategory { .destination }

    private static let reading: Set<String> = ["look at", "list", "open", "read"]

    public var description: String {
        let advice: String? =
            switch reason {
            case .noSpace, .diskQuotaExceeded: "make room there, or choose another folder, and run again."
            case .permissionDenied, .notPermitted:
                Self.reading.contains(operation)
                    ? "let the account that this runs as read there."
                    : "let the account that this runs as write there, or choose another folder."
            case .readOnlyFileSystem: "choose a folder that can be written to."
            case .ioError: "the disk, or the network to it, failed: see the system's log before you trust it again."
            default: nil
            }
        return "cannot \(operation) \(path): \(reason)" + (advice.map { "\nhint: \($0)" } ?? "")
    }
}
