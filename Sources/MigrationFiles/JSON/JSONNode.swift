// SPDX-License-Identifier: Apache-2.0

/// A JSON value that knows where in its file it is.
struct JSONNode: Sendable {
    enum Value: Sendable {
        case object([Member])
        case array([JSONNode])
        case string(String)
        case number(String)
        case bool(Bool)
        case null
    }

    /// One key of an object with its value. Keys may be repeated; who reads the object decides.
    struct Member: Sendable {
        var key: String
        var position: TextPosition
        var node: JSONNode
    }

    var value: Value
    var position: TextPosition

    /// What kind of value this is, for a message.
    var kind: String {
        switch value {
        case .object: "an object"
        case .array: "a list"
        case .string: "a text"
        case .number(let text): "the number \(Displayed(text))"
        case .bool(let value): String(value)
        case .null: "null"
        }
    }
}
