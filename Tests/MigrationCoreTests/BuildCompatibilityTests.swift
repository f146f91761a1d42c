// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct BuildCompatibilityTests {
    typealias Case = (
        files: [MigrationID], ahead: [(id: MigrationID, declared: String?)], compatibility: [BuildCompatibility],
        needed: [MigrationID]
    )

    @Test(
        arguments: [
            // The build is at least the declared one, or it is not.
            (["1", "2"], [("3", "core:2")], [.compatible], []),
            (["1", "2"], [("3", "core:1")], [.compatible], []),
            (["1", "2"], [("4", "core:3")], [.needs("3")], ["3"]),
            (["1", "2"], [("3", "core:3")], [.needs("3")], ["3"]),
            (["1", "10"], [("11", "core:9")], [.compatible], []),
            (
                ["20250916123000000001"], [("20260101000000000001", "core:20250916123000000001")], [.compatible], []
            ),
            (
                ["20250916123000000001"], [("20260101000000000001", "core:20250916123000000002")],
                [.needs("20250916123000000002")], ["20250916123000000002"]
            ),
            // Every one has to declare it, and the strictest of them counts.
            (["1"], [("2", nil)], [.undeclared], ["2"]),
            (["1"], [("2", "core:1"), ("3", nil)], [.compatible, .undeclared], ["3"]),
            (["1"], [("2", nil), ("3", "core:1")], [.undeclared, .compatible], ["2"]),
            (
                ["1"], [("2", "core:2"), ("5", "core:4"), ("6", "core:1")], [.needs("2"), .needs("4"), .compatible],
                ["4"]
            ),
            (["1"], [("2", "core:1"), ("3", "core:1")], [.compatible, .compatible], []),
            // Any component may be named, and any may be ahead.
            (["1", "b:4"], [("b:5", "core:1")], [.compatible], []),
            (["1", "b:4"], [("2", "b:4")], [.compatible], []),
            (["1", "b:4"], [("2", "b:5"), ("b:6", "core:2")], [.needs("b:5"), .needs("2")], ["2", "b:5"]),
            (["1", "b:4"], [("2", nil), ("b:5", nil)], [.undeclared, .undeclared], ["2", "b:5"]),
            // A version alone, as a person may write it into the table, is of the entry's own component.
            (["9", "b:4"], [("b:5", "4")], [.compatible], []),
            (["9", "b:4"], [("b:6", "5")], [.needs("b:5")], ["b:5"]),
            // A component that the build does not have is newer than the build.
            (["1"], [("b:1", "core:1")], [.compatible], []),
            (["1"], [("b:1", nil)], [.undeclared], ["b:1"]),
            (["1"], [("2", "b:0")], [.needs("b:0")], ["b:0"]),
            ([], [("1", "core:1")], [.needs("1")], ["1"]),
            // What cannot be read says nothing.
            (["1"], [("2", "core:")], [.unreadable("core:")], ["2"]),
            (["1"], [("2", "")], [.unreadable("")], ["2"]),
            (["1"], [("2", "1.0")], [.unreadable("1.0")], ["2"]),
            (["1"], [("2", "core: 1")], [.unreadable("core: 1")], ["2"]),
        ] as [Case])
    func `whether this build can work with what is ahead follows from its newest versions and the declarations`(
        sample: Case
    ) {
        let plan = MigrationPlan(
            migrations: sample.files.map { .sample($0) },
            history: sample.files.map { .sample($0) }
                + sample.ahead.map { .sample($0.id, compatibleWith: $0.declared) })
        let ahead = plan.entries.filter { $0.state == .ahead }
        #expect(ahead.map(\.id) == sample.ahead.map(\.id))
        #expect(ahead.compactMap(\.compatibility) == sample.compatibility)
        #expect(ahead.map(\.isTooNew) == sample.compatibility.map { $0 != .compatible })
        #expect(SchemaTooNewError(entries: ahead, build: []).neededBuilds == sample.needed)
        #expect(SchemaTooNewError(entries: ahead, build: []).neededBuild == sample.needed.first)
        #expect(plan.isUpToDate)
    }

    @Test func `only what is ahead is judged`() {
        let history: [HistoryEntry] = [
            .sample("1", compatibleWith: "core:9"), .sample("2", script: "old", compatibleWith: "core:9"),
            .sample("3", compatibleWith: "core:9"),
        ]
        let plan = MigrationPlan(migrations: ["1", "2", "4", "5"].map { .sample($0) }, history: history)
        #expect(plan.entries.map(\.state) == [.applied, .drifted, .missing, .pending, .pending])
        #expect(plan.entries.allSatisfy { $0.compatibility == nil && $0.neededBuild == nil && !$0.isTooNew })
    }

    @Test func `what takes no part makes no schema too new`() {
        let history: [HistoryEntry] = [.sample("1"), .sample("b:1"), .sample("seed:1")]
        func tooNew(_ options: PlanOptions) -> [MigrationID] {
            MigrationPlan(migrations: [.sample("1")], history: history, options: options)
                .entries.filter(\.isTooNew).map(\.id)
        }
        #expect(tooNew(PlanOptions()) == ["b:1"])
        #expect(tooNew(PlanOptions(includesSeed: true)) == ["b:1", "seed:1"])
        #expect(tooNew(PlanOptions(components: [.core])) == [])
    }

    @Test func `a migration that was taken back, with its row, is not ahead`() {
        let plan = MigrationPlan(migrations: [.sample("1")], history: [.sample("1")])
        #expect(plan.entries.filter(\.isTooNew) == [])
    }

    @Test func `a status that nobody judged counts as too new`() {
        let status = MigrationStatus(id: "2", state: .ahead, migration: nil, entry: .sample("2"))
        #expect(status.isTooNew)
        #expect(status.neededBuild == "2")
    }

    @Test(
        arguments: [
            (nil, nil), (.compatible, "compatible with this build"),
            (.needs("b:3"), "needs a build that has b:3 or later"),
            (.undeclared, "needs a build that has core:7 or later: it declares no older one"),
            (
                .unreadable("a\nb"),
                #"needs a build that has core:7 or later: compatible-with is "a?b", which names no migration"#
            ),
            (
                .unreadable(String(repeating: "x", count: 61)),
                """
                needs a build that has core:7 or later: compatible-with is "\(String(repeating: "x", count: 60))…", \
                which names no migration
                """
            ),
        ] as [(BuildCompatibility?, String?)])
    func `it is told in words`(compatibility: BuildCompatibility?, text: String?) {
        let status = MigrationStatus(
            id: "7", state: .ahead, migration: nil, entry: nil, compatibility: compatibility)
        #expect(status.compatibilityText == text)
    }

    @Test func `an entry records what the migration declares`() {
        var migration = Migration.sample("7")
        #expect(HistoryEntry(recording: migration).compatibleWith == nil)
        migration.directives.compatibleWith = "b:0003"
        #expect(HistoryEntry(recording: migration).compatibleWith == "b:3")
    }
}
