// SPDX-License-Identifier: Apache-2.0

/// Gives each value a number, from 1.
struct Numbering<Value: Hashable> {
    private var numbers: [Value: UInt32] = [:]
    private(set) var values: [Value] = []

    /// The number of a value, and whether it is a new one.
    mutating func number(of value: Value) -> (number: UInt32, isNew: Bool) {
        if let number = numbers[value] { return (number, false) }
        values.append(value)
        let number = UInt32(values.count)
        numbers[value] = number
        return (number, true)
    }

    subscript(number: UInt32) -> Value { values[Int(number) - 1] }
}
