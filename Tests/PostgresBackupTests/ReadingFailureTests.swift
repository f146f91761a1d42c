// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import PostgresAdapter

/// What the server says when a restore fails, and whether the dump is to blame.
@Suite struct ReadingFailureTests {
    @Test(arguments: [
        "ERROR:  role \"app\" does not exist", "ERROR:  must be member of role \"rds_superuser\"",
        "ERROR:  collation \"xx_XX\" for encoding \"UTF8\" does not exist",
        "ERROR:  could not create locale \"xx_XX\": No such file or directory",
        "ERROR:  could not access file \"$libdir/postgis-3\": No such file or directory",
        "ERROR:  could not load library \"/usr/lib/x.so\": undefined symbol",
        "ERROR:  could not find function \"f\" in file \"/usr/lib/x.so\"",
        "ERROR:  extension \"pg_cron\" is not available",
        "ERROR:  pg_cron can only be loaded via shared_preload_libraries",
        "ERROR:  timescaledb must be preloaded via shared_preload_libraries",
        "ERROR:  could not connect to server \"far\"", "ERROR:  foreign-data wrapper \"postgres_fdw\" has no handler",
        "ERROR:  could not open dictionary file \"/usr/share/x.dict\": No such file or directory",
    ])
    func `what the machine lacks is no damage, and the error says what to do`(_ reason: String) throws {
        let failure = ReadingFailure("pg_restore", .exited(1), reason)
        #expect(!failure.isDamage)
        let error = #expect(throws: PostgresBackupError.self) { try failure.throwUnlessDamage("whether it is so") }
        #expect(error?.category == .configuration && error?.message.contains(reason) == true)
    }

    @Test(
        arguments: [
            ("could not write to file: No space left on device", .destination),
            ("could not open input file: Permission denied", .destination),
            ("server closed the connection unexpectedly", .unavailable),
        ] as [(String, BackupErrorCategory)])
    func `nor is what happens to the machine or the server`(_ reason: String, _ category: BackupErrorCategory) throws {
        let failure = ReadingFailure("pg_restore", .exited(1), reason)
        #expect(!failure.isDamage)
        let error = #expect(throws: PostgresBackupError.self) { try failure.throwUnlessDamage("whether it is so") }
        #expect(error?.category == category)
    }

    @Test(arguments: [
        "ERROR:  relation \"public.t\" does not exist", "ERROR:  syntax error at or near \"x\"",
        "ERROR:  invalid input syntax for type integer: \"x\"", "could not uncompress data: (null)",
        "ERROR:  new row for relation \"t\" violates check constraint \"c\"", "unexpected end of file",
    ])
    func `everything else is`(_ reason: String) throws {
        let failure = ReadingFailure("pg_restore", .exited(1), reason)
        #expect(failure.isDamage)
        try failure.throwUnlessDamage("whether it is so")
    }
}
