// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import SystemPackage

/// Reads scripts once, piece by piece: hashes them, checks that they are text, and collects the comments before the first
/// statement.
///
/// One inspector is used for all files of a folder, so that they share its buffer.
struct ScriptInspector {
    private var buffer: [UInt8]

    /// Makes an inspector that reads so many bytes at a time.
    init(pieceSize: Int = 1 << 18) {
        // A character may begin in one piece and end in the next: its beginning is moved to the front.
        buffer = [UInt8](repeating: 0, count: max(pieceSize, 16))
    }

    mutating func inspect(_ path: FilePath) throws(FileFailure) -> ScriptContent {
        let file = try OpenFile(path)
        var hasher = PieceHasher(size: file.size)
        var comments = LeadingComments()
        // How many bytes at the front of the buffer are checked with the next piece, and where in the file they are.
        var kept = 0
        var offset = 0
        var isAtEnd = false
        while !isAtEnd {
            // The size saves a second read that would only find the end. Some file systems say 0 for every file.
            let rest = file.size > 0 ? file.size - offset - kept : .max
            let room = min(buffer.count - kept, rest)
            let count = try file.read(into: &buffer, range: kept..<kept + room)
            isAtEnd = count < room || count == rest
            let piece = buffer[kept..<kept + count]
            hasher.update(piece)
            var text = buffer[..<piece.endIndex]
            if offset + kept == 0 {
                if let encoding = Self.wideEncoding(text) { throw .wideEncoding(encoding) }
                comments.consume(Self.withoutMark(text))
            } else {
                comments.consume(piece)
            }
            kept = isAtEnd ? 0 : UTF8Chunk.unfinished(text)
            text = text.dropLast(kept)
            try Self.check(text, at: offset, of: file)
            offset += text.count
            for index in 0..<kept { buffer[index] = buffer[text.endIndex + index] }
        }
        comments.finish()
        return ScriptContent(checksum: hasher.finalize(), comments: comments.found)
    }

    private static func check(
        _ text: ArraySlice<UInt8>, at offset: Int, of file: borrowing OpenFile
    ) throws(FileFailure) {
        if !UTF8Chunk.isValid(text), let fault = UTF8Chunk.firstFault(text) {
            let place = offset + fault - text.startIndex
            throw .notUTF8(offset: place, line: file.line(ofByteAt: place))
        }
        // The smallest byte, and not a search that stops early: this loop runs on vectors.
        guard text.reduce(UInt8.max, min) == 0, let index = text.firstIndex(of: 0) else { return }
        let place = offset + index - text.startIndex
        throw .nulByte(offset: place, line: file.line(ofByteAt: place))
    }

    private static func withoutMark(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text
    }

    private static func wideEncoding(_ text: ArraySlice<UInt8>) -> String? {
        switch (text.first, text.dropFirst().first) {
        case (0xFF, 0xFE): text.dropFirst(2).starts(with: [0, 0]) ? "UTF-32" : "UTF-16"
        case (0xFE, 0xFF): "UTF-16"
        case (0, 0) where text.dropFirst(2).starts(with: [0xFE, 0xFF]): "UTF-32"
        default: nil
        }
    }
}
