// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The file of a set's receipts. It is the only one of a set that changes, and no artifact.
enum VerificationReceipts {
    static let fileName = "VERIFICATION.json"
    /// What a proof that was killed can leave; the next one takes it away.
    static let temporaryName = "\(fileName).new"

    private struct Document: Codable {
        var checksum: String
        var receipts: [VerificationReceipt]
    }

    /// The receipts of a set, the oldest first; none where there is no file.
    ///
    /// - Throws: ``BackupKitError`` of category `damaged` when they are not what was written.
    static func read(in folder: String, files: any BackupFileSystem) throws -> [VerificationReceipt] {
        let path = "\(folder)/\(fileName)"
        guard try files.kind(of: path) != nil else { return [] }
        let bytes = try files.contents(of: path)
        guard SelfCheckedDocument.isUnchanged(bytes) == true,
            let document = try? JSONDecoder().decode(Document.self, from: Data(bytes))
        else {
            throw BackupKitError(
                .damaged,
                "\(fileName) is not what was written, so nothing is known of earlier proofs: remove it, and prove the set again"
            )
        }
        return document.receipts
    }

    /// Adds receipts; of each level the last few are kept.
    static func add(_ receipts: [VerificationReceipt], in folder: String, files: any BackupFileSystem) throws {
        var kept: [VerificationReceipt] = []
        for receipt in (try read(in: folder, files: files) + receipts).reversed()
        where kept.count(where: { $0.level == receipt.level }) < 5 {
            kept.append(receipt)
        }
        let document = Document(checksum: SelfCheckedDocument.noChecksum.hexadecimal, receipts: kept.reversed())
        let bytes = try SelfCheckedDocument.encoded(document)
        try files.replaceContents(of: "\(folder)/\(fileName)", with: bytes, in: folder)
    }
}
