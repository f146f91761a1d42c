// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Columns of the history that change when a migration needs it, and not before: other programs may use the table.
extension PostgresSession {
    /// Widens the version column the first time that a version needs it, and adds the column that a declaration needs.
    func makeRoom(for migrations: [Migration]) async throws {
        guard let column = versionColumn else {
            throw PostgresError(code: .historyTable, message: "the lock has to be taken before anything is written")
        }
        if migrations.contains(where: { $0.directives.compatibleWith != nil }) {
            try await makeRoomForCompatibility(of: migrations)
        }
        guard let needed = migrations.map({ VersionColumn(holding: $0.id.version) }).max(), needed > column else {
            return
        }
        try await changeHistory(
            table.widen(to: needed.rawValue),
            problem: """
                the version column of \(table) on \(connection.endpoint) is \(column.rawValue) and has to become \
                \(needed.rawValue) for these migrations
                """,
            remedy: "let its owner do it once")
        versionColumn = needed
    }

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
        try await changeHistory(
            table.addCompatibility,
            problem: "\(table) on \(connection.endpoint) has no column compatible_with, which these migrations need",
            remedy: "let its owner add it once")
        keepsCompatibility = true
        return true
    }

    /// How long to go on asking for the table while others use it.
    private static let patience = Duration.seconds(60)

    /// Changes the history's table in a moment when nobody uses it.
    private func changeHistory(_ statement: String, problem: String, remedy: String) async throws {
        let deadline = ContinuousClock.now + Self.patience
        var pause = Duration.milliseconds(5)
        while let failure = try await connection.exchange(Array(table.atOnce(statement).utf8), receive: { _ in }) {
            try await rollBack()
            let isInUse = failure.sqlState == SQLState.lockNotAvailable
            guard isInUse, ContinuousClock.now < deadline else {
                let isDenied = failure.sqlState == SQLState.insufficientPrivilege
                throw PostgresError(
                    code: isDenied ? .insufficientPrivilege : .historyTable,
                    message: """
                        \(problem): \(failure.headline)\(isInUse ? " (others used it for \(Self.patience))" : "")
                        hint: \(remedy)\(isInUse ? ", when nobody has it locked" : ""): \(statement)
                        """,
                    serverMessage: failure)
            }
            try await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(pause * 2, .milliseconds(500))
        }
    }
}
