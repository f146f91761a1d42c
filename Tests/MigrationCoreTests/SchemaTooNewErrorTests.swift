// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting
import Testing

@Suite struct SchemaTooNewErrorTests {
    @Test(
        arguments: [
            (
                ["9", "10"],
                [.sample("13", compatibleWith: "core:12"), .sample("14", compatibleWith: "core:10")],
                """
                the database is too new for this build, whose newest migration is core:10:
                  core:13  0013_x.sql  AHEAD, needs a build that has core:12 or later
                The ways out:
                  - deploy a build that has core:12 or later, or
                  - if this one works with that schema all the same, let the migrations declare it (compatible-with \
                core:10) in the manifest.json of the build that has them, and record it with its files: strata fake core:13
                Nothing was executed.
                """
            ),
            (
                ["1", "b:2"], [.sample("2"), .sample("b:3", compatibleWith: "b:x"), .sample("c:1")],
                """
                the database is too new for this build, whose newest migrations are core:1 and b:2:
                  core:2  0002_x.sql  AHEAD, needs a build that has core:2 or later: it declares no older one
                  b:3  b/0003_x.sql  AHEAD, needs a build that has b:3 or later: compatible-with is "b:x", which names \
                no migration
                  c:1  c/0001_x.sql  AHEAD, needs a build that has c:1 or later: it declares no older one
                The ways out:
                  - deploy a build that has core:2 and b:3 and c:1 or later, or
                  - if this one works with that schema all the same, let the migrations declare it (compatible-with core:1) \
                in the manifest.json of the build that has them, and record it with its files: strata fake VERSION, for \
                each, or
                  - if c is another application's, which shares the history: let this one name its own components \
                (PlanOptions.components)
                Nothing was executed.
                """
            ),
            (
                [], (1...12).map { .sample(MigrationID(version: MigrationVersion($0))) },
                """
                the database is too new for this build, which has no migrations at all:
                \((1...10).map {
                    "  core:\($0)  \($0 < 10 ? "000" : "00")\($0)_x.sql  AHEAD, needs a build that has core:\($0) or later: it declares no older one"
                }.joined(separator: "\n"))
                  and 2 more
                The ways out:
                  - make sure that this build finds its migrations: there are none where it looks for them, or
                  - deploy a build that has core:12 or later
                Nothing was executed.
                """
            ),
        ] as [([MigrationID], [HistoryEntry], String)])
    func `it names what the database has, the build that is needed, and the ways out`(
        files: [MigrationID], ahead: [HistoryEntry], text: String
    ) async throws {
        for policy in [StartupPolicy(appliesMigrations: true), StartupPolicy(requiresLatestSchema: true)] {
            let bench = RunnerBench(ids: files)
            await bench.store.seed(files.map { .sample($0) } + ahead)
            let error = await bench.failure { () async throws(MigrationError) in
                try await bench.runner().start(policy)
            }
            #expect(error?.description == text)
        }
    }
}
