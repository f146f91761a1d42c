// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import PostgresSyntax
import Testing

@testable import PostgresAdapter

@Suite("ScriptMessages")
struct ScriptMessagesTests {
    /// The messages of a script between a `BEGIN` and a `COMMIT` of ours.
    private func messages(_ script: String) throws -> [ScriptMessages.Message] {
        var messages = ScriptMessages()
        var taken: [ScriptMessages.Message] = []
        messages.append(.begin, "BEGIN")
        let feed = ScriptReader(MigrationScript(script), standardConformingStrings: true)
        while let message = try messages.next(from: feed) { taken.append(message) }
        messages.append(.commit, "COMMIT")
        if let last = messages.take() { taken.append(last) }
        return taken
    }

    /// The parts of a message: the statements of the script as they are written, our own by what they are for.
    private func parts(_ message: ScriptMessages.Message) -> [String] {
        message.parts.indices.map { index in
            switch message.parts[index].part {
            case .ours(let step): "\(step)"
            case .script, .ownBegin: String(decoding: message.text(ofPart: index), as: UTF8.self)
            }
        }
    }

    private func text(_ message: ScriptMessages.Message) -> String { String(decoding: message.text, as: UTF8.self) }

    @Test("A small script goes to the server in one message, with our statements around it")
    func oneMessage() throws {
        let messages = try messages("CREATE TABLE a (); -- one\n\nCREATE TABLE b ();")
        #expect(messages.map(text) == ["BEGIN;\nCREATE TABLE a ();\nCREATE TABLE b ();\nCOMMIT;\n"])
        #expect(parts(messages[0]) == ["begin", "CREATE TABLE a ();", "CREATE TABLE b ();", "commit"])
    }

    @Test("The range of a part is exactly its statement in the message")
    func ranges() throws {
        let message = try messages("SELECT 'é';\nSELECT 2")[0]
        let parts = message.parts.map { String(decoding: message.text[$0.range], as: UTF8.self) }
        #expect(parts == ["BEGIN;", "SELECT 'é';", "SELECT 2", "COMMIT;"])
    }

    @Test(
        "A last statement without a semicolon cannot swallow what follows it",
        arguments: ["SELECT 1", "SELECT 1 -- done", "SELECT 1 /* done */", "SELECT 1 -- a;"])
    func noSemicolon(script: String) throws {
        let lines = text(try messages(script)[0]).split(separator: "\n")
        #expect(lines.suffix(2) == [";", "COMMIT;"])
    }

    @Test(
        "A script without statements leaves only ours",
        arguments: ["", "-- nothing\n", "/* nothing */ ;;\n", "\u{FEFF}"])
    func empty(script: String) throws {
        #expect(try messages(script).map(text) == ["BEGIN;\nCOMMIT;\n"])
    }

    @Test("Ending a message that holds nothing makes none")
    func noEmptyMessage() {
        var messages = ScriptMessages()
        #expect(messages.take() == nil)
        messages.append(.begin, "BEGIN")
        #expect(messages.take() != nil)
        #expect(messages.take() == nil)
    }

    @Test("A long script is cut between statements, and every statement is sent once, in order")
    func cut() throws {
        let statement = "SELECT '\(String(repeating: "x", count: 10_000))';"
        let messages = try messages(Array(repeating: statement, count: 100).joined(separator: "\n"))
        #expect(messages.count == 4)
        #expect(messages.allSatisfy { $0.text.count <= 256 * 1024 + 32 })
        let sent = messages.flatMap(\.parts).compactMap {
            if case .script(let statement) = $0.part { statement.statement.byteRange.lowerBound } else { nil }
        }
        #expect(sent == (0..<100).map { $0 * (statement.utf8.count + 1) })
        #expect(messages.flatMap(parts).filter { $0 == statement }.count == 100)
    }

    @Test("A statement that is larger than a message is sent alone and whole")
    func largeStatement() throws {
        let large = "SELECT '\(String(repeating: "x", count: 1_000_000))';"
        let messages = try messages("SELECT 1;\n\(large)\nSELECT 2;")
        #expect(messages.map(\.parts.count) == [2, 1, 2])
        #expect(text(messages[1]) == large + "\n")
    }

    @Test(
        "After a statement that changes how the server reads text, a new message begins",
        arguments: [
            ("SET standard_conforming_strings = off", 2), ("SET LOCAL standard_conforming_strings TO on", 2),
            ("SET client_encoding = 'LATIN1'", 2), ("SET NAMES 'UTF8'", 2), ("RESET ALL", 2),
            ("RESET client_encoding", 2), ("SET search_path = ''", 1), ("SELECT 'set client_encoding'", 1),
        ])
    func readingChanges(statement: String, count: Int) throws {
        let messages = try messages("\(statement);\nSELECT 1;")
        #expect(messages.count == count)
        #expect(parts(messages[0]).starts(with: ["begin", "\(statement);"]))
    }
}
