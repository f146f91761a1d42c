// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The examples for cron and systemd work where there is no more than those give to a program.
@Suite("Documented schedules", .timeLimit(.minutes(15)))
struct DocumentedScheduleTests {
    private func block(_ language: String) throws -> [String] {
        let document = try #require(try Document.all().first { $0.name == "Backups.md" })
        return try #require(document.blocks(of: language).first).components(separatedBy: "\n")
    }

    /// The folders of this machine for those of the document.
    private func here(_ text: String, _ stores: DocumentedStores) throws -> String {
        text.replacingOccurrences(of: "/usr/local/bin", with: Shell.programs)
            .replacingOccurrences(of: "/opt/chroma/bin", with: try DocumentedStores.chromaPrograms)
    }

    /// What the document names as examples: the stores and the folder of sets.
    private func variables(_ stores: DocumentedStores) -> [String: String] {
        stores.variables.merging(["BACKUP_DIR": stores.backups]) { $1 }
    }

    @Test("The crontab saves all stores, proves the set with ChromaDB itself, and prunes")
    func crontab() async throws {
        let lines = try block("crontab")
        try await DocumentedStores.with { stores in
            // All that cron gives.
            var environment = [
                "HOME": stores.folder.path, "LOGNAME": "backup", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin",
            ]
            for line in lines {
                guard let end = line.firstIndex(where: { !$0.isLetter && $0 != "_" }), line[end] == "=" else {
                    continue
                }
                let name = String(line[..<end])
                let value = try here(String(line[line.index(after: end)...]), stores)
                environment[name] = variables(stores)[name] ?? value
            }
            let job = try #require(lines.last { $0.first?.isNumber == true })
            let command = job.split(separator: " ", maxSplits: 5)[5].trimmingCharacters(in: .whitespaces)
            try expectProvenSet(try Shell.run(command, in: stores.folder, variables: environment), stores)
        }
    }

    @Test("The service of systemd does the same")
    func service() async throws {
        let lines = try block("systemd")
        try await DocumentedStores.with { stores in
            var environment = variables(stores)
            environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            environment["HOME"] = stores.folder.path
            var texts: [String] = []
            for line in lines {
                guard line.hasPrefix("ExecStart"), let sign = line.firstIndex(of: "=") else { continue }
                let command = try here(String(line[line.index(after: sign)...]), stores)
                let outcome = try Shell.run(command, in: stores.folder, variables: environment)
                #expect(outcome.status == 0, "\(line)\n\(outcome.text)")
                texts.append(outcome.text)
            }
            try expectProvenSet((0, texts.joined(separator: "\n")), stores)
        }
    }

    private func expectProvenSet(_ outcome: (status: Int32, text: String), _ stores: DocumentedStores) throws {
        #expect(outcome.status == 0, "\(outcome.text)")
        #expect(outcome.text.contains("complete, 3 stores"), "\(outcome.text)")
        #expect(outcome.text.contains("restored  ok"), "\(outcome.text)")
        // Without it the vectors would be counted, and not compared.
        #expect(!outcome.text.contains("with SQLite alone"), "\(outcome.text)")
        #expect(outcome.text.contains("keep backup_"), "\(outcome.text)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: stores.backups).contains { $0.hasPrefix("backup_") })
    }
}
