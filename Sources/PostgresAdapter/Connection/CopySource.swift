// SPDX-License-Identifier: Apache-2.0

/// What the server gets when a statement is a `COPY … FROM stdin`: piece by piece, and `nil` behind the last.
///
/// `@unchecked`, because what it reads from is no `Sendable`: the feed of statements that a ``PostgresSession`` goes through.
/// The session hands it to its ``PostgresConnection`` and waits until that is done with it, and the two actors have one serial
/// executor (`PostgresSession.unownedExecutor` is its connection's), so nothing ever uses the feed from two threads at once.
struct CopySource: @unchecked Sendable {
    let next: () throws -> ArraySlice<UInt8>?
}
