// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore
import Testing

@testable import PostgresAdapter

@Suite struct ZstandardFramesTests {
    /// What `zstd` makes of some bytes.
    private func compressed(_ bytes: [UInt8], _ arguments: [String]) async throws -> [UInt8] {
        let launcher = SubprocessLauncher()
        let program = try #require(launcher.find("zstd", in: []))
        let (pipe, output) = (BytePipe(), TextlessSink())
        async let end = launcher.run(
            ProcessCommand(program: program, arguments: arguments + ["--stdout"]), input: pipe, output: output
        ) { _ in }
        for piece in stride(from: 0, to: bytes.count, by: 10000) {
            try await pipe.write(Array(bytes[piece..<min(piece + 10000, bytes.count)]))
        }
        pipe.finish()
        #expect(try await end.isSuccess)
        return output.bytes
    }

    private func areWhole(_ bytes: some Collection<UInt8>, pieces: Int) -> Bool {
        var frames = ZstandardFrames()
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            frames.read(Array(rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
        }
        return frames.areWhole
    }

    @Test func `only whole frames are whole`() async throws {
        let mixed = (0..<700_000).map {
            $0 < 300_000 ? UInt8(7) : UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13)
        }
        for contents in [[], [1], mixed] {
            for arguments in [["-3", "--check"], ["-1", "--no-check"], ["-19"]] {
                let bytes = try await compressed(contents, arguments)
                for pieces in [1, 7, 1 << 20] { #expect(areWhole(bytes, pieces: pieces)) }
                #expect(areWhole(bytes + bytes, pieces: 1000))
                let step = max(1, bytes.count / 500)
                for length in Array(stride(from: 0, to: bytes.count, by: step)) + [bytes.count - 1] {
                    #expect(!areWhole(bytes.prefix(length), pieces: 1 << 20), "cut to \(length)")
                }
                #expect(!areWhole(bytes + [0], pieces: 1000))
            }
        }
        #expect(!areWhole(Array("PGDMP, and no zstd at all".utf8), pieces: 3))
    }
}
