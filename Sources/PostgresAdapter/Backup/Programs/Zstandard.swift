// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The system's `zstd`.
enum Zstandard {
    /// How the file of a dump ends that it compressed.
    static let suffix = ".zst"

    /// - Parameter purpose: What it is needed for: `write postgres_app.dump.zst`.
    /// - Throws: ``PostgresBackupError`` of category `configuration` when it is not there.
    static func find(_ launcher: any ProcessLauncher, to purpose: String) throws -> String {
        guard let path = launcher.find("zstd", in: []) else {
            throw PostgresBackupError(
                .configuration,
                """
                the program zstd is needed to \(purpose), and is in no folder of PATH. Install it (Debian, Ubuntu: apt-get install \
                zstd; macOS: brew install zstd).
                """)
        }
        return path
    }

    /// The nearest level that needs no more memory than every reader allows.
    static func allowed(_ level: Int) -> Int { min(max(level, 1), 19) }

    /// Compresses from standard input to standard output, with a checksum of the contents.
    static func compress(level: Int, with program: String) -> ProcessCommand {
        ProcessCommand(
            program: program, arguments: ["--quiet", "--check", "-\(allowed(level))", "--stdout"],
            environment: ["LC_ALL": "C"])
    }

    /// Writes what a file held to standard output.
    ///
    /// - Parameter file: `nil`: standard input.
    static func decompress(_ file: String?, with program: String) -> ProcessCommand {
        ProcessCommand(
            program: program, arguments: ["--quiet", "--decompress", "--stdout"] + (file.map { ["--", $0] } ?? []),
            environment: ["LC_ALL": "C"])
    }
}
