// SPDX-License-Identifier: Apache-2.0

import Foundation
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// The commands of the documents work, one after the other, in a folder and on a database of their own.
@Suite("Documented commands", .timeLimit(.minutes(15)))
struct DocumentedCommandsTests {
    @Test("every strata command of a document ends well", arguments: try Document.all())
    func endsWell(document: Document) async throws {
        let commands = document.blocks(of: "sh").flatMap { $0.components(separatedBy: "\n") }
            .filter { line in ["strata", "cp", "mkdir"].contains { line.hasPrefix("\($0) ") } }
        guard !commands.isEmpty else { return }
        if commands.contains(where: { $0.hasPrefix("strata backup") }) {
            return try await DocumentedStores.with { stores in
                for command in commands {
                    let outcome = try stores.run(command)
                    #expect(outcome.status == 0, "\(document.name): \(command)\n\(outcome.text)")
                }
            }
        }
        try await TestDatabase.with { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strata-docs-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            for command in commands {
                let outcome = try Self.run(
                    command, in: folder, url: database.server.connectionURL(database: database.name))
                #expect(outcome.status == 0, "\(document.name): \(command)\n\(outcome.text)")
            }
        }
    }

    @Test("every SQL example of a document is a migration that the program accepts", arguments: try Document.all())
    func isAccepted(document: Document) throws {
        for example in document.blocks(of: "sql") {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("strata-docs-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("9999_example.sql")
            // The examples depend on files that are not there.
            let text = example.components(separatedBy: "\n").filter {
                !$0.contains("depends-on") && !$0.contains("compatible-with")
            }.joined(separator: "\n")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let outcome = try Self.run("strata validate --migrations \(folder.path)", in: folder, url: "")
            #expect(outcome.status == 0, "\(document.name): \(outcome.text)\n\(example)")
        }
    }

    private static func run(_ line: String, in folder: URL, url: String) throws -> (status: Int32, text: String) {
        try Shell.run(line, in: folder, variables: Shell.variables(["DATABASE_URL": url]))
    }
}
