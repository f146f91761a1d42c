// SPDX-License-Identifier: Apache-2.0

/// The text of a migration: UTF-8 bytes, exactly as they are stored, a byte order mark and carriage returns included.
///
/// A script is held in memory or, if it is large, read from its storage piece by piece. Both are used in the same way:
///
/// ```swift
/// var hasher = Checksum.Hasher()
/// try script.forEachPiece { hasher.update($0) }
/// ```
public struct MigrationScript: Sendable {
    /// How many bytes there are.
    public let byteCount: Int
    private let content: Content

    enum Content: Sendable {
        case memory([UInt8])
        case storage(any MigrationScriptStorage)
    }

    /// Takes bytes as they are.
    public init(bytes: [UInt8]) {
        byteCount = bytes.count
        content = .memory(bytes)
    }

    /// Takes a text, encoded as UTF-8.
    public init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    /// Takes bytes that are too many to be held in memory.
    public init(_ storage: some MigrationScriptStorage) {
        byteCount = storage.byteCount
        content = .storage(storage)
    }

    /// Whether all bytes are in memory, so that reading them costs nothing and cannot fail.
    public var isInMemory: Bool {
        if case .memory = content { true } else { false }
    }

    /// All bytes. A large script is read into memory for it.
    ///
    /// - Throws: What the storage throws.
    public var bytes: [UInt8] {
        get throws {
            switch content {
            case .memory(let bytes): bytes
            case .storage(let storage): try storage.bytes(in: 0..<byteCount)
            }
        }
    }

    /// Some of the bytes.
    ///
    /// - Throws: What the storage throws.
    public func bytes(in range: Range<Int>) throws -> ArraySlice<UInt8> {
        switch content {
        case .memory(let bytes): bytes[range]
        case .storage(let storage): try storage.bytes(in: range)[...]
        }
    }

    /// Hands out all bytes, or some of them, in order and in pieces of bounded size: one piece if they are in memory.
    ///
    /// - Throws: What the storage or `body` throws.
    public func forEachPiece(
        in range: Range<Int>? = nil, _ body: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        var pieces = pieces(in: range)
        while let piece = try pieces.next() { try body(piece) }
    }

    /// The bytes, or some of them, in pieces of bounded size.
    public func pieces(in range: Range<Int>? = nil) -> Pieces {
        Pieces(content: content, rest: range ?? 0..<byteCount)
    }
}
