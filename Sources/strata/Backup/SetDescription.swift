// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore

/// A set in words.
struct SetDescription {
    let lines: [String]

    init(_ set: BackupSet) {
        let saved = set.metadata.stores.values.count { $0.status == .saved }
        let name =
            "\(set.name): \(set.metadata.status.rawValue), \(saved == 1 ? "1 store" : "\(saved) stores"), \(set.bytes.sizeText)"
        let width = set.metadata.stores.keys.map(\.description.count).max() ?? 0
        let stores = set.metadata.stores.sorted { $0.key < $1.key }.map { store, record in
            "  \(store.description.padded(to: width))  \(Self.text(record, bytes: set.bytes(of: store)))"
        }
        let warnings = set.metadata.stores.sorted { $0.key < $1.key }.flatMap { store, record in
            (record.snapshot?.warnings ?? []).map { "  warning: \(store): \($0)" }
        }
        lines = [name] + stores + warnings + ["in \(set.folder)"]
    }

    private static func text(_ record: StoreRecord, bytes: Int64?) -> String {
        switch record.status {
        case .saved:
            let facts = [
                bytes?.sizeText, record.seconds.map { Duration.seconds($0).text }, record.address,
                record.snapshot?.serverVersion.map { "version \($0)" }, record.snapshot?.takenAt.map { "as of \($0)" },
            ]
            return facts.compactMap(\.self).joined(separator: ", ")
        case .failed: return "FAILED: \(record.reason?.split(separator: "\n").first ?? "no reason is known")"
        case .skipped: return "skipped, \(record.reason ?? "no reason is known")"
        }
    }
}

/// What a proof found out, in words.
struct VerificationDescription {
    let lines: [String]

    init(_ report: VerificationReport) {
        lines = report.results.flatMap { result -> [String] in
            let verdict = result.passed ? (["ok"] + result.limitations).joined(separator: ", ") : "DAMAGED"
            let head = "\(result.level.description.padded(to: 8))  \(verdict)"
            return [head] + (result.passed ? result.compared : result.findings).map { "  \($0)" }
        }
    }
}
