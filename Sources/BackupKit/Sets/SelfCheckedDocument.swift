// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A JSON document with the SHA-256 of its own bytes in it, computed with zeros in the place of its digits: an edited file is no longer
/// what was written.
enum SelfCheckedDocument {
    /// What stands in the checksum's place while it is computed.
    static let noChecksum = Checksum(recorded: String(repeating: "0", count: 64))
    private static let key = Array("\"checksum\" : \"".utf8)
    private static let digits = 64

    /// The bytes of a value whose key `checksum`, the only one of that name, holds ``noChecksum``.
    static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var bytes = [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")]
        let zeros = Array(noChecksum.hexadecimal.utf8)
        guard let place = place(in: bytes), Array(bytes[place]) == zeros else {
            throw BackupKitError(.destination, "a document of the set could not be written")
        }
        let checksum = Checksum(of: bytes)
        bytes.replaceSubrange(place, with: Array(checksum.hexadecimal.utf8))
        return bytes
    }

    /// Whether these bytes are those that were written; `nil` when there is no checksum among them.
    static func isUnchanged(_ bytes: [UInt8]) -> Bool? {
        guard let place = place(in: bytes) else { return nil }
        var blank = bytes
        blank.replaceSubrange(place, with: Array(noChecksum.hexadecimal.utf8))
        return Array(Checksum(of: blank).hexadecimal.utf8) == Array(bytes[place])
    }

    /// Where the digits stand.
    private static func place(in bytes: [UInt8]) -> Range<Int>? {
        var rest = bytes[...]
        while let found = rest.firstRange(of: key) {
            let end = found.upperBound + digits
            let isDigits =
                end < bytes.count && bytes[end] == UInt8(ascii: "\"")
                && bytes[found.upperBound..<end].allSatisfy(isHexadecimal)
            if isDigits { return found.upperBound..<end }
            rest = bytes[found.upperBound...]
        }
        return nil
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
