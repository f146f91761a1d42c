// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import PostgresAdapter
import TestSupport
import Testing
import ThrowawayPostgres

/// What migrations of projects make, filled with rows, comes back as it was.
@Suite(.timeLimit(.minutes(60))) struct HistoryRoundTripTests {
    /// A folder of files, with `<folder>.prelude.sql` and `<folder>.roles` beside it where it needs them.
    struct History: CustomStringConvertible, Sendable {
        let folder: String

        var description: String { URL(fileURLWithPath: folder).lastPathComponent }

        static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/histories").standardizedFileURL.path

        /// The folder that `STRATA_CORPORA` names, as `make corpora` takes it.
        static let corpora = ProcessInfo.processInfo.environment["STRATA_CORPORA"]

        /// Those of this repository, and those of ``corpora``.
        static let all: [History] = {
            if corpora == nil {
                print("no histories of public projects: set STRATA_CORPORA to a folder of them (CONTRIBUTING.md)")
            }
            return [fixtures, corpora].compactMap(\.self).flatMap { (try? histories(in: $0)) ?? [] }
        }()

        static func histories(in parent: String) throws -> [History] {
            try FileManager.default.contentsOfDirectory(atPath: parent).sorted()
                .map { History(folder: "\(parent)/\($0)") }
                .filter { history in
                    var isFolder: ObjCBool = false
                    return unsafe FileManager.default.fileExists(atPath: history.folder, isDirectory: &isFolder)
                        && isFolder.boolValue
                }
        }

        func files() throws -> [String] {
            func number(_ name: String) -> String {
                let digits = name.prefix(while: \.isNumber)
                return String(repeating: "0", count: 30 - digits.count) + digits
            }
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }
                .sorted { (number($0), $0) < (number($1), $1) }
        }

        /// Lets psql execute all of it, one file after the other.
        func apply(to database: TestDatabase) async throws {
            let roles = (try? String(contentsOfFile: "\(folder).roles", encoding: .utf8)) ?? ""
            for role in roles.split(whereSeparator: \.isWhitespace) {
                _ = try? await TestDatabase.execute("CREATE ROLE \"\(role)\"", on: database.server)
            }
            let prelude = "\(folder).prelude.sql"
            let paths = try files().map { "\(folder)/\($0)" }
            for path in (FileManager.default.fileExists(atPath: prelude) ? [prelude] : []) + paths {
                let done = try await database.server.run(
                    tool: "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.name, "-f", path])
                #expect(done.succeeded, "\(path): \(done.errorText)")
            }
        }
    }

    /// Without this, a name that is misspelt would leave nothing to test, and what was not extracted would have no tables.
    @Test(arguments: [History.fixtures, History.corpora].compactMap(\.self))
    func `every folder of histories has some, and each of these has files`(_ parent: String) throws {
        let histories = try History.histories(in: parent)
        #expect(!histories.isEmpty, "\(parent) has no folder")
        for history in histories {
            #expect(
                try !history.files().isEmpty,
                "\(history.folder) has no .sql file: Scripts/corpus.py extract writes them (CONTRIBUTING.md)")
        }
    }

    @Test(arguments: History.all)
    func `a history with rows of every type is proven, and restored as it was`(_ history: History) async throws {
        try await TestDatabase.withServerOfItsOwn { database in
            try await history.apply(to: database)
            let sample = try await SampleDatabase.sqlForServer(database)
            try await database.query("CREATE SCHEMA sample; SET search_path = sample, public; \(sample)")
            let (tables, filled) = try await GeneratedRows.fill(database)
            print("\(history): \(tables) tables, \(filled) with rows")
            #expect(filled * 4 >= tables * 3)
            let before = try await database.plainDump()
            for options in [PostgresBackupTarget.Options(digest: true), .init(digest: true, compression: .zstd())] {
                try await FolderDestination.with { destination in
                    let part = destination.part(try await save(database, to: destination, options))
                    let verifier = PostgresArtifactVerifier(
                        launcher: TestLauncher(), servers: TestProvingServers(),
                        programs: database.server.binaries.folder)
                    #expect(try await verifier.findUnreadable(part) { _ in } == [])
                    let proof = try await verifier.restoreForProof(part) { _ in }
                    #expect(proof.differences == [])
                    let target = PostgresRestoreTarget(
                        database.configuration(), launcher: TestLauncher(),
                        programs: database.server.binaries.folder)
                    let session = try await target.openSession(part, options: RestoreOptions())
                    try await session.prepare { _ in }
                    _ = try await session.swap { _ in }
                    await session.discard()
                    let after = try await database.plainDump()
                    #expect(after == before, "\(difference(before, after))")
                    let old = "\(database.name)_before_\(part.set)"
                    #expect(try await database.plainDump(of: old) == before)
                    try await TestDatabase(server: database.server, name: old).drop()
                }
            }
        }
    }
}
