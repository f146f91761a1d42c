// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Testing

@Suite("SetVerifier")
struct SetVerifierTests {
    private func verify(
        _ set: BackupSet, upTo level: VerificationLevel, _ change: (inout ScriptedVerifier) -> Void = { _ in },
        record: Record = Record(), at second: Int64 = 0
    ) async throws -> VerificationReport {
        let verifiers = [StoreName.postgres, .redis, .chroma].map { store in
            var verifier = ScriptedVerifier(store: store, record: record)
            if store == .redis { change(&verifier) }
            return verifier
        }
        return try await SetVerifier(
            verifiers: verifiers, strataVersion: "1.2.3", now: { CalendarTime(secondsSinceEpoch: second) }
        ).verify(set, upTo: level)
    }

    @Test("Each level has the ones before it, and leaves a receipt")
    func levels() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            #expect(set.verified == nil)
            let record = Record()
            let report = try await verify(set, upTo: .restored, record: record)
            #expect(report.results.map(\.level) == [.stored, .readable, .restored])
            #expect(report.passed == .restored)
            let stores = ["chroma", "postgres", "redis"]
            #expect(record.all == stores.map { "read \($0)" } + stores.map { "restore \($0)" })
            let again = try folder.set("latest")
            #expect(again.verified == .restored)
            #expect(again.receipts.map(\.verifiedAt) == Array(repeating: "1970-01-01T00:00:00Z", count: 3))
            // The receipts belong to no level: a set that has them is as whole as before.
            #expect(try await verify(again, upTo: .stored).isDamaged == false)
        }
    }

    @Test("The level and its time are of the same receipt")
    func time() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            _ = try await verify(set, upTo: .restored, at: 1)
            _ = try await verify(set, upTo: .stored, at: 2)
            let proof = try #require(try folder.set("latest").proof)
            #expect(proof.level == .restored)
            #expect(proof.verifiedAt == "1970-01-01T00:00:01Z")
            _ = try await verify(set, upTo: .restored, at: 3)
            #expect(try folder.set("latest").proof?.verifiedAt == "1970-01-01T00:00:03Z")
        }
    }

    @Test("What could not be compared stays with the proof, until one could compare everything")
    func limitations() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            let limited = { (verifier: inout ScriptedVerifier) in verifier.proof.limitations = ["without ChromaDB"] }
            let report = try await verify(set, upTo: .restored, limited)
            #expect(report.results.map(\.limitations) == [[], [], ["without ChromaDB"]])
            let again = try folder.set("latest")
            #expect(again.verified == .restored)
            #expect(again.proof?.limitations == ["without ChromaDB"])
            let decisions = try BackupPruner(folder: folder, policy: .init(last: 1)).decisions()
            #expect(decisions[0].reasons.contains("newest verified set (restored, without ChromaDB)"))
            _ = try await verify(set, upTo: .restored, at: 1)
            _ = try await verify(set, upTo: .restored, limited, at: 2)
            let proof = try #require(try folder.set("latest").proof)
            #expect(proof.limitations == [] && proof.verifiedAt == "1970-01-01T00:00:01Z")
        }
    }

    @Test("Whoever looks on is told when a store is done, before the next one begins")
    func events() async throws {
        try await TemporaryFolder.with { path in
            let set = try await BackupFolder(path).backUp()
            let record = Record()
            let verifiers = [StoreName.postgres, .redis, .chroma].map { ScriptedVerifier(store: $0, record: record) }
            let verifier = SetVerifier(
                verifiers: verifiers, strataVersion: "1.2.3",
                observe: { event in
                    if case .finished(let store) = event { record.note("finished \(store)") }
                })
            _ = try await verifier.verify(set, upTo: .restored)
            let expected = ["read", "restore"].flatMap { step in
                ["chroma", "postgres", "redis"].flatMap { ["\(step) \($0)", "finished \($0)"] }
            }
            #expect(record.all == expected)
        }
    }

    @Test("The first level that fails is the last, and takes back what was proven before")
    func failing() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            _ = try await verify(set, upTo: .restored)
            let report = try await verify(set, upTo: .restored, { $0.unreadable = ["redis/dump.rdb: no"] })
            #expect(report.results.map(\.passed) == [true, false])
            #expect(report.results.last?.findings == ["redis: redis/dump.rdb: no"])
            let damaged = try folder.set("latest")
            #expect(damaged.verified == nil)
            #expect(damaged.lastReceipt?.findings == ["redis: redis/dump.rdb: no"])
            // A lower level does not take that back; the same one does.
            _ = try await verify(set, upTo: .stored)
            #expect(try folder.set("latest").verified == nil)
            #expect(try folder.set("latest").isDamaged)
            #expect(try folder.set("latest").failure?.level == .readable)
            _ = try await verify(set, upTo: .readable)
            #expect(try folder.set("latest").verified == .readable)
            #expect(try folder.set("latest").isDamaged == false)
        }
    }

    @Test("What cannot be found out is an error, and no receipt")
    func unknown() async throws {
        try await TemporaryFolder.with { (path: String) async throws -> Void in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            let error = BackupKitError(.configuration, "redis-server is not installed")
            await #expect(throws: BackupKitError.self) {
                try await verify(set, upTo: .restored) { $0.error = error }
            }
            #expect(try folder.set("latest").receipts.map(\.level) == [.stored, .readable])
        }
    }

    @Test("Receipts that were changed are damage, until they are removed")
    func changedReceipts() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let set = try await folder.backUp()
            _ = try await verify(set, upTo: .readable)
            let file = URL(fileURLWithPath: "\(set.folder)/VERIFICATION.json")
            let whole = try Data(contentsOf: file)
            for offset in stride(from: 0, to: whole.count, by: 7) {
                var data = whole
                data[offset] ^= 1
                try data.write(to: file)
                let found = try await folder.set("latest").storedFindings()
                #expect(
                    found.count == 1 && found[0].contains("VERIFICATION.json is not what was written"), "byte \(offset)"
                )
            }
            let report = try await verify(set, upTo: .restored)
            #expect(report.results.map(\.passed) == [false])
            #expect(report.notices.first?.contains("no receipt could be left in the set") == true)
            #expect(try folder.set("latest").verified == nil)
            try FileManager.default.removeItem(at: file)
            #expect(try await verify(set, upTo: .readable).isDamaged == false)
            #expect(try folder.set("latest").verified == .readable)
        }
    }

    @Test("Receipts of another set, put into this one's folder, prove nothing")
    func foreignReceipts() async throws {
        try await TemporaryFolder.with { path in
            let folder = BackupFolder(path)
            let first = try await folder.backUp()
            let second = try await folder.backUp(at: "20250917_000000")
            _ = try await verify(first, upTo: .restored)
            try FileManager.default.copyItem(
                atPath: "\(first.folder)/VERIFICATION.json", toPath: "\(second.folder)/VERIFICATION.json")
            #expect(try folder.set(first.name.description).verified == .restored)
            #expect(try folder.set(second.name.description).verified == nil)
        }
    }
}
