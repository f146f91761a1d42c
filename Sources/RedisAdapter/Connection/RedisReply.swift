// SPDX-License-Identifier: Apache-2.0

/// What a server answers.
enum RedisReply: Hashable, Sendable {
    case null
    case integer(Int64)
    case text([UInt8])
    case array([RedisReply])
    case error(String)

    /// The text; `nil` for another kind of answer.
    var string: String? {
        if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    var array: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    var error: String? {
        if case .error(let message) = self { message } else { nil }
    }

    /// The first word of an error: `NOPERM`.
    var errorCode: String? { error.map { String($0.prefix { !$0.isWhitespace }) } }
}
