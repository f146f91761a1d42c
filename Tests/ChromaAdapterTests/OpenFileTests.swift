// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ChromaAdapter

struct OpenFileTests {
    @Test("a lock ends with the file that took it, though a program that is being started has a copy of its descriptor")
    func copiedLock() throws {
        let folder = "/tmp/strata-chroma-lock-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var file: OpenFile? = try OpenFile.read(folder)
        let isTaken = file?.takeLock() == true
        #expect(isTaken)
        let copy = dup(try #require(Self.descriptor(of: folder)))
        #expect(copy >= 0)
        defer { close(copy) }
        let refused = #expect(throws: ChromaBackupError.self) { try ReplacementFolder.isLeftBehind(folder) }
        #expect(refused?.message.contains("another restore is making \(folder) just now") == true)
        file = nil
        #expect(try ReplacementFolder.isLeftBehind(folder))
    }

    /// The one that this process has of a file.
    private static func descriptor(of path: String) -> Int32? {
        let own = "/proc/self/fd"
        return try? FileManager.default.contentsOfDirectory(atPath: own).first {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(own)/\($0)")) == path
        }.flatMap { Int32($0) }
    }
}
