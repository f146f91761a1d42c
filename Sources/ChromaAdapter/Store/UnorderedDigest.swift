// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A digest of values that does not depend on their order: the sum of their SHA-256, modulo 2^256.
struct UnorderedDigest: Hashable, Sendable {
    /// The least significant part first.
    private var parts: [UInt64] = [0, 0, 0, 0]
    private(set) var count = 0

    mutating func add(_ bytes: [UInt8]) {
        let digits = Checksum(of: bytes).hexadecimal
        var carry: UInt64 = 0
        var end = digits.endIndex
        for index in 0..<4 {
            let start = digits.index(end, offsetBy: -16)
            let (sum, first) = parts[index].addingReportingOverflow(UInt64(digits[start..<end], radix: 16) ?? 0)
            let (total, second) = sum.addingReportingOverflow(carry)
            parts[index] = total
            carry = first || second ? 1 : 0
            end = start
        }
        count += 1
    }

    var hexadecimal: String {
        parts.reversed().map { part in
            let digits = String(part, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
