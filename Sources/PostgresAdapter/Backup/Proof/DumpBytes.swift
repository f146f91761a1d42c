// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The bytes of a dump on their way to the program that reads them, so that it is known how far that is.
final class DumpBytes: ByteSource {
    private let path: String
    private let descriptor: Int32
    private let progress: DumpProgress
    /// Reading blocks.
    private let queue = DispatchQueue(label: "strata.dump")
    private static let pieceLength = 1 << 18

    /// - Returns: `nil` when it cannot be opened.
    init?(_ path: String, progress: DumpProgress) {
        self.path = path
        self.progress = progress
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Throws: ``PostgresBackupError`` of category `destination` when the file cannot be read.
    func next() async throws -> [UInt8]? {
        let piece = try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.readPiece() }) }
        }
        if piece.isEmpty { return nil }
        progress.add(piece.count)
        return piece
    }

    private func readPiece() throws -> [UInt8] {
        var number: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceLength) { buffer, length in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count < 0 { number = errno }
                length = max(0, count)
                return
            }
        }
        guard number == 0 else {
            throw PostgresBackupError(.destination, "\(path) cannot be read: \(String(cString: strerror(number)))")
        }
        return piece
    }
}
