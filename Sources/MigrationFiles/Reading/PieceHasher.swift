// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import MigrationCore
internal import Synchronization

/// Hashes a file piece by piece; a large file on a thread of its own, while its next piece is read and looked at.
///
/// Hashing takes longer than all the rest, and a large file keeps a deployment waiting.
struct PieceHasher {
    /// From how many bytes on a second thread is worth it.
    private static let threshold = 8 << 20

    private var hasher = Checksum.Hasher()
    private let lane: Lane?

    /// - Parameter size: How large the file seems to be.
    init(size: Int) {
        lane = size >= Self.threshold ? Lane() : nil
    }

    mutating func update(_ piece: ArraySlice<UInt8>) {
        if let lane { lane.update(piece) } else { hasher.update(piece) }
    }

    /// The checksum of all pieces.
    func finalize() -> Checksum {
        lane?.finalize() ?? hasher.finalize()
    }

    /// The other thread.
    private final class Lane: Sendable {
        private let queue = DispatchQueue(label: "strata.checksum")
        private let hasher = Mutex(Checksum.Hasher())
        /// So that not more than a few pieces are in memory.
        private let room = DispatchSemaphore(value: 4)

        func update(_ piece: ArraySlice<UInt8>) {
            room.wait()
            queue.async { [self] in
                hasher.withLock { $0.update(piece) }
                room.signal()
            }
        }

        func finalize() -> Checksum {
            queue.sync { hasher.withLock { $0.finalize() } }
        }
    }
}
