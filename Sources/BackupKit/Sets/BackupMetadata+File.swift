// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension BackupMetadata {
    /// The file's bytes.
    package func encoded() throws -> [UInt8] {
        var copy = self
        copy.checksum = SelfCheckedDocument.noChecksum
        return try SelfCheckedDocument.encoded(copy)
    }

    private struct Format: Decodable {
        let format: Int
        let strataVersion: String?

        enum CodingKeys: String, CodingKey {
            case format
            case strataVersion = "strata_version"
        }
    }

    /// Reads a file's bytes.
    ///
    /// - Parameter path: Where they are from, for messages.
    /// - Throws: ``BackupKitError`` of category `damaged` for bytes that are not those that were written, of category `refused` for a layout
    ///   that this build does not know.
    static func decoded(_ bytes: [UInt8], path: String) throws -> BackupMetadata {
        do {
            // Later layouts have the same checksum; whatever else is in them.
            let document = try JSONDecoder().decode(Format.self, from: Data(bytes))
            guard let isUnchanged = SelfCheckedDocument.isUnchanged(bytes) else {
                throw BackupKitError(.damaged, "\(path) has no checksum of its own")
            }
            guard isUnchanged else {
                throw BackupKitError(.damaged, "\(path) is not what was written: its own checksum is another one")
            }
            guard document.format == currentFormat else {
                let maker = document.strataVersion.map { "Strata \($0)" } ?? "another version of Strata"
                throw BackupKitError(
                    .refused,
                    """
                    \(path) has format \(document.format), and this build reads format \(currentFormat)
                    hint: use \(maker), which made the set, or a newer one.
                    """)
            }
            return try JSONDecoder().decode(BackupMetadata.self, from: Data(bytes))
        } catch let error as BackupKitError {
            throw error
        } catch let error as DecodingError {
            throw BackupKitError(.damaged, "\(path) cannot be read: \(reason(error))")
        } catch {
            throw BackupKitError(.damaged, "\(path) cannot be read: it is no JSON document")
        }
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
