// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

/// Why a folder cannot be listed.
struct FolderFailure: Error {
    let errno: Errno

    /// Asks the system again, in a way that tells the reason.
    init(_ path: FilePath) {
        do {
            try FileDescriptor.open(path, .readOnly, options: [.directory, .nonBlocking, .closeOnExec]).close()
            errno = .ioError
        } catch {
            errno = error as? Errno ?? .ioError
        }
    }

    /// The problem to report for a folder.
    func problem(path: String) -> MigrationFileProblem {
        MigrationFileProblem(.folderUnavailable, path, sentence)
    }

    private var sentence: String {
        switch errno {
        case .noSuchFileOrDirectory:
            "there is no such folder. Create it, or name the folder of the migrations (--migrations DIR)."
        case .notDirectory:
            "this is not a folder. Name the folder that holds the migration files (--migrations DIR)."
        case .tooManySymbolicLinkLevels:
            "the symbolic link leads to itself. Point it at a folder, or remove it."
        case .permissionDenied, .notPermitted:
            "the folder cannot be listed: permission denied. Give the user that runs this the right to read it."
        default:
            "the folder cannot be listed: \(errno). Check the disk, and try again."
        }
    }
}
