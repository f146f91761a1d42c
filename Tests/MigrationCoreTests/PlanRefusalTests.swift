// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct PlanRefusalTests {
    private static let now = Migration.sample("7", script: "new")
    private static let then = HistoryEntry.sample("7", script: "old", appliedAt: "2025-09-16 12:30:00")
    private static let missing = MigrationStatus(id: "7", state: .missing, migration: nil, entry: then)

    @Test(arguments: [
        (
            PlanRefusal.drifted(now, recorded: then),
            """
            CHECKSUM MISMATCH: 0007_x.sql is not what was applied on 2025-09-16 12:30:00.
              recorded  \(then.checksum)
              now       \(now.checksum)
            The ways out:
              - bring the file back as it was, for instance from version control, or
              - leave the file as it was and put the change into a new migration: strata new DESCRIPTION, or
              - if the database already is as the file says now, record the file again: strata fake core:7
            """
        ),
        (
            .missing(missing),
            """
            MISSING: core:7 (0007_x.sql) was applied on 2025-09-16 12:30:00, but its file is gone.
              recorded  \(then.checksum)
            The ways out:
              - bring the file back, for instance from version control, or
              - if it was removed on purpose, remove its row from the history table too.
            """
        ),
        (
            .outOfOrder(.sample("b:7"), newestApplied: "b:12"),
            """
            OUT OF ORDER: b/0007_x.sql is pending, but b:12, which is newer, is applied already.
            The ways out:
              - give the file a number after 12, or
              - apply it all the same, if it does not depend on that order: strata migrate --allow-out-of-order, or
              - if the database has its changes already: strata fake b:7
            """
        ),
        (
            .duplicate(now, .sample("7")),
            "0007_x.sql and 0007_x.sql both are version 7 of component core. Give one of them another number."
        ),
        (
            .unknownDependency(now, "b:3"),
            """
            0007_x.sql depends on b:3, which is not among the files. Correct its depends-on line, or add the file.
            """
        ),
        (
            .dependencyCycle(["1", "b:1", "1"]),
            """
            These migrations depend on each other in a circle: core:1 -> b:1 -> core:1. Remove one of the depends-on lines.
            """
        ),
        (
            .dependencyTakesNoPart(now, .sample("seed:1")),
            "0007_x.sql depends on seed/0001_x.sql, which is pending but takes no part in this run. Add --seed."
        ),
        (
            .dependencyTakesNoPart(now, .sample("b:1")),
            """
            0007_x.sql depends on b/0001_x.sql, which is pending but takes no part in this run. Leave out --component, \
            or name its component too.
            """
        ),
        (.unknownTarget("9", newest: "7"), "There is no migration core:9. The newest of component core is 7."),
        (.unknownTarget("b:9", newest: nil), "There is no migration b:9. Component b has no files."),
    ])
    func `a refusal says what is wrong and names the ways out`(refusal: PlanRefusal, text: String) {
        #expect(refusal.description == text)
    }

    @Test func `notices say what was accepted`() {
        let ahead = (8...14).map { number in
            MigrationStatus(
                id: MigrationID(version: MigrationVersion(number)), state: .ahead, migration: nil,
                entry: .sample(MigrationID(version: MigrationVersion(number))))
        }
        #expect(
            PlanNotice.ahead(ahead).description == """
                the database is ahead of these files: it has core:8 (0008_x.sql), core:9 (0009_x.sql), \
                core:10 (0010_x.sql), core:11 (0011_x.sql), core:12 (0012_x.sql) and 2 more, which they do not. It belongs \
                to a newer build, which does not declare it compatible with this one; nothing of it was changed. Run a build that \
                has core:14 or later.
                """)
        #expect(
            PlanNotice.lineEndings(Self.now, recorded: Self.then.checksum).description == """
                0007_x.sql: only line endings or the byte order mark differ from what was applied; accepted \
                (recorded \(Self.then.checksum), now \(Self.now.checksum))
                """)
    }
}
