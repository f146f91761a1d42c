// SPDX-License-Identifier: Apache-2.0

/// Copies one file after the other.
struct FileCopier {
    let interruption: Interruption
    var calls: any SetWriting = SystemWriting()
    /// Called after each piece with the number of its bytes; what it throws ends the copy.
    let progress: (Int64) throws -> Void

    private static let piece = 1 << 20

    /// - Parameter replacing: Whether a file that is there is removed before. It is never written to: another set may share it.
    /// - Returns: How many bytes the copy has.
    @discardableResult
    func copy(_ source: OpenFile, to path: String, replacing: Bool = false) throws -> Int64 {
        if replacing { try calls.removeFile(path) }
        let target = try calls.makeFile(path)
        if try calls.share(source, with: target) {
            let bytes = try target.stamp.bytes
            try progress(bytes)
            return bytes
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            try interruption.check()
            let count = try source.read(into: buffer, at: offset)
            if count == 0 { return offset }
            var done = 0
            while done < count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done..<count])
                done += try calls.write(rest, to: target, at: offset + Int64(done))
            }
            offset += Int64(count)
            try progress(Int64(count))
        }
    }
}
