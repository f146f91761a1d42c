// SPDX-License-Identifier: Apache-2.0

/// How a request to the supervisor ended.
enum SupervisorReply: Sendable, Hashable {
    /// The server accepts connections.
    case ready

    /// All of the server's processes are gone, as asked.
    case stopped

    /// It did not come up: where it failed (`folder`, `initdb`, `server`), and what was said.
    case failed(stage: String, text: String)
}
