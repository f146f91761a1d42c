// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

/// Hands on what `zstd` writes, and sees from the lengths of its blocks whether it ends where a frame ends (RFC 8878).
final class ZstandardSink: ByteSink {
    private let next: any ByteSink
    private let frames = Mutex(ZstandardFrames())

    init(_ next: any ByteSink) { self.next = next }

    func write(_ bytes: [UInt8]) async throws {
        frames.withLock { $0.read(bytes) }
        try await next.write(bytes)
    }

    /// What is wrong with what passed; `nil` when it ends with a frame.
    var problem: String? {
        frames.withLock { frames in
            if frames.isBroken { return "what zstd wrote is not of its format" }
            return frames.areWhole ? nil : "what zstd wrote stops in the middle"
        }
    }
}

/// Walks over the frames of a zstd stream without decompressing them.
struct ZstandardFrames {
    private enum Place: Hashable { case magic, descriptor, header, block, content, checksum }

    private var place = Place.magic
    /// How many bytes are missing to the end of the place.
    private var left = 4
    /// What is known of a number that is being read, lowest byte first.
    private var number: UInt32 = 0
    private var shift: UInt32 = 0
    private var hasChecksum = false
    private var isLastBlock = false
    private var frameCount = 0

    private(set) var isBroken = false

    private static let magic: UInt32 = 0xFD2F_B528

    /// Whether there was at least one frame, and the last one has ended.
    var areWhole: Bool { !isBroken && frameCount > 0 && place == .magic && left == 4 }

    mutating func read(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count, !isBroken {
            if place == .content || place == .header || place == .checksum {
                let step = min(left, bytes.count - index)
                index += step
                left -= step
            } else {
                number |= UInt32(bytes[index]) << shift
                (shift, left, index) = (shift + 8, left - 1, index + 1)
            }
            if left == 0 { enterNext() }
        }
    }

    private mutating func enterNext() {
        let value = number
        (number, shift) = (0, 0)
        switch place {
        case .magic:
            isBroken = value != Self.magic
            (place, left) = (.descriptor, 1)
        case .descriptor:
            let isSingle = value & 0x20 != 0
            hasChecksum = value & 4 != 0
            let sizes = [isSingle ? 1 : 0, 2, 4, 8]
            let length = (isSingle ? 0 : 1) + [0, 1, 2, 4][Int(value & 3)] + sizes[Int(value >> 6)]
            (place, left) = (.header, length)
        case .header: (place, left) = (.block, 3)
        case .block:
            isLastBlock = value & 1 != 0
            let kind = value >> 1 & 3
            isBroken = kind == 3
            (place, left) = (.content, kind == 1 ? 1 : Int(value >> 3))
            if left == 0 { enterNext() }
        case .content:
            if !isLastBlock {
                (place, left) = (.block, 3)
            } else if hasChecksum {
                (place, left) = (.checksum, 4)
            } else {
                endFrame()
            }
        case .checksum: endFrame()
        }
    }

    private mutating func endFrame() {
        frameCount += 1
        (place, left) = (.magic, 4)
    }
}
