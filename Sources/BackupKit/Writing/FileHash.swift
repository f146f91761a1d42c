// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The checksum of a file that is there, in the memory of one piece of it.
enum FileHash {
    static let pieceSize = 1 << 18

    static func read(
        _ path: String, _ files: any BackupFileSystem, _ cancellation: Cancellation
    ) throws -> (checksum: Checksum, bytes: Int64) {
        let file = try files.openFile(path)
        defer { file.close() }
        var hasher = Checksum.Hasher()
        var bytes: Int64 = 0
        while true {
            let piece = try file.read(atMost: pieceSize)
            if piece.isEmpty { return (hasher.finalize(), bytes) }
            try cancellation.check()
            hasher.update(piece[...])
            bytes += Int64(piece.count)
        }
    }
}
