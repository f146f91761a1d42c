// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore

/// A folder that is there for one test.
enum TemporaryFolder {
    static func with<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let path = "/tmp/strata-backups-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }
}

extension BackupRunner.Options {
    /// Runs of which each begins a second after the one before.
    static func counting(from start: String = "20250916_123000") -> BackupRunner.Options {
        var options = BackupRunner.Options(strataVersion: "1.2.3")
        let first = SetName("backup_\(start)")?.time ?? CalendarTime(secondsSinceEpoch: 0)
        options.now = { first }
        return options
    }
}

extension BackupFolder {
    /// Makes a set.
    @discardableResult
    func backUp(
        _ targets: [any BackupTarget] = [ScriptedTarget.postgres, ScriptedTarget.chroma, ScriptedTarget.redis],
        at time: String = "20250916_123000", observe: @escaping @Sendable (BackupRunEvent) -> Void = { _ in }
    ) async throws -> BackupSet {
        try await BackupRunner(folder: self, targets: targets, options: .counting(from: time), observe: observe).run()
    }

    /// What is there, hidden folders too, but for the lock and the note of the last run.
    var visible: [String] {
        get throws {
            try SystemFiles().entries(of: path).filter { ![".lock", ".last_run.json"].contains($0) }.sorted()
        }
    }
}

extension BackupSet {
    /// What is wrong with it at the first level.
    func storedFindings() async throws -> [String] {
        try await SetVerifier(verifiers: [], strataVersion: "1.2.3").verify(self, upTo: .stored)
            .results.flatMap(\.findings)
    }
}
