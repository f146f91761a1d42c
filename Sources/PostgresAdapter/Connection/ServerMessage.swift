// SPDX-License-Identifier: Apache-2.0

/// An error or a notice, as the server sent it.
public struct ServerMessage: Hashable, Sendable {
    /// `ERROR`, `FATAL`, `WARNING`, `NOTICE` …, never translated.
    public var severity: String
    /// The SQLSTATE; `nil` when the message comes from libpq itself.
    public var sqlState: String?
    /// The message.
    public var message: String
    /// More about it.
    public var detail: String?
    /// What the server advises.
    public var hint: String?
    /// Where inside functions it happened.
    public var context: String?
    /// The place in what was sent, in characters from 1.
    public var position: Int?

    /// Makes a message.
    public init(
        severity: String, sqlState: String? = nil, message: String, detail: String? = nil, hint: String? = nil,
        context: String? = nil, position: Int? = nil
    ) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.context = context
        self.position = position
    }

    /// Message and SQLSTATE in one line: `relation "userz" does not exist (42P01)`.
    public var headline: String {
        let text = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        return sqlState.map { "\(text) (\($0))" } ?? text
    }

    /// Detail, hint and context, a labelled line each.
    public var remarks: [String] {
        [detail.map { "detail: \($0)" }, hint.map { "hint: \($0)" }, context.map { "context: \($0)" }].compactMap { $0 }
    }
}
