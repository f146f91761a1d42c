// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

/// A file that is open for reading; closed when the value goes away.
struct OpenFile: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    /// The size when it was opened: a hint, the file may change.
    let size: Int

    /// Opens a file. Links are followed; what is no file is refused.
    init(_ path: FilePath) throws(FileFailure) {
        let descriptor: FileDescriptor
        do {
            // Non-blocking, because opening a named pipe would otherwise wait for somebody to write into it.
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch {
            throw FileFailure(error)
        }
        do throws(FileFailure) {
            size = try Self.size(of: descriptor)
        } catch {
            try? descriptor.close()
            throw error
        }
        self.descriptor = descriptor
    }

    private static func size(of descriptor: FileDescriptor) throws(FileFailure) -> Int {
        let status: Stat
        do throws(Errno) {
            status = try Stat(descriptor)
        } catch {
            throw .system(error)
        }
        guard status.type == .regular else { throw .notAFile(status.type) }
        return Int(status.size)
    }

    deinit {
        try? descriptor.close()
    }

    /// Fills a part of a buffer, and says how many bytes came: fewer than fit only at the end of the file.
    func read(into buffer: inout [UInt8], range: Range<Int>) throws(FileFailure) -> Int {
        do {
            var filled = 0
            while filled < range.count {
                let start = range.lowerBound + filled
                let count = unsafe try buffer.withUnsafeMutableBytes { bytes in
                    unsafe try descriptor.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<range.upperBound]))
                }
                if count == 0 { break }
                filled += count
            }
            return filled
        } catch {
            throw FileFailure(error)
        }
    }

    /// Fills a part of a buffer with the bytes from a place on; false when the file ends before.
    func read(at offset: Int, into buffer: inout [UInt8], range: Range<Int>) throws(FileFailure) -> Bool {
        do {
            var filled = 0
            while filled < range.count {
                let start = range.lowerBound + filled
                let count = unsafe try buffer.withUnsafeMutableBytes { bytes in
                    unsafe try descriptor.read(
                        fromAbsoluteOffset: Int64(offset + filled),
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<range.upperBound]))
                }
                if count == 0 { return false }
                filled += count
            }
            return true
        } catch {
            throw FileFailure(error)
        }
    }

    /// All bytes of the file.
    func readAll() throws(FileFailure) -> [UInt8] {
        // One byte more than expected: a file that did not grow then shows its end without a second round.
        var bytes = [UInt8](repeating: 0, count: size + 1)
        var count = 0
        while true {
            count += try read(into: &bytes, range: count..<bytes.count)
            if count < bytes.count { break }
            bytes.append(contentsOf: repeatElement(0, count: max(4096, bytes.count)))
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// In which line of the file a byte is: what is asked only for an error, so the file is read again for it.
    func line(ofByteAt offset: Int) -> Int {
        var line = 1
        var previous: UInt8 = 0
        var position: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while position < offset {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                (unsafe try? descriptor.read(fromAbsoluteOffset: position, into: bytes)) ?? 0
            }
            if count == 0 { break }
            for byte in buffer.prefix(min(count, offset - Int(position))) {
                if byte == UInt8(ascii: "\r") || (byte == UInt8(ascii: "\n") && previous != UInt8(ascii: "\r")) {
                    line += 1
                }
                previous = byte
            }
            position += Int64(count)
        }
        return line
    }
}
