// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

@testable import MigrationFiles

@Suite struct OpenFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open(_ bytes: [UInt8]) throws -> OpenFile {
        try folder.write("file", bytes: bytes)
        return try OpenFile(FilePath("\(folder.path)/file"))
    }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 100_000])
    func `All bytes of a file are read`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try open(bytes)
        #expect(file.size == count)
        #expect(try file.readAll() == bytes)
    }

    @Test func `Reading fills the range and nothing else`() throws {
        let file = try open(Array("abcdefgh".utf8))
        var buffer = [UInt8](repeating: 0x2E, count: 8)
        #expect(try file.read(into: &buffer, range: 2..<5) == 3)
        #expect(String(decoding: buffer, as: UTF8.self) == "..abc...")
        #expect(try file.read(into: &buffer, range: 0..<8) == 5)
        #expect(String(decoding: buffer, as: UTF8.self) == "defgh...")
        #expect(try file.read(into: &buffer, range: 0..<8) == 0)
        #expect(try file.read(into: &buffer, range: 3..<3) == 0)
    }

    @Test func `A file that grew after it was opened is read to its new end`() throws {
        let file = try open(Array("one".utf8))
        try folder.write("other", "")
        let descriptor = try FileDescriptor.open(FilePath("\(folder.path)/file"), .writeOnly, options: .append)
        try descriptor.closeAfter { _ = try descriptor.writeAll(Array(repeating: UInt8(ascii: "x"), count: 10_000)) }
        #expect(try file.readAll().count == 10_003)
    }

    @Test func `The line of a byte is the same as counted one by one`() throws {
        // The buffer's size lies between the two halves of a line end.
        let front = [UInt8](repeating: UInt8(ascii: "x"), count: (1 << 16) - 1)
        let bytes = front + Array("\r\n\r\r\n\n\ra\n".utf8) + front + Array("\n\r\n".utf8)
        let file = try open(bytes)
        var line = 1
        for (offset, byte) in bytes.enumerated() {
            let isInteresting = offset % 9973 == 0 || byte == 0x0A || byte == 0x0D
            if isInteresting { #expect(file.line(ofByteAt: offset) == line) }
            let isSecondHalf = byte == 0x0A && offset > 0 && bytes[offset - 1] == 0x0D
            if (byte == 0x0A || byte == 0x0D) && !isSecondHalf { line += 1 }
        }
        #expect(file.line(ofByteAt: bytes.count + 1000) == line)
    }

    @Test func `A descriptor is closed when nobody needs the file any more`() throws {
        try folder.write("file", "x")
        func descriptor() throws -> Int32 {
            let next = try FileDescriptor.open(FilePath("\(folder.path)/file"), .readOnly)
            try next.close()
            return next.rawValue
        }
        var largest: Int32 = 0
        for _ in 0..<2000 {
            _ = try OpenFile(FilePath("\(folder.path)/file")).readAll()
            #expect(throws: FileFailure.self) { _ = try OpenFile(FilePath(folder.path)).size }
            largest = max(largest, try descriptor())
        }
        #expect(largest < 500)
    }
}
