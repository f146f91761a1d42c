// SPDX-License-Identifier: Apache-2.0

extension BinaryInteger {
    /// The number and what it counts, for people: `1 key`, `2 keys`.
    package func named(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
