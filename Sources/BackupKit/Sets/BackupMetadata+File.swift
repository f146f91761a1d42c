// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension BackupMetadata {
    /// What stands in the checksum's place while it is computed.
    private static let noChecksum = String(repeating: "0", count: 64)

    /// The file's bytes. Their checksum, computed with zeros in its place, stands among them: an edited file is no longer what was
    /// written.
    func encoded() throws -> [UInt8] {
        var copy = self
        copy.checksum = Checksum(recorded: Self.noChecksum)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let blank = [UInt8](try encoder.encode(copy)) + [UInt8(ascii: "\n")]
        let digits = Array(Checksum(of: blank).hexadecimal.utf8)
        guard let place = Self.place(of: Array(Self.noChecksum.utf8), in: blank) else {
            throw BackupKitError(.destination, "the set's metadata could not be written")
        }
        var bytes = blank
        bytes.replaceSubrange(place, with: digits)
        return bytes
    }

    /// Reads a file's bytes.
    ///
    /// - Throws: ``BackupKitError`` of category `damaged`, for bytes that are not those that were written.
    static func decoded(_ bytes: [UInt8]) throws -> BackupMetadata {
        let metadata: BackupMetadata
        do {
            metadata = try JSONDecoder().decode(BackupMetadata.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw BackupKitError(.damaged, "\(fileName) cannot be read: \(reason(error))")
        } catch {
            throw BackupKitError(.damaged, "\(fileName) cannot be read: it is no JSON document")
        }
        let digits = Array(metadata.checksum.hexadecimal.utf8)
        var blank = bytes
        guard digits.count == noChecksum.utf8.count, let place = place(of: digits, in: bytes) else {
            throw BackupKitError(.damaged, "\(fileName) has no checksum of its own")
        }
        blank.replaceSubrange(place, with: Array(noChecksum.utf8))
        guard Checksum(of: blank) == metadata.checksum else {
            throw BackupKitError(.damaged, "\(fileName) is not what was written: its own checksum is another one")
        }
        return metadata
    }

    /// Where the value of the key `checksum` stands: it is the only one of that name.
    private static func place(of digits: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
        let line = Array("\"checksum\" : \"".utf8) + digits
        guard let found = bytes.firstRange(of: line) else { return nil }
        return found.upperBound - digits.count..<found.upperBound
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(Self.path(context)) has no \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(Self.path(context)) is not what it has to be"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is no JSON document" : "\(Self.path(context)): \(context.debugDescription)"
        @unknown default: "it is not laid out as it has to be"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.isEmpty
            ? "the document"
            : context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}
