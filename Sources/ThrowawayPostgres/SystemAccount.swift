// SPDX-License-Identifier: Apache-2.0

/// An account of the operating system that a server can run as.
struct SystemAccount: Sendable, Hashable {
    let name: String
    let userID: UInt32
    let groupID: UInt32
    /// Where the program `setpriv` is; `nil` where there is none that can do this.
    let setpriv: String?

    /// The command that runs another one as this account; `nil` without ``setpriv``.
    var changingCommand: [String]? {
        setpriv.map { [$0, "--reuid=\(userID)", "--regid=\(groupID)", "--groups=\(groupID)"] }
    }

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
            of: "/bin/sh",
            [
                "-c",
                #"""
                user=$(id -u "$1") && group=$(id -g "$1") || exit
                echo "$user"; echo "$group"
                setpriv --reuid="$user" --regid="$group" --groups="$group" true 2>&- && command -v setpriv
                exit 0
                """#, "sh", name,
            ], environment: nil)
        let lines = result.text.split(whereSeparator: \.isNewline).map(String.init)
        guard result.succeeded, lines.count >= 2, let user = UInt32(lines[0]), let group = UInt32(lines[1]) else {
            return nil
        }
        return SystemAccount(name: name, userID: user, groupID: group, setpriv: lines.dropFirst(2).first)
    }
}
