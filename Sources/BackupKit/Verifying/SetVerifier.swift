// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Proves sets.
public struct SetVerifier: Sendable {
    private let verifiers: [StoreName: any ArtifactVerifier]
    private let strataVersion: String
    private let now: @Sendable () -> CalendarTime
    private let files: any BackupFileSystem
    private let observe: @Sendable (VerificationEvent) -> Void

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - verifiers: One for each kind of store.
    ///   - strataVersion: The version of the program, for receipts.
    ///   - files: Where the sets are.
    ///   - now: Says what second it is.
    ///   - observe: Told what happens, from any thread. Must not block.
    public init(
        verifiers: [any ArtifactVerifier], strataVersion: String, files: any BackupFileSystem = SystemFiles(),
        now: @escaping @Sendable () -> CalendarTime = { .now },
        observe: @escaping @Sendable (VerificationEvent) -> Void = { _ in }
    ) {
        self.verifiers = Dictionary(verifiers.map { ($0.store, $0) }) { $1 }
        self.strataVersion = strataVersion
        self.files = files
        self.now = now
        self.observe = observe
    }

    /// Proves a set up to a level; the first level that it does not pass is the last that is tried.
    ///
    /// Each level that could be tried leaves a receipt in the set, where that can be written.
    ///
    /// - Throws: When it cannot be found out, as when a program that is needed is not there: ``BackupError``. A set that is damaged is no
    ///   error but a result.
    public func verify(_ set: BackupSet, upTo level: VerificationLevel) async throws -> VerificationReport {
        var report = VerificationReport(set: set.name, folder: set.folder)
        for step in VerificationLevel.allCases where step <= level {
            observe(.started(step))
            let result = try await attempt(step, set)
            report.results.append(result)
            try await note(result, of: set, &report)
            if !result.passed { break }
        }
        return report
    }

    private func attempt(_ level: VerificationLevel, _ set: BackupSet) async throws -> VerificationReport.Result {
        switch level {
        case .stored:
            let check = StoredCheck(set: set, files: files) { observe(.hashed(bytes: $0, of: set.bytes)) }
            let findings = try await BlockingQueue("verify").run { try check.findings($0) }
            let summary = "\(set.metadata.artifacts.count.named("file")), \(set.bytes) bytes"
            return .init(level: level, compared: [summary], findings: findings)
        case .readable:
            var findings: [String] = []
            for part in set.parts {
                let verifier = try verifier(part.store)
                findings += try await verifier.findUnreadable(part) { observe(.target(part.store, $0)) }
                    .map { "\(part.store): \($0)" }
                observe(.finished(part.store))
            }
            return .init(
                level: level, compared: set.parts.map { "\($0.store) was read to its end" }, findings: findings)
        case .restored:
            var result = VerificationReport.Result(level: level, compared: [], findings: [])
            for part in set.parts {
                let proof = try await verifier(part.store).restoreForProof(part) { observe(.target(part.store, $0)) }
                observe(.finished(part.store))
                let version = proof.serverVersion.map { " into version \($0)" } ?? ""
                result.compared += proof.compared.map { "\(part.store)\(version): \($0)" }
                result.limitations += proof.limitations
                result.findings += proof.differences.map { "\(part.store): \($0)" }
            }
            return result
        }
    }

    private func verifier(_ store: StoreName) throws -> any ArtifactVerifier {
        guard let verifier = verifiers[store] else {
            throw BackupKitError(.configuration, "this program cannot prove what a set has of \(store)")
        }
        return verifier
    }

    private func note(
        _ result: VerificationReport.Result, of set: BackupSet, _ report: inout VerificationReport
    ) async throws {
        let receipt = VerificationReceipt(
            level: result.level, passed: result.passed, verifiedAt: now().description, strataVersion: strataVersion,
            metadata: set.metadata.checksum, findings: result.passed ? result.compared : result.findings,
            limitations: result.passed ? result.limitations : [])
        do {
            try await BlockingQueue("verify").run {
                try VerificationReceipts.add([receipt], in: set.folder, files: files)
            }
        } catch {
            // Sets are proven where they can only be read, too.
            report.notices.append("no receipt could be left in the set: \(error)")
        }
    }
}
