// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import SystemPackage
import Testing

@testable import MigrationFiles

/// Holds the inspection in pieces against the plain way of doing the same with the whole file in memory.
@Suite struct ScriptInspectorFuzzTests {
    private enum Outcome: Equatable {
        case text(Checksum)
        case notUTF8(Int)
        case nul(Int)
        case wide
    }

    /// What has to come out, found without pieces and without haste.
    private func expected(_ bytes: [UInt8]) -> Outcome {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            || bytes.starts(with: [0, 0, 0xFE, 0xFF])
        {
            return .wide
        }
        var parser = UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var offset = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let scalar): offset += scalar.count
            case .error: return .notUTF8(offset)
            case .emptyInput: return bytes.firstIndex(of: 0).map { .nul($0) } ?? .text(Checksum(of: bytes))
            }
        }
    }

    /// What the inspection says of the file `x.sql`.
    private func found(in folder: TemporaryFolder, pieceSize: Int) throws -> Outcome {
        var inspector = ScriptInspector(pieceSize: pieceSize)
        do throws(FileFailure) {
            return .text(try inspector.inspect(FilePath("\(folder.path)/x.sql")).checksum)
        } catch {
            switch error {
            case .notUTF8(let offset, _): return .notUTF8(offset)
            case .nulByte(let offset, _): return .nul(offset)
            case .wideEncoding: return .wide
            default: throw error
            }
        }
    }

    @Test(arguments: 1...6)
    func `Pieces find what the whole finds`(seed: Int) throws {
        let folder = try TemporaryFolder()
        var generator = SplitMix(state: UInt64(seed))
        let fragments: [[UInt8]] = ["a", "é", "€", "𝄞", "\n", "\r\n", "--", "/*", "*/"].map { Array($0.utf8) }
        let faults: [[UInt8]] = [
            [0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9D], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80],
        ]
        for round in 0..<60 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                bytes += fragments[Int.random(in: fragments.indices, using: &generator)]
            }
            if round % 2 == 1 {
                let place = Int.random(in: 0...bytes.count, using: &generator)
                bytes.insert(contentsOf: faults[Int.random(in: faults.indices, using: &generator)], at: place)
            }
            let expected = expected(bytes)
            try folder.write("x.sql", bytes: bytes)
            for pieceSize in [16, 17, 23, 4096] {
                #expect(try found(in: folder, pieceSize: pieceSize) == expected, "\(bytes)")
            }
        }
    }

    @Test(arguments: [16, 19, 1 << 18])
    func `A NUL byte is found in every place of a text`(pieceSize: Int) throws {
        let folder = try TemporaryFolder()
        let text = Array("SELECT 'ä€𝄞' AS something_longer;\n".utf8)
        for place in text.indices where text[place] < 0x80 {
            var bytes = text
            bytes[place] = 0
            try folder.write("x.sql", bytes: bytes)
            #expect(try found(in: folder, pieceSize: pieceSize) == .nul(place))
        }
    }
}
