// SPDX-License-Identifier: Apache-2.0

import ThrowawayPostgres

/// What the demo shows, step by step. Each step really runs, and each knows how it has to end.
struct DemoScript: Sendable {
    let stage: DemoStage

    private struct Document: Encodable {
        var server: String
        var steps: [DemoStep]
        var passed: Bool
    }

    /// Plays all steps.
    ///
    /// - Returns: Whether each ended as it should.
    func play() async throws -> Bool {
        var steps: [DemoStep] = []
        var passed = true
        func show(_ title: String, _ run: [DemoStep], expecting status: ExitStatus) {
            passed = passed && run.allSatisfy { $0.status == status.rawValue }
            steps += run
            guard !stage.json else { return }
            Console.result("\n# \(title)")
            for step in run.count > 3 ? [] : run { tell(step) }
        }

        let version = "PostgreSQL \(stage.server.version)"
        if !stage.json { Console.result("# \(version) runs in \(stage.server.folder), on a Unix socket only") }
        show("What is there to do?", [try await stage.strata(["status"])], expecting: .done)
        show("Do it.", [try await stage.strata(["migrate"])], expecting: .done)
        show("Once more: one query, no lock, nothing written.", [try await stage.strata(["migrate"])], expecting: .done)
        show(
            "Seed data comes only when it is asked for.", [try await stage.strata(["migrate", "--seed"])],
            expecting: .done)
        show("Where are we?", [try await stage.strata(["status", "--check"])], expecting: .done)

        let crowd = try await startTogether(8)
        show("Eight runs start at once on an empty database.", crowd, expecting: .done)
        if !stage.json { tellCrowd(crowd) }

        try stage.write("9000_broken.sql", "CREATE TABLE fine (id int);\nCREATE INDEX broken ON userz (email);\n")
        show(
            "A file fails half-way: it leaves nothing behind.", [try await stage.strata(["migrate"])],
            expecting: .failed)
        try stage.remove("9000_broken.sql")

        if let first = try stage.coreFiles().first {
            let text = try stage.read(first)
            try stage.write(first, text + "-- one more line\n")
            show(
                "An applied file changes: nothing runs.", [try await stage.strata(["migrate"])],
                expecting: .disagreement)
            try stage.write(first, text)
        }
        try await saveAndRestore { show($0, $1, expecting: $2) }
        if stage.json {
            Console.print(Document(server: version, steps: steps, passed: passed))
        } else {
            Console.result("\n# \(passed ? "Done; the server and its folder are going away." : "Something is wrong.")")
        }
        return passed
    }

    /// Makes a set, proves it, finds damage, and undoes a mistake with it.
    private func saveAndRestore(_ show: (String, [DemoStep], ExitStatus) -> Void) async throws {
        let absent =
            stage.stores.missing.isEmpty ? "" : " (not installed here: \(stage.stores.missing.joined(separator: ", ")))"
        show(
            "Save all stores as one set\(absent).",
            [try await stage.strataBackup(["backup"], hidden: stage.stores.only)], .done)
        let chroma = stage.stores.chroma.map { ["--chroma-programs", $0.programs] } ?? []
        show(
            "Is it any good? Restore it into servers of its own, and compare.",
            [try await stage.strataBackup(["verify-backup", "--restore"], hidden: chroma)], .done)
        let copy = try stage.stores.damagedCopy()
        show(
            "One bit of a copy changes.",
            [try await stage.strataBackup(["verify-backup", copy], telling: ["verify-backup", "copy"])], .damaged)
        try await stage.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        try await stage.stores.forget()
        show(
            "A mistake: the schema is gone, and Redis is empty. Bring them back.",
            [
                try await stage.strataBackup(
                    ["restore", "latest"], hidden: ["--migrations", stage.folder] + stage.stores.only)
            ], .done)
        show("Everything is there again.", [try await stage.strata(["status", "--check"])], .done)
    }

    private func tell(_ step: DemoStep) {
        Console.result("$ \(step.command)")
        let text = step.output + step.messages
        if !text.isEmpty { Console.result(String(text.dropLast(text.hasSuffix("\n") ? 1 : 0))) }
        if step.status != 0 { Console.result("(exit status \(step.status))") }
    }

    private func startTogether(_ count: Int) async throws -> [DemoStep] {
        try await stage.createDatabase("crowd")
        return try await withThrowingTaskGroup(of: DemoStep.self) { group in
            for _ in 0..<count {
                group.addTask { try await stage.strata(["migrate"], database: "crowd") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func tellCrowd(_ crowd: [DemoStep]) {
        Console.result("$ strata migrate & strata migrate & … (\(crowd.count) processes)")
        let summaries = crowd.map { $0.output.split(separator: "\n").last.map(String.init) ?? "nothing said" }
        for (summary, group) in Dictionary(grouping: summaries, by: { $0 }).sorted(by: { $0.key < $1.key }) {
            Console.result("\(group.count) of them: \(summary)")
        }
    }
}
