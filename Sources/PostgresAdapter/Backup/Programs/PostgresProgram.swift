// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// One of the programs that PostgreSQL brings along, found on this machine.
struct PostgresProgram: Hashable, Sendable {
    /// Its absolute path.
    let path: String
    /// Its version: `15.18`.
    let version: String
    /// The first number of it.
    let major: Int

    init?(path: String, answer: String) {
        // pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
        guard let tail = answer.split(separator: "(PostgreSQL) ", maxSplits: 1).dropFirst().first else { return nil }
        let version = tail.prefix { !$0.isWhitespace }
        guard let major = Int(version.prefix { $0.isNumber }) else { return nil }
        self.path = path
        self.version = String(version)
        self.major = major
    }

    /// The folder that it is in.
    var folder: String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// Another program of the same installation.
    func sibling(_ name: String) -> String { "\(folder)/\(name)" }

    /// How many major versions to look for beyond the one that is needed.
    private static let newer = 10

    /// Where packages put the programs of a major version.
    static func folders(major: Int) -> [String] {
        [
            "/usr/lib/postgresql/\(major)/bin", "/usr/pgsql-\(major)/bin", "/opt/homebrew/opt/postgresql@\(major)/bin",
            "/usr/local/opt/postgresql@\(major)/bin",
        ]
    }

    /// Finds a program that is at least of a major version: of that very one first, then the next newer ones, then in `PATH`.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - major: The oldest major version that will do.
    ///   - folder: The only folder to look in; `nil`: search.
    ///   - purpose: What it is needed for: `the server is PostgreSQL 16.2`.
    /// - Throws: ``PostgresBackupError`` of category `configuration`, which says what is needed and what is there.
    static func find(
        _ name: String, atLeast major: Int, folder: String?, purpose: String, launcher: some ProcessLauncher
    ) async throws -> PostgresProgram {
        let folders = folder.map { [$0] } ?? (major...major + newer).flatMap(folders)
        var candidates: [String] = []
        for folder in folders {
            // The launcher looks in PATH as well.
            if let path = launcher.find(name, in: [folder]), path == "\(folder)/\(name)" { candidates.append(path) }
        }
        if folder == nil, let path = launcher.find(name, in: []), !candidates.contains(path) {
            candidates.append(path)
        }
        var seen: [String] = []
        for path in candidates {
            guard let program = try await ask(path, launcher: launcher) else { continue }
            if program.major >= major { return program }
            seen.append("\(path) is \(program.version)")
        }
        let found = seen.isEmpty ? "none was found" : seen.joined(separator: ", ")
        let places =
            folder ?? "PATH, \(Self.folders(major: major).joined(separator: ", ")), and those of newer versions"
        throw PostgresBackupError(
            .configuration,
            """
            \(purpose), so \(name) \(major) or newer is needed, but \(found) (looked in \(places)). Install it (Debian, Ubuntu: \
            postgresql-client-\(major)), or name the folder of PostgreSQL's programs.
            """)
    }

    private static func ask(_ path: String, launcher: some ProcessLauncher) async throws -> PostgresProgram? {
        let answer = TextSink(limit: 4096)
        let end = try await launcher.run(
            ProcessCommand(program: path, arguments: ["--version"], environment: ["LC_ALL": "C"]), output: answer
        ) { _ in }
        guard end.isSuccess else { return nil }
        return PostgresProgram(path: path, answer: answer.text)
    }
}
