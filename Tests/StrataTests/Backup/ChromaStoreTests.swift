// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("ChromaDB, saved and restored by the program", .timeLimit(.minutes(60)))
struct ChromaStoreTests {
    private static let open = """
        import chromadb, sys
        notes = chromadb.PersistentClient(sys.argv[1]).get_or_create_collection("notes")

        """
    private static let fill = """
        notes.add(ids=["a", "b", "c"], documents=["first", "second", "third"], embeddings=[[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        """
    private static let more = "notes.add(ids=['d'], documents=['fourth'], embeddings=[[1, 1, 1]])"
    private static let show = "print(notes.get(include=['documents', 'embeddings']))"

    /// Runs a body with a store in the usual place.
    private func withStore(_ body: (Scratch, _ store: String) async throws -> Void) async throws {
        let scratch = try Scratch()
        let store = "\(scratch.path)/data/chroma"
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/data", withIntermediateDirectories: false)
        try await ChromaPython.run(Self.open + Self.fill, store, in: scratch)
        try await body(scratch, store)
    }

    private func strata(_ arguments: String..., in scratch: Scratch) async throws -> Outcome {
        try await Program.strata().run(arguments, in: scratch)
    }

    private func contents(_ store: String, in scratch: Scratch) async throws -> String {
        try await ChromaPython.run(Self.open + Self.show, store, in: scratch)
    }

    private func backUp(in scratch: Scratch) async throws -> String {
        let saved = try await strata("backup", "--json", in: scratch)
        try saved.requireStatus(0)
        struct Saved: Decodable {
            struct Store: Decodable { var address, server_version: String }
            struct Stores: Decodable { var chroma: Store }
            var stores: Stores
        }
        let document = try saved.decoded(SetDocument.self)
        #expect(document.stores["chroma"]?.status == "saved")
        // Nothing named the store: it was found in the folder that the program runs in.
        let store = try saved.decoded(Saved.self).stores.chroma
        #expect(store.address.hasPrefix("/") && store.address.hasSuffix("\(scratch.path)/data/chroma"))
        #expect(store.server_version.hasPrefix("1.x (embeddings_queue "))
        return document.name
    }

    @Test("A store that was lost comes back, a changed one is replaced, and --undo brings the changed one back")
    func restored() async throws {
        try await withStore { scratch, store in
            let before = try await contents(store, in: scratch)
            let name = try await backUp(in: scratch)
            let programs = try ChromaPython.programs
            let proof = try await strata("verify-backup", "--restore", "--chroma-programs", programs, in: scratch)
            proof.expect(0)
            #expect(proof.output.contains("restored  ok"))

            try FileManager.default.removeItem(atPath: store)
            try await strata("restore", name, in: scratch).requireStatus(0)
            #expect(try await contents(store, in: scratch) == before)

            try await ChromaPython.run(Self.open + Self.more, store, in: scratch)
            let changed = try await contents(store, in: scratch)
            #expect(changed != before)
            let restored = try await strata("restore", name, in: scratch)
            restored.expect(0)
            #expect(restored.output.contains("restore --undo \(name) brings it back"))
            #expect(try await contents(store, in: scratch) == before)

            // Where the restored one was lost, too, nothing names the store any more.
            try FileManager.default.removeItem(atPath: store)
            try await strata("restore", name, "--undo", in: scratch).requireStatus(0)
            #expect(try await contents(store, in: scratch) == changed)
        }
    }

    @Test("Another vector is found, also when every digest of the set was made to fit")
    func damaged() async throws {
        try await withStore { scratch, _ in
            let name = try await backUp(in: scratch)
            let set = SignedSet(folder: "\(scratch.path)/backups/\(name)", dump: "")
            let database = "\(scratch.path)/copy.sqlite3"
            try set.read("chroma/chroma.sqlite3").write(to: URL(filePath: database))
            let change = """
                import sqlite3, sys
                with sqlite3.connect(sys.argv[1]) as db:
                    print(db.execute("UPDATE embeddings_queue SET vector = zeroblob(12) WHERE id = 'b'").rowcount)
                """
            #expect(try await ChromaPython.run(change, database, in: scratch) == "1\n")
            try set.replace("chroma/chroma.sqlite3", with: try Data(contentsOf: URL(filePath: database)))
            try await strata("verify-backup", "--level", "stored", in: scratch).requireStatus(0)
            let read = try await strata("verify-backup", in: scratch)
            read.expect(6, saying: "\(name) is damaged")
            #expect(read.output.contains("has other records in the queue"), "\(read)")
        }
    }

    @Test("A store that may only be read is not saved, and the error says as whom to run")
    func readOnly() async throws {
        try await withStore { scratch, store in
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o444], ofItemAtPath: "\(store)/chroma.sqlite3")
            let outcome = try await Program.strata().runWithoutPowers(["backup"], environment: [:], in: scratch)
            outcome.expect(
                2, saying: "strata: chroma: ", "data/chroma cannot be locked",
                "as the account of ChromaDB's server", "no store could be saved, so no set was made")
        }
    }

    @Test("A folder of programs without ChromaDB is no proof")
    func wrongPrograms() async throws {
        try await withStore { scratch, _ in
            _ = try await backUp(in: scratch)
            let proof = try await strata("verify-backup", "--restore", "--chroma-programs", scratch.path, in: scratch)
            #expect(proof.status != 0)
            #expect(proof.messages.contains("there is no ChromaDB in \(scratch.path)"), "\(proof)")
        }
    }
}
