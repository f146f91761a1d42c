// SPDX-License-Identifier: Apache-2.0

/// A borrowed look at the caller's bytes, with the class table beside it.
///
/// It never outlives the closure that made it (`withBytes`), and every index that is passed to it has been compared with
/// `count` by the code that passes it; debug builds check that again. This is what makes the unchecked reads below safe.
@safe
struct ByteView {
    private let bytes: UnsafePointer<UInt8>
    private let classes: UnsafePointer<UInt8>
    let count: Int

    /// Runs `body` with a view of `span`.
    @inline(__always)
    static func withBytes<Result>(_ span: Span<UInt8>, _ body: (ByteView) -> Result) -> Result {
        // The pointers are used inside the two closures only, where both buffers are guaranteed to stay.
        unsafe span.withUnsafeBufferPointer { bytes in
            unsafe ByteClass.table.withUnsafeBufferPointer { classes in
                guard let start = bytes.baseAddress, let table = classes.baseAddress else {
                    return unsafe body(ByteView(bytes: Self.nothing(classes), classes: Self.nothing(classes), count: 0))
                }
                return unsafe body(ByteView(bytes: start, classes: table, count: bytes.count))
            }
        }
    }

    private init(bytes: UnsafePointer<UInt8>, classes: UnsafePointer<UInt8>, count: Int) {
        unsafe self.bytes = bytes
        unsafe self.classes = classes
        self.count = count
    }

    /// A pointer for the view of an empty span, which has no address of its own; with `count` 0 it is never read.
    private static func nothing(_ classes: UnsafeBufferPointer<UInt8>) -> UnsafePointer<UInt8> {
        guard let table = classes.baseAddress else { preconditionFailure("the class table is never empty") }
        return unsafe table
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 {
        assert(index >= 0 && index < count)
        return unsafe bytes[index]  // in bounds, see the type's comment
    }

    /// Whether the byte at `index` is of one of the `wanted` classes.
    @inline(__always)
    func isClass(_ wanted: UInt8, at index: Int) -> Bool {
        assert(index >= 0 && index < count)
        return unsafe classes[Int(bytes[index])] & wanted != 0  // in bounds; the table has an entry for each byte
    }

    /// Eight bytes from `index` on, the first one lowest.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        assert(index >= 0 && index + 8 <= count)
        let raw = unsafe UnsafeRawPointer(bytes)  // in bounds, see the type's comment; no alignment needed
        return unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The bytes of `range` as text.
    func text(in range: Range<Int>) -> String {
        String(decoding: range.map { self[$0] }, as: UTF8.self)
    }

    /// The letter at `index` in lower case; other bytes come back as something that is no letter.
    @inline(__always)
    func lowercased(at index: Int) -> UInt8 {
        let byte = self[index]
        return byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}
