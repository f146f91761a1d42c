// SPDX-License-Identifier: Apache-2.0

/// The number of a migration within its component: a non-negative whole number of any number of digits.
///
/// Versions are compared as numbers, so `0001` and `1` are the same version and `00010` comes after `0009`.
/// Timestamps of 14, 18 and 20 digits are versions like any other; nothing is cut to 64 bits.
public struct MigrationVersion: Hashable, Sendable {
    /// The value where it fits into 64 bits, otherwise `UInt64.max`.
    private let small: UInt64
    /// The digits without leading zeros where the value does not fit into 64 bits, otherwise empty.
    private let large: String

    /// The value, or `UInt64.max` for all values that are larger: enough to put most versions in order.
    var leading: UInt64 { small }

    /// Makes a version of a number.
    public init(_ number: UInt64) {
        small = number
        large = ""
    }

    /// Reads a version from decimal digits; `nil` when the text is empty or holds anything else.
    public init?(_ text: some StringProtocol) {
        var number: UInt64 = 0
        var fits = true
        var isEmpty = true
        for byte in text.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            isEmpty = false
            let (shifted, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = shifted.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            fits = fits && !overflows && !carries
            number = sum
        }
        guard !isEmpty else { return nil }
        small = fits ? number : .max
        large = fits ? "" : String(text.drop { $0 == "0" })
    }
}

extension MigrationVersion: Comparable {
    public static func < (left: MigrationVersion, right: MigrationVersion) -> Bool {
        if left.large.isEmpty && right.large.isEmpty { return left.small < right.small }
        let (leftCount, rightCount) = (left.large.utf8.count, right.large.utf8.count)
        return leftCount == rightCount ? left.large < right.large : leftCount < rightCount
    }
}

extension MigrationVersion: CustomStringConvertible {
    /// The number in decimal, without leading zeros.
    public var description: String {
        large.isEmpty ? String(small) : large
    }
}

extension MigrationVersion: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) {
        self.init(value)
    }
}

extension MigrationVersion {
    /// The version that follows this one.
    public var next: MigrationVersion {
        if large.isEmpty && small < .max { return MigrationVersion(small + 1) }
        var digits = Array(description.utf8)
        var index = digits.count - 1
        while index >= 0, digits[index] == UInt8(ascii: "9") {
            digits[index] = UInt8(ascii: "0")
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(UInt8(ascii: "1"), at: 0)
        }
        return MigrationVersion(String(decoding: digits, as: UTF8.self)) ?? self
    }
}
