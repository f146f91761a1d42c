// SPDX-License-Identifier: Apache-2.0

/// An account of the operating system that a server can run as.
struct SystemAccount: Sendable, Hashable {
    let name: String
    let userID: UInt32
    let groupID: UInt32

    /// The account to change to: `nil` if we are not root, and the server simply runs as we do.
    static func forServer(named name: String?) async throws -> SystemAccount? {
        guard Platform.isRoot else { return nil }
        let candidates = name.map { [$0] } ?? ["postgres", "nobody"]
        for candidate in candidates {
            guard let account = try await look(up: candidate) else { continue }
            guard account.userID != 0 else {
                throw ThrowawayPostgresError(
                    .invalidOption,
                    "PostgreSQL refuses to run as root, and the account \(candidate) is root. Name another in the option account."
                )
            }
            return account
        }
        throw ThrowawayPostgresError(
            .accountNotFound,
            """
            PostgreSQL refuses to run as root, and there is no account named \(candidates.joined(separator: " or ")). \
            Create one (useradd --system postgres), or name another in the option account.
            """)
    }

    /// Asks the program `id`, which knows every source of accounts the system has, and may wait for them without holding up a thread of ours.
    private static func look(up name: String) async throws -> SystemAccount? {
        let result = try await ProgramRun.output(
            of: "/bin/sh", ["-c", #"id -u "$1" && id -g "$1""#, "sh", name], environment: nil)
        let numbers = result.text.split(whereSeparator: \.isNewline).compactMap { UInt32($0) }
        guard result.succeeded, numbers.count == 2 else { return nil }
        return SystemAccount(name: name, userID: numbers[0], groupID: numbers[1])
    }
}
