// SPDX-License-Identifier: Apache-2.0

/// A value and where it is written.
struct Stated<Value: Hashable & Sendable>: Hashable, Sendable {
    var value: Value
    var position: TextPosition
}
