// SPDX-License-Identifier: Apache-2.0

/// One thing that the server answered.
enum ServerResult: Sendable {
    /// A row; more may follow, and then `completed`.
    case row([String?])
    /// A statement is done.
    case completed(tag: String)
    /// A statement failed; what was sent after it in the same message was skipped.
    case failed(ServerMessage)
    /// The server waits for `COPY` data.
    case copyIn
    /// The server sends `COPY` data.
    case copyOut
}
