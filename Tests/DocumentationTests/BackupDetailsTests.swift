// SPDX-License-Identifier: Apache-2.0

import BackupKit
import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter
@testable import PostgresAdapter

/// `Docs/BackupFormat.md` names every detail that is written, with its type, and no other.
@Suite("The documented details of a set", .timeLimit(.minutes(15)))
struct BackupDetailsTests {
    @Test("Every detail of a real set stands in the tables with its type, and every detail of the tables is written")
    func details() async throws {
        let document = try #require(try Document.all().first { $0.name == "BackupFormat.md" })
        try await DocumentedStores.with { stores in
            let name = stores.database.name
            try await stores.database.query(
                """
                ALTER DATABASE \(name) SET work_mem = '5MB'; ALTER DATABASE \(name) SET app.jwt_secret = 'hush';
                ALTER ROLE CURRENT_USER IN DATABASE \(name) SET work_mem = '6MB'; COMMENT ON DATABASE \(name) IS 'of a test';
                GRANT CONNECT ON DATABASE \(name) TO CURRENT_USER
                """)
            try stores.require("strata backup")
            let set = try #require(try BackupFolder(stores.backups).contents().sets.first)
            for (heading, store, rare) in [
                ("#### PostgreSQL", StoreName.postgres, Self.rareDetailsOfPostgres), ("#### Redis", .redis, [:]),
                ("#### ChromaDB", .chroma, Self.rareDetailsOfChroma),
            ] {
                let fields = document.fields(under: heading)
                let documented = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.type) })
                let details = try #require(set.metadata.stores[store]?.snapshot?.details)
                let written = DetailTypes(details, documented).types
                let needed = Set(fields.filter { !$0.isOptional }.map(\.name))
                #expect(needed.subtracting(written.keys) == [], "of \(store): documented as always there, but is not")
                let all = written.merging(DetailTypes(rare, documented).types) { first, _ in first }
                #expect(Set(all.keys).subtracting(documented.keys) == [], "of \(store): written, but not documented")
                #expect(Set(documented.keys).subtracting(all.keys) == [], "of \(store): documented, but not written")
                for (name, type) in all {
                    // Of an empty list nobody knows what it could hold.
                    let said = documented[name] ?? ""
                    #expect(said == type || said.hasPrefix("\(type) of"), "\(store): \(name)")
                }
            }
        }
    }

    /// What a usual database has no reason to say.
    private static var rareDetailsOfPostgres: [String: BackupValue] {
        var details = PostgresDetails()
        details.unlogged = [["public", "a"]]
        details.withoutDigest = [["public", "a"]]
        (details.historyIsForeign, details.historyIsUnknown) = (true, true)
        details.traits = DatabaseTraits(["owner": "a", "tablespace": "fast"])
        return details.values
    }

    private static var rareDetailsOfChroma: [String: BackupValue] {
        let collection = StoredCollection(
            id: "", name: "", database: "", tenant: "", dimension: 2, count: 0, digest: "", pending: 1, index: "",
            queue: "", settings: "")
        return ["collections": .array([collection.value])]
    }
}

/// The types of details by their paths, in the words of the document.
struct DetailTypes {
    private(set) var types: [String: String] = [:]
    private let documented: [String: String]

    /// - Parameter documented: Tells objects whose names are data from others.
    init(_ details: [String: BackupValue], _ documented: [String: String]) {
        self.documented = documented
        for (name, value) in details { add(value, at: name) }
    }

    private mutating func add(_ value: BackupValue, at path: String) {
        let isMap = documented[path]?.hasPrefix("map") == true
        types[path] = isMap ? Self.type("map", of: value.objectValue.map { Array($0.values) } ?? []) : Self.type(value)
        if case .object(let fields) = value, !isMap {
            for (name, field) in fields { add(field, at: "\(path).\(name)") }
        }
        for case .object(let fields) in value.arrayValue ?? [] {
            for (name, field) in fields { add(field, at: "\(path)[].\(name)") }
        }
    }

    private static func type(_ value: BackupValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "true or false"
        case .integer, .number: "number"
        case .string: "text"
        case .array(let values): type("list", of: values)
        case .object: "object"
        }
    }

    private static func type(_ whole: String, of values: [BackupValue]) -> String {
        let kinds = Set(values.map(type))
        guard let kind = kinds.max() else { return whole }
        let plural = kind == "text" ? kind : kind.replacing(/^\w+/) { "\($0.output)s" }
        return "\(whole) of \(kinds.count == 1 ? plural : "\(kinds.sorted())")"
    }
}
