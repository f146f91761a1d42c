// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore
import PostgresAdapter

/// Where PostgreSQL's programs are.
struct PostgresProgramOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of pg_dump and pg_restore; else those that fit the server are looked for.", valueName: "dir"))
    var postgresPrograms: String?
}

/// What a proof by restoring needs.
struct ProofOptions: ParsableArguments {
    @OptionGroup var postgres: PostgresProgramOptions

    @Option(help: ArgumentHelp("The folder of redis-server; else the usual ones, then PATH.", valueName: "dir"))
    var redisPrograms: String?

    @Option(
        help: ArgumentHelp(
            "The folder of ChromaDB's programs, such as the bin of a virtual environment; else PATH.", valueName: "dir")
    )
    var chromaPrograms: String?

    @Option(
        help: ArgumentHelp(
            "Where throw-away servers have their data, as large as the stores (default: /tmp).", valueName: "dir"))
    var workDir: String?

    var workFolder: String { workDir.map(BackupFolderOptions.absolute) ?? "/tmp" }
}

/// How stores are saved.
struct BackupOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Count the rows of each table and take a digest of them, in the snapshot of the dump.")
    var digest = true

    @Option(
        help: ArgumentHelp(
            "How the dump is compressed: auto, none, gzip, gzip:LEVEL, zstd, zstd:LEVEL. (default: auto)",
            discussion: """
                auto is the cheapest that the installed pg_restore reads by itself. zstd pipes the dump through the zstd program: a \
                .dump.zst, which zstd -dc turns back into what pg_restore reads.
                """,
            valueName: "method"),
        transform: Self.compression)
    var compress = PostgresBackupTarget.Compression.automatic

    @Option(help: ArgumentHelp("How many tables are dumped at once; more than one makes a folder.", valueName: "n"))
    var jobs = 1

    @Option(
        help: ArgumentHelp(
            "How long pg_dump waits for a table that somebody holds. (default: 60s)", valueName: "duration"),
        transform: DatabaseOptions.duration)
    var tableLockWait = Duration.seconds(60)

    @Flag(inversion: .prefixedNo, help: "Save the roles and tablespaces of the PostgreSQL server as well.")
    var globals = true

    @Flag(inversion: .prefixedNo, help: "Save the passwords of roles, as the server stores them (superusers only).")
    var rolePasswords = true

    @Flag(inversion: .prefixedNo, help: "Save the users of Redis, with the hashes of their passwords.")
    var redisUsers = true

    @Option(
        help: ArgumentHelp(
            "How long writers of ChromaDB may be held up while its files are copied. (default: 20s)",
            valueName: "duration"),
        transform: DatabaseOptions.duration)
    var chromaHold = Duration.seconds(20)

    @OptionGroup var history: HistoryOptions
    @OptionGroup var proof: ProofOptions

    func validate() throws {
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs is a number from 1 to 64.") }
        if case .zstd = compress, jobs > 1 {
            throw ValidationError("--jobs makes a folder, which --compress zstd cannot compress: choose one of them.")
        }
    }

    private static func compression(_ text: String) throws -> PostgresBackupTarget.Compression {
        switch text {
        case "auto": return .automatic
        case "none": return .none
        case "gzip": return .zlib(level: 6)
        case "zstd": return .zstd()
        default:
            if text.hasPrefix("gzip:"), let level = Int(text.dropFirst(5)), (1...9).contains(level) {
                return .zlib(level: level)
            }
            if text.hasPrefix("zstd:"), let level = Int(text.dropFirst(5)), (1...19).contains(level) {
                return .zstd(level: level)
            }
            throw ValidationError(
                "'\(text)' is no method of compression. Write auto, none, gzip, gzip:1 to gzip:9, zstd, or zstd:1 to zstd:19."
            )
        }
    }
}
