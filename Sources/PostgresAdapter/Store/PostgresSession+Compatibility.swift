// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension PostgresSession {
    /// Adds the column that keeps what migrations declare of older builds, the first time that one declares something.
    ///
    /// - Returns: Whether the history has the column.
    @discardableResult
    func makeRoomForCompatibility(of migrations: [Migration]) async throws -> Bool {
        guard !keepsCompatibility else { return true }
        keepsCompatibility = try await connection.query(table.selectHasCompatibility).first?.first == "t"
        guard !keepsCompatibility, migrations.contains(where: { $0.directives.compatibleWith != nil }) else {
            return keepsCompatibility
        }
        let deadline = ContinuousClock.now + Self.patience
        var pause = Duration.milliseconds(5)
        while let failure = try await tryToAddCompatibility() {
            guard failure.sqlState == SQLState.lockNotAvailable, ContinuousClock.now < deadline else {
                throw cannotAddCompatibility(failure)
            }
            try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, .milliseconds(500))
        }
        keepsCompatibility = true
        return true
    }

    /// How long to go on asking for the table while others use it.
    private static let patience = Duration.seconds(60)

    private func tryToAddCompatibility() async throws -> ServerMessage? {
        let failure = try await connection.exchange(Array(table.addCompatibilityNow.utf8)) { _ in }
        if failure != nil { try await rollBack() }
        return failure
    }

    private func cannotAddCompatibility(_ failure: ServerMessage) -> PostgresError {
        let isDenied = failure.sqlState == SQLState.insufficientPrivilege
        let isInUse = failure.sqlState == SQLState.lockNotAvailable
        return PostgresError(
            code: isDenied ? .insufficientPrivilege : .historyTable,
            message: """
                \(table) on \(connection.endpoint) has no column compatible_with, which these migrations need: \
                \(failure.headline)\(isInUse ? " (others used it for \(Self.patience))" : "")
                hint: let its owner add it once\(isInUse ? ", when nobody has it locked" : ""): \(table.addCompatibility)
                """,
            serverMessage: failure)
    }
}
