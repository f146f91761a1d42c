// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Usage", .timeLimit(.minutes(60)))
struct UsageTests {
    static let commands = [
        "migrate", "status", "fake", "new", "validate", "resolve", "backup", "backups", "verify-backup", "restore",
        "prune", "demo",
    ]

    @Test("Every command has a help with an example, on standard output", arguments: commands)
    func help(command: String) async throws {
        let outcome = try await Program.strata().run([command, "--help"], in: Scratch())
        outcome.expect(0)
        #expect(outcome.output.contains("Example:\n  strata \(command)"))
        #expect(outcome.output.contains("--json"))
        #expect(outcome.messages.isEmpty)
    }

    @Test("The root's help lists every command and every exit status", arguments: [["--help"], ["help"], []])
    func rootHelp(arguments: [String]) async throws {
        let outcome = try await Program.strata().run(arguments, in: Scratch())
        outcome.expect(0)
        for command in Self.commands { #expect(outcome.output.contains("\n  \(command) ")) }
        let words = Set(outcome.output.split { !$0.isNumber }.map(String.init))
        for status in ["0", "1", "2", "3", "4", "5", "6", "64", "130"] { #expect(words.contains(status)) }
    }

    @Test("The help of --database-url says that others can see a password in it")
    func passwordWarning() async throws {
        let outcome = try await Program.strata().run(["migrate", "--help"], in: Scratch())
        #expect(outcome.output.contains("other users of this machine can see it"))
    }

    @Test(
        "The help says what an option is where nobody gives it",
        arguments: [
            ("migrate", "--lock-wait", "5min"), ("migrate", "--history-table", "public.schema_versions"),
            ("migrate", "--lock-timeout", "5s"), ("migrate", "--migrations", "migrations"),
            ("backup", "--wait", "not at all"),
            ("backup", "--compress", "auto"), ("backup", "--jobs", "1"), ("backup", "--table-lock-wait", "60s"),
            ("backup", "--chroma-hold", "20s"), ("backup", "--[no-]digest|--digest", "--digest"),
            ("backup", "--[no-]globals|--globals", "--globals"), ("prune", "--wait", "not at all"),
            ("verify-backup", "--work-dir", "/tmp"),
        ])
    func defaults(command: String, option: String, value: String) async throws {
        let help = try await Program.strata().run([command, "--help"], in: Scratch()).output
        // From one option to the next, in one line.
        let entries = help.components(separatedBy: "\n  --").dropFirst().map {
            "--\($0.split { $0.isWhitespace }.joined(separator: " "))"
        }
        let names = option.split(separator: "|")
        let entry = try #require(
            entries.first { entry in names.contains { entry.hasPrefix("\($0) ") || entry.hasPrefix("\($0)/") } })
        #expect(entry.contains("(default: \(value))"), "\(entry)")
    }

    @Test("The help of backup says what its exit statuses mean, and what NEO4J_HOST does")
    func statuses() async throws {
        let help = try await Program.strata().run(["backup", "--help"], in: Scratch()).output
        let text = help.split { $0.isWhitespace }.joined(separator: " ")
        for part in ["2 when none could be reached", "5 when another run", "6 when --verify", "NEO4J_HOST"] {
            #expect(text.contains(part))
        }
    }

    /// A command line that nobody can mean, and what the answer has to name.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var saying: String

        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let mistakes = [
        Mistake(arguments: ["migrat"], saying: "migrat"),
        Mistake(arguments: ["migrate", "--nope"], saying: "--nope"),
        Mistake(arguments: ["migrate", "7"], saying: "'7'"),
        Mistake(arguments: ["migrate", "--to"], saying: "--to"),
        Mistake(
            arguments: ["migrate", "--to", "seven"], saying: "'seven' is not a version. Write 7, 0007 or COMPONENT:7."),
        Mistake(arguments: ["migrate", "--to", "core:"], saying: "'core:' is not a version"),
        Mistake(arguments: ["migrate", "--lock-timeout", "3"], saying: "500ms, 3s, 10min, 2h"),
        Mistake(arguments: ["migrate", "--statement-timeout", "soon"], saying: "'soon' is not a duration"),
        Mistake(arguments: ["migrate", "--lock-wait", "-1s"], saying: "--lock-wait"),
        Mistake(arguments: ["migrate", "--history-table", "a.b.c"], saying: "Write TABLE or SCHEMA.TABLE."),
        Mistake(arguments: ["status", "--to", "3"], saying: "--to"),
        Mistake(arguments: ["fake"], saying: "<version>"),
        Mistake(arguments: ["fake", "x"], saying: "'x' is not a version"),
        Mistake(arguments: ["new"], saying: "<description>"),
        Mistake(arguments: ["validate", "--database-url", "x"], saying: "--database-url"),
        Mistake(
            arguments: ["backup", "--only", "postgres,mysql"],
            saying: "'mysql' is no store that this build can save and restore"
        ),
        Mistake(arguments: ["backup", "--compress", "lz4"], saying: "'lz4' is no method of compression"),
        Mistake(arguments: ["backup", "--jobs", "0"], saying: "--jobs is a number from 1 to 64."),
        Mistake(arguments: ["backup", "--verify", "hope"], saying: "'hope' is no level"),
        Mistake(arguments: ["verify-backup", "--restore", "--level", "stored"], saying: "contradict each other"),
        Mistake(arguments: ["restore"], saying: "<set>"),
        Mistake(arguments: ["restore", "latest", "--undo", "--dry-run"], saying: "--undo goes with neither"),
        Mistake(arguments: ["prune", "--keep-last", "-1"], saying: "--keep-last"),
        Mistake(arguments: ["resolve", "1", "--done"], saying: "--statement"),
        Mistake(arguments: ["resolve", "1", "--statement", "2"], saying: "--done"),
        Mistake(arguments: ["resolve", "1", "--statement", "2", "--done", "--redo"], saying: "--redo"),
        Mistake(arguments: ["resolve", "y", "--statement", "2", "--done"], saying: "'y' is not a version"),
    ]

    @Test("Wrong usage ends with 64, names the mistake and prints no result", arguments: mistakes)
    func wrongUsage(mistake: Mistake) async throws {
        let outcome = try await Program.strata().run(mistake.arguments, in: Scratch())
        outcome.expect(64, saying: mistake.saying, "--help")
        #expect(outcome.output.isEmpty)
    }

    @Test("With --json, wrong usage is one document too", arguments: mistakes)
    func wrongUsageAsDocument(mistake: Mistake) async throws {
        let outcome = try await Program.strata().run(
            [mistake.arguments[0], "--json"] + mistake.arguments.dropFirst(), in: Scratch())
        outcome.expect(64)
        let error = try #require(try outcome.document().error)
        #expect(error.code == "usage")
        #expect(error.status == 64)
        #expect(
            error.message.contains(mistake.arguments[0] == "migrat" ? "--json" : mistake.saying)
                || error.message.contains(mistake.saying))
    }
}
