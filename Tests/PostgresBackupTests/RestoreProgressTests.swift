// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import Synchronization
import TestSupport
import Testing
import ThrowawayPostgres

/// What somebody sees who waits for a restore or a proof.
@Suite struct RestoreProgressTests {
    private final class Watch: Sendable {
        private let reports = Mutex<[BackupProgress]>([])

        @Sendable func take(_ event: BackupTargetEvent) {
            if case .progress(let progress) = event { reports.withLock { $0.append(progress) } }
        }

        func of(_ phase: String) -> [BackupProgress] { reports.withLock { $0.filter { $0.phase == phase } } }
    }

    @Test(arguments: [
        PostgresBackupTarget.Options(digest: true), .init(digest: true, compression: .zstd()),
        .init(digest: true, jobs: 2),
    ])
    func `a bar grows while a dump is read and restored, also within one large table`(
        _ options: PostgresBackupTarget.Options
    ) async throws {
        try await RestoreTrial.with { trial in
            // Rows that hardly compress.
            try await trial.database.query(
                """
                CREATE TABLE big AS SELECT n, sha512(n::text::bytea) || sha512((-n)::text::bytea) FROM generate_series(1, 40000) n;
                CREATE INDEX big_n ON big (n); CREATE TABLE small AS SELECT 1 AS a
                """)
            try await FolderDestination.with { destination in
                let part = destination.part(try await save(trial.database, to: destination, options))
                let dump = part.artifacts.filter { $0.path != "postgres_globals.sql" }.map(\.bytes).reduce(0, +)
                let verifier = PostgresArtifactVerifier(
                    launcher: TestLauncher(), servers: TestProvingServers(),
                    programs: trial.database.server.binaries.folder)
                let proof = Watch()
                #expect(try await verifier.findUnreadable(part, observe: proof.take) == [])
                #expect(try await verifier.restoreForProof(part, observe: proof.take).differences == [])
                let restore = Watch()
                let session = try await trial.open(part)
                try await session.prepare(observe: restore.take)
                await session.discard()
                for (watch, phase) in [(proof, "reading"), (proof, "restoring"), (restore, "restoring")] {
                    let reports = watch.of(phase)
                    #expect(reports.contains { $0.object == "public.big" && $0.objects?.total == 2 }, "\(reports)")
                    if options.jobs > 1 {
                        // Serially from files: a table at a time.
                        #expect(
                            reports.allSatisfy { ($0.totalBytes ?? 0) > dump / 2 }, "\(phase) of \(dump): \(reports)")
                        #expect(reports.contains { $0.bytes > 0 })
                    } else {
                        #expect(
                            reports.allSatisfy { $0.totalBytes == dump && $0.isExact },
                            "\(phase) of \(dump): \(reports)")
                        #expect(Set(reports.filter { $0.object == "public.big" }.map(\.bytes)).count > 3, "\(reports)")
                        #expect(reports.map(\.bytes) == reports.map(\.bytes).sorted())
                    }
                }
                for watch in [proof, restore] {
                    #expect(watch.of("building").map(\.object) == ["public.big_n"])
                    let compared = watch.of("comparing")
                    #expect(Set(compared.compactMap(\.object)) == ["public.big", "public.small"])
                    #expect(compared.contains { ($0.totalBytes ?? 0) > 5_000_000 && $0.bytes > 0 }, "\(compared)")
                }
            }
        }
    }
}
