// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport
import Testing

@testable import ChromaAdapter

struct StoreReaderTests {
    @Test("a digest is that of the same values in any order, and of no others")
    func unorderedDigest() {
        func digest(_ values: [[UInt8]]) -> String {
            var digest = UnorderedDigest()
            for value in values { digest.add(value) }
            return digest.hexadecimal
        }
        #expect(digest([]) == String(repeating: "0", count: 64))
        #expect(digest([[1], [2], [3]]) == digest([[3], [1], [2]]))
        #expect(digest([[1], [2]]) != digest([[1], [3]]))
        #expect(digest([[1]]) != digest([[1], [1], [1]]))
        // What Python says of sum(int(sha256(i)) for i in 0..<1000) % 2**256.
        let sum = digest((0..<1000).map { Array(String($0).utf8) })
        #expect(sum == Self.sum)
    }

    private static let sum = "2b7a23146f4bae65d0f9f4e35fbcb75c0f9bd858458d6b1a6a2fbc3fe04b3da0"

    @Test("records with the same bytes in other places have other digests")
    func recordBytes() {
        func bytes(_ id: String, _ values: [(String, RecordBytes.Value)]) -> [UInt8] {
            var record = RecordBytes(id: Array(id.utf8))
            for (key, value) in values { record.add(Array(key.utf8), value) }
            return record.finish()
        }
        #expect(
            bytes("a", [("x", .integer(1)), ("y", .truth(true))])
                == bytes("a", [("y", .truth(true)), ("x", .integer(1))]))
        #expect(bytes("ab", []) != bytes("a", [("b", .text([]))]))
        #expect(bytes("a", [("x", .integer(1))]) != bytes("a", [("x", .truth(true))]))
        #expect(bytes("a", [("x", .text([0x31]))]) != bytes("a", [("x", .integer(1))]))
        #expect(bytes("a", [("x", .number(1))]) != bytes("a", [("x", .integer(1))]))
    }

    @Test("a header of wrong numbers is none, however large they are", arguments: [12, 20, 28, 36, 44])
    func damagedHeader(offset: Int) {
        func bytes(_ value: UInt64) -> [UInt8] { (UInt64(0)..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        var header: [UInt8] = [1, 0, 0, 0]
        for number: UInt64 in [0, 128, 50, 204, 196, 132] { header += bytes(number) }
        header += [UInt8](repeating: 0, count: 48)
        #expect(IndexFiles.Header(header)?.elements == 50)
        for value: UInt64 in [.max, .max - 7, 1 << 63, 1 << 62, 1 << 40, (1 << 63) - 1] {
            var damaged = header
            damaged.replaceSubrange(offset..<offset + 8, with: bytes(value))
            #expect(IndexFiles.Header(damaged) == nil)
        }
    }

    /// What Python writes of `{"a": 1, "b": 300, "ä": 70000}` under `id_to_label`, by protocol.
    @Test("ids are read from pickles of every protocol", arguments: [2, 3, 4, 5])
    func labels(protocolNumber: Int) async throws {
        try await TestChroma.with(isFilled: false) { chroma in
            let path = "\(chroma.parent)/labels.pickle"
            let script = """
                import pickle, sys
                labels = {f"id{i}ä": i for i in range(int(sys.argv[3]))}
                content = {"dimensionality": 3, "total_elements_added": 5, "max_seq_id": None, "id_to_label": labels,
                    "label_to_id": {v: k for k, v in labels.items()}, "id_to_seq_id": {k: 1 << 40 for k in labels}}
                pickle.dump(content, open(sys.argv[1], "wb"), protocol=int(sys.argv[2]))
                """
            for count in [0, 1, 2, 1000, 1001, 2500, 70_000] {
                let command = ProcessCommand(
                    program: "\(try chroma.version.programs)/python",
                    arguments: ["-c", script, path, "\(protocolNumber)", "\(count)"])
                #expect(try await TestLauncher().run(command, output: nil) { _ in }.isSuccess)
                var ids: Set<String> = []
                var numbers: Set<UInt64> = []
                let added = try LabelFile.read(path, nil) { id, number in
                    ids.insert(String(decoding: id, as: UTF8.self))
                    numbers.insert(number)
                }
                #expect(ids == Set((0..<count).map { "id\($0)ä" }))
                #expect(numbers == Set((0..<count).map { UInt64($0) }))
                #expect(added == 5)
            }
        }
    }

    @Test("a pickle that would execute something is not read")
    func foreignPickle() throws {
        let path = "/tmp/strata-chroma-pickle-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        // cos\nsystem\n(S'true'\ntR.
        try Data("cos\nsystem\n(S'true'\ntR.".utf8).write(to: URL(filePath: path))
        #expect(throws: LabelFile.Problem.unknownInstruction(UInt8(ascii: "S"))) {
            try LabelFile.read(path, nil) { _, _ in }
        }
    }
}
