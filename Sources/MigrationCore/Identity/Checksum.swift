// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// SHA-256 of a file's bytes, as 64 lower-case hexadecimal digits.
public struct Checksum: Hashable, Sendable, CustomStringConvertible {
    /// The digits.
    public let hexadecimal: String

    /// The checksum of bytes.
    public init(of bytes: [UInt8]) {
        var hasher = Hasher()
        hasher.update(bytes[...])
        self = hasher.finalize()
    }

    /// The checksum of a script, in the memory of one piece of it.
    ///
    /// - Throws: What the script's storage throws.
    public init(of script: MigrationScript) throws {
        var hasher = Hasher()
        try script.forEachPiece { hasher.update($0) }
        self = hasher.finalize()
    }

    /// A checksum that was recorded earlier: letter case and surrounding blanks do not matter.
    ///
    /// What is not SHA-256 is kept, too; it equals no file's checksum.
    public init(recorded text: String) {
        // Nearly every recorded checksum is one that we wrote.
        let isClean = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard !isClean else {
            hexadecimal = text
            return
        }
        var trimmed = text.drop { $0.isWhitespace }
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        hexadecimal = trimmed.lowercased()
    }

    public var description: String { hexadecimal }

    private init(hexadecimal: String) {
        self.hexadecimal = hexadecimal
    }

    /// Computes a checksum of bytes that come piece by piece, for scripts that are too large to be held in memory.
    public struct Hasher: Sendable {
        private var hash = SHA256()

        /// Begins with no bytes.
        public init() {}

        /// Takes the next bytes.
        public mutating func update(_ bytes: ArraySlice<UInt8>) {
            unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        }

        /// The checksum of all bytes so far.
        public func finalize() -> Checksum {
            let text = unsafe String(unsafeUninitializedCapacity: 64) { digits in
                var count = 0
                for byte in hash.finalize() {
                    unsafe digits[count] = Self.digit(byte >> 4)
                    unsafe digits[count + 1] = Self.digit(byte & 15)
                    count += 2
                }
                return count
            }
            return Checksum(hexadecimal: text)
        }

        private static func digit(_ value: UInt8) -> UInt8 {
            value < 10 ? 0x30 + value : 0x57 + value
        }
    }
}
