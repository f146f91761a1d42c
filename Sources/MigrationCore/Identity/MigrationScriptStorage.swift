// SPDX-License-Identifier: Apache-2.0

/// Where the bytes of a large script are.
///
/// To hand out scripts of any size from a ``MigrationSource`` of your own, conform to this protocol. The bytes must not
/// change while the value lives: keep the file open, and throw when it was changed in place.
public protocol MigrationScriptStorage: Sendable {
    /// How many bytes there are.
    var byteCount: Int { get }

    /// Copies bytes, as many as the range of the buffer has room for, or throws.
    ///
    /// - Parameters:
    ///   - offset: The offset of the first of them in the script.
    ///   - buffer: Where they go.
    ///   - range: Which part of the buffer they fill. It does not reach beyond the end of the script.
    func read(at offset: Int, into buffer: inout [UInt8], range: Range<Int>) throws
}

extension MigrationScriptStorage {
    func bytes(in range: Range<Int>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        try read(at: range.lowerBound, into: &bytes, range: 0..<range.count)
        return bytes
    }
}
