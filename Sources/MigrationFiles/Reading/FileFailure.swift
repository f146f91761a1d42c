// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

/// Why a file cannot be used as a script.
enum FileFailure: Error {
    /// The system refuses to open or read it.
    case system(Errno)
    /// It is something else than a file.
    case notAFile(FileType)
    /// Its bytes are no UTF-8.
    case notUTF8(offset: Int, line: Int)
    /// It begins with the byte order mark of UTF-16 or UTF-32.
    case wideEncoding(String)
    /// It holds a NUL byte, which no text has and PostgreSQL does not take.
    case nulByte(offset: Int, line: Int)

    init(_ error: any Error) {
        self = .system(error as? Errno ?? .ioError)
    }

    /// The problem to report for a file.
    func problem(path: String) -> MigrationFileProblem {
        switch self {
        case .system(let errno):
            MigrationFileProblem(.unreadable, path, Self.sentence(errno, path: path))
        case .notAFile(.directory):
            MigrationFileProblem(
                .notAFile, path,
                """
                this is a folder, but its name is that of a file. Rename it, or move it away. (A folder that is one \
                migration is named <version>_<description> and holds up.sql.)
                """)
        case .notAFile:
            MigrationFileProblem(
                .notAFile, path, "this is a pipe, socket or device, not a file. Put a file there, or remove it.")
        case .notUTF8(let offset, let line):
            MigrationFileProblem(
                .invalidText, path, line: line,
                """
                not UTF-8: the byte at offset \(offset) belongs to no character. Convert the file, for instance with \
                "iconv -f WINDOWS-1252 -t UTF-8" if it comes from Windows.
                """)
        case .wideEncoding(let name):
            MigrationFileProblem(
                .invalidText, path,
                "the file is \(name), as its byte order mark says. Convert it: \"iconv -f \(name) -t UTF-8\".")
        case .nulByte(let offset, let line):
            MigrationFileProblem(
                .invalidText, path, line: line,
                """
                NUL byte at offset \(offset). The file is damaged, or is UTF-16 without a byte order mark; restore it \
                or convert it to UTF-8.
                """)
        }
    }

    private static func sentence(_ errno: Errno, path: String) -> String {
        switch errno {
        case .noSuchFileOrDirectory where path.unicodeScalars.contains("\u{FFFD}"):
            "the file's name is not UTF-8, so it cannot be opened. Rename it."
        case .noSuchFileOrDirectory:
            """
            there is no such file: it is a symbolic link whose target is gone, or it was removed while the folder was \
            read. Bring the target back, or remove the link.
            """
        case .tooManySymbolicLinkLevels:
            "the symbolic link leads to itself. Point it at a file, or remove it."
        case .permissionDenied, .notPermitted:
            "the file cannot be read: permission denied. Give the user that runs this the right to read it."
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            "the file cannot be opened: \(errno). Raise the limit (ulimit -n), or close files."
        default:
            "the file cannot be read: \(errno). Check the disk, and try again."
        }
    }
}
