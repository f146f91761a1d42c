// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import Testing

/// `Docs/BackupFormat.md` names every field that is written at the top and for each store, and no other. Of the details:
/// `BackupDetailsTests`.
@Suite("The documented format of a set")
struct BackupFormatTests {
    private func fields(of heading: String) throws -> Set<String> {
        let document = try #require(try Document.all().first { $0.name == "BackupFormat.md" })
        return Set(document.fields(under: heading).map(\.name))
    }

    private func written() throws -> [String: Any] {
        let name = try #require(SetName("backup_20250916_123000"))
        let snapshot = StoreSnapshot(
            serverVersion: "15.3", takenAt: "2025-09-16T12:30:00Z",
            schemaVersions: [MigrationID(component: .core, version: 1)], details: ["a": 1], warnings: ["b"])
        let stores: [StoreName: StoreRecord] = [
            .postgres: StoreRecord(status: .saved, address: "here", seconds: 1, snapshot: snapshot),
            .redis: StoreRecord(status: .failed, address: "there", seconds: 1, reason: "no"),
            .chroma: StoreRecord(status: .skipped, reason: "not configured"),
            .neo4j: StoreRecord(status: .skipped, reason: "not configured"),
        ]
        let metadata = BackupMetadata(
            name: name, startedAt: "2025-09-16T12:30:00Z", finishedAt: "2025-09-16T12:30:01Z", strataVersion: "1",
            stores: stores, artifacts: [])
        let object = try JSONSerialization.jsonObject(with: Data(try metadata.encoded()))
        return try #require(object as? [String: Any])
    }

    @Test("The metadata has the fields that are documented")
    func metadata() throws {
        #expect(try Set(written().keys) == fields(of: "## BACKUP_METADATA.json"))
    }

    @Test("A store has the fields that are documented")
    func store() throws {
        let document = try written()
        let stores = ["postgres", "redis", "chroma"].compactMap { document[$0] as? [String: Any] }
        #expect(try Set(stores.flatMap(\.keys)) == fields(of: "### A store"))
    }
}
