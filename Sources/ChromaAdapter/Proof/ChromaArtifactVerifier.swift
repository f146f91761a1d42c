// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Proves what a set holds of a ChromaDB: by reading it, and with ChromaDB itself where that is installed.
///
/// Reading needs nothing but SQLite, and changes nothing in the set. For proof, ChromaDB opens a copy: every record that it returns, with its
/// document, its metadata and its vector, and the answers to a few queries, are compared with what the files say and what was noted when the
/// set was made. Where there is no ChromaDB of a fitting version, the copy is read with SQLite alone, and the proof says so in
/// ``RestoreProof/limitations``.
public struct ChromaArtifactVerifier: ArtifactVerifier {
    public var store: StoreName { .chroma }

    let launcher: any ProcessLauncher
    let programs: String?
    let folder: String
    /// For how long ChromaDB may think about a collection of a few records.
    var patience = Duration.seconds(600)

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - launcher: Starts ChromaDB's Python.
    ///   - programs: The folder of `chroma`, or of a Python that has ChromaDB: a virtual environment's `bin`. One that has neither is an error.
    ///     `nil` looks in `PATH`.
    ///   - folder: Where the copy is made for a moment; it needs as much space as the store.
    public init(launcher: any ProcessLauncher, programs: String? = nil, folder: String = "/tmp") {
        self.launcher = launcher
        self.programs = programs
        self.folder = folder
    }

    public func findUnreadable(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        try await ChromaBackupError.telling("reading \(ChromaDetails.folder)/") {
            let details = try ChromaDetails(part)
            guard part.artifacts.contains(where: { $0.path == ChromaDetails.database }) else {
                return ["\(ChromaDetails.database) is missing"]
            }
            observe(.progress(BackupProgress(phase: "reading")))
            return try await StoreCopy.differences(of: "\(part.folder)/\(ChromaDetails.folder)", from: details)
        }
    }

    public func restoreForProof(
        _ part: StoredPart, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> RestoreProof {
        let copy = "\(folder)/strata-chroma-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? Folders.removeTree(copy) }
        return try await ChromaBackupError.telling("proving \(ChromaDetails.folder)/") {
            let details = try ChromaDetails(part)
            try Folders.make(copy)
            try await StoreCopy.make(part, at: "\(copy)/store", observe: observe)
            let differences = try await StoreCopy.differences(of: "\(copy)/store", from: details)
            let records = details.collections.reduce(0) { $0 &+ $1.count }
            var proof = RestoreProof(
                compared: ["\(details.collections.count.named("collection")), \(records.named("record"))"],
                differences: differences)
            guard differences.isEmpty else { return proof }
            let (found, broken) = try await ChromaProgram.find(in: programs, launcher: launcher)
            let family = details.layout.family
            guard
                let program = found.first(where: { $0.family == family }) ?? found.first(where: { $0.family > family })
            else {
                let there =
                    !found.isEmpty
                    ? "only ChromaDB \(found[0].version) is installed"
                    : broken.isEmpty
                        ? "no ChromaDB is installed" : "\(broken.joined(separator: "; ")), so there is none"
                proof.compared.append(
                    "with SQLite alone, because \(there) that opens the layout of \(family.rawValue): vectors only by their number"
                )
                proof.limitations = ["without ChromaDB"]
                return proof
            }
            observe(.waiting("ChromaDB \(program.version) opens a copy"))
            let run = ChromaProof(program: program, details: details, launcher: launcher, patience: patience)
            try await run.perform(on: "\(copy)/store", home: copy, &proof, observe: observe)
            return proof
        }
    }
}
