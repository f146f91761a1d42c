// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What ChromaDB says of a copy, compared with what was noted.
struct ChromaProof {
    let program: ChromaProgram
    let details: ChromaDetails
    let launcher: any ProcessLauncher
    /// For how long ChromaDB may say nothing of a collection; twice of that for 30,000 records, and so on.
    let patience: Duration

    /// How many lines of ChromaDB's own messages an error shows.
    private static let messageLines = 3

    func perform(
        on folder: String, home: String, _ proof: inout RestoreProof,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws {
        let total = details.collections.count
        let output = LineSink { count in
            // The version, then two for each collection.
            let done = min(max(0, count - 1) / 2, total)
            observe(.progress(BackupProgress(phase: "comparing", objects: .init(done, of: total))))
        }
        let messages = Mutex<[String]>([])
        let command = ProcessCommand(
            program: program.python,
            arguments: ChromaProgram.isolated + ["-c", ProofScript.text, folder, "\(patience.inSeconds)"],
            // Nothing is asked of the network, and nothing is written to anybody's home.
            environment: ["ANONYMIZED_TELEMETRY": "False", "HOME": home, "HF_HUB_OFFLINE": "1"])
        let isTooLate = Mutex(false)
        let end = try await launcher.run(command, output: output) { line in
            if line.hasPrefix("Timeout (") { isTooLate.withLock { $0 = true } }
            messages.withLock { if !line.contains("telemetry") { $0 = $0.suffix(Self.messageLines - 1) + [line] } }
        }
        try Task.checkCancellation()
        let answers = output.lines.compactMap { try? JSONDecoder().decode(BackupValue.self, from: Data($0.utf8)) }
        proof.serverVersion = answers.first?["version"]?.stringValue
        guard end.isSuccess, answers.last?["done"] == true else {
            // Before it says its version, it has not looked at the store.
            let account = messages.withLock { $0.joined(separator: " ") }
            guard proof.serverVersion != nil else {
                throw ChromaBackupError(.configuration, "\(program.python) cannot run ChromaDB (\(end)): \(account)")
            }
            guard isTooLate.withLock(\.self) else {
                proof.differences.append("ChromaDB \(program.version) does not open the store (\(end)): \(account)")
                return
            }
            let asked = answers.last { $0["asking"] != nil }?["asking"]?.stringValue
            let name = details.collections.first { $0.id == asked }?.name ?? "?"
            proof.differences.append(
                "ChromaDB \(program.version), the collection \"\(name)\": nothing came of it for \(patience), as if its index were damaged"
            )
            return
        }
        compare(answers, &proof)
    }

    private func compare(_ answers: [BackupValue], _ proof: inout RestoreProof) {
        var vectors: Int64 = 0
        var queries: Int64 = 0
        for collection in details.collections {
            let name = "the collection \"\(collection.name)\""
            guard let answer = answers.first(where: { $0["id"]?.stringValue == collection.id }) else {
                proof.differences.append("ChromaDB has not \(name)")
                continue
            }
            let problems = (answer["problems"]?.arrayValue ?? []).compactMap(\.stringValue)
            proof.differences += problems.map { "ChromaDB, \(name): \($0)" }
            guard let count = answer["count"]?.integerValue else { continue }
            if answer["name"]?.stringValue != collection.name {
                proof.differences.append("ChromaDB, \(name): it has another name than when it was saved")
            }
            vectors += answer["vectors"]?.integerValue ?? 0
            queries += answer["queries"]?.integerValue ?? 0
            // Records that were being written are in the queue only: which they are then is ChromaDB's business.
            if collection.pending == 0, count != collection.count {
                proof.differences.append("ChromaDB, \(name): \(count.named("record")), there were \(collection.count)")
            } else if answer["digest"]?.stringValue != collection.digest {
                proof.differences.append("ChromaDB, \(name): other ids, documents or metadata than when it was saved")
            }
        }
        proof.compared.append(
            "with ChromaDB \(program.version): ids, documents, metadata, \(vectors) vectors, \(queries) queries")
    }
}
