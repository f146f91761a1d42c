// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The file of a set's receipts. It is the only one of a set that changes, and no artifact.
enum VerificationReceipts {
    static let fileName = "VERIFICATION.json"

    /// The receipts of a set, the oldest first; none where there is no file, or none that can be read.
    static func read(in folder: String, files: any BackupFileSystem) -> [VerificationReceipt] {
        guard let bytes = try? files.contents(of: "\(folder)/\(fileName)") else { return [] }
        return (try? JSONDecoder().decode([VerificationReceipt].self, from: Data(bytes))) ?? []
    }

    /// Adds receipts; of each level the last few are kept.
    static func add(_ receipts: [VerificationReceipt], in folder: String, files: any BackupFileSystem) throws {
        var kept: [VerificationReceipt] = []
        for receipt in (read(in: folder, files: files) + receipts).reversed()
        where kept.count(where: { $0.level == receipt.level }) < 5 {
            kept.append(receipt)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(Array(kept.reversed()))) + [UInt8(ascii: "\n")]
        try files.replaceContents(of: "\(folder)/\(fileName)", with: bytes, in: folder)
    }
}
