// SPDX-License-Identifier: Apache-2.0

extension PostgresConnection {
    /// The rows of a question whose answer can be done without.
    ///
    /// - Returns: `nil` when there is no answer within the time, or the server refuses it. The connection is closed then, and
    ///   also when the task is cancelled: at once, without asking the server to stop, which could take longer than the answer.
    func ask(_ sql: String, within limit: Duration) async -> [[String?]]? {
        let ticket = wakeup.begin()
        return await withTaskCancellationHandler {
            let rows = askBlocking(sql, deadline: .now + limit, ticket: ticket)
            if rows == nil { close() }
            return rows
        } onCancel: { [wakeup] in
            wakeup.cancel(ticket)
        }
    }

    private func askBlocking(
        _ sql: String, deadline: ContinuousClock.Instant, ticket: Wakeup.Ticket
    ) -> [[String?]]? {
        guard let libpq, libpq.send(Array(sql.utf8)) else { return nil }
        var rows: [[String?]] = []
        while true {
            guard let isSent = libpq.flush() else { return nil }
            while !libpq.isBusy {
                switch libpq.nextResult() {
                case .row(let row): rows.append(row)
                case .completed: break
                case nil: return libpq.hasFailed ? nil : rows
                default: return nil
                }
            }
            let readiness = wakeup.wait(
                for: libpq.socket, writing: !isSent, ticket: ticket, timeout: max(.zero, deadline - .now))
            guard readiness == .socket, libpq.consumeInput() else { return nil }
        }
    }
}
