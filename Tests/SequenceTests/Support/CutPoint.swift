// SPDX-License-Identifier: Apache-2.0

/// A moment at which a connection is cut: beside one message, counted in both directions together.
struct CutPoint: Hashable, Sendable, CustomStringConvertible {
    enum Side: Sendable, CaseIterable {
        /// The message is kept back.
        case before
        /// The message is passed on.
        case after
    }

    /// The number of the message, from 0.
    let message: Int
    let side: Side

    /// Both sides of so many messages, in order.
    static func all(messages: Int) -> [CutPoint] {
        (0..<messages).flatMap { message in Side.allCases.map { CutPoint(message: message, side: $0) } }
    }

    var description: String { "\(side) message \(message)" }
}
