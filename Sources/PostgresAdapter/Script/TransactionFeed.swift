// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import PostgresSyntax

/// The statements of one transaction, whose first ones may set its modes.
final class TransactionFeed: StatementFeed {
    private let statements: any StatementFeed
    /// The statement that was looked at and is no mode.
    private var upcoming: (ScriptStatement, text: ArraySlice<UInt8>)?

    init(_ statements: any StatementFeed) {
        self.statements = statements
    }

    func next() throws -> (ScriptStatement, text: ArraySlice<UInt8>)? {
        guard let next = upcoming else { return try statements.next() }
        upcoming = nil
        return next
    }

    func nextCopyData() throws -> ArraySlice<UInt8>? { try statements.nextCopyData() }

    /// The next statement if it is a `SET TRANSACTION`, which has to come before all that reads or writes.
    func nextTransactionMode() throws -> (ScriptStatement, text: ArraySlice<UInt8>)? {
        guard let next = try next() else { return nil }
        if Self.setsTransactionModes(next.0, next.text) { return next }
        upcoming = next
        return nil
    }

    private static func setsTransactionModes(_ statement: ScriptStatement, _ text: ArraySlice<UInt8>) -> Bool {
        guard statement.kind == .other else { return false }
        var tokens = StatementTokens(text, limit: 3)
        guard tokens.skip("set") else { return false }
        if !tokens.skip("local") { _ = tokens.skip("session") }
        return tokens.next?.keyword?.hasPrefix("transaction") ?? false
    }
}
