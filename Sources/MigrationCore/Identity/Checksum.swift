// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// SHA-256 of a file's bytes, as 64 lower-case hexadecimal digits.
public struct Checksum: Hashable, Sendable, CustomStringConvertible {
    /// The digits.
    public let hexadecimal: String

    /// The checksum of bytes.
    public init(of bytes: [UInt8]) {
        var hash = SHA256()
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        self.init(digest: hash.finalize())
    }

    /// The checksum of bytes in several pieces, in their order.
    init(ofPieces pieces: [ArraySlice<UInt8>]) {
        var hash = SHA256()
        for piece in pieces {
            unsafe piece.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        }
        self.init(digest: hash.finalize())
    }

    /// A checksum that was recorded earlier: letter case and surrounding blanks do not matter.
    ///
    /// What is not SHA-256 is kept, too; it equals no file's checksum.
    public init(recorded text: String) {
        var trimmed = text.drop { $0.isWhitespace }
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        hexadecimal = trimmed.lowercased()
    }

    private init(digest: SHA256Digest) {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        hexadecimal = String(decoding: text, as: UTF8.self)
    }

    public var description: String { hexadecimal }
}
