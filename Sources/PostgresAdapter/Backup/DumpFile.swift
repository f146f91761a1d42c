// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The dump of a set, as `pg_restore` sees it.
struct DumpFile: Sendable {
    /// Its absolute path.
    let location: String
    /// Whether the set lists it.
    let isThere: Bool
    private let details: PostgresDetails

    init(_ part: StoredPart, _ details: PostgresDetails) {
        self.details = details
        location = "\(part.folder)/\(details.dump)"
        isThere = part.artifacts.contains { $0.path == details.dump || $0.path.hasPrefix("\(details.dump)/") }
    }

    /// Reads all of it, data included.
    ///
    /// - Returns: What `pg_restore` has against it, with the dump's path.
    func unreadable(
        with program: PostgresProgram, launcher: any ProcessLauncher,
        observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> [String] {
        let messages = ProgramMessages()
        let progress = DumpProgress(phase: "reading", sizes: [:], observe: observe)
        let command = ProcessCommand(
            program: program.path,
            arguments: ["--exit-on-error", "--verbose", "--file=/dev/null", location], environment: ["LC_ALL": "C"])
        let end = try await launcher.run(command, output: nil) { line in
            messages.add(line)
            progress.read(line)
        }
        try Task.checkCancellation()
        return end.isSuccess ? [] : ["\(details.dump) cannot be read: \(messages.reason) (pg_restore: \(end))"]
    }

    /// The tables that were in the database and are not in the dump: an empty dump can be read without an error.
    func missingTables(with program: PostgresProgram, launcher: any ProcessLauncher) async throws -> [String] {
        let contents = TextSink(limit: 256 << 20)
        let messages = ProgramMessages()
        let command = ProcessCommand(
            program: program.path, arguments: ["--list", location], environment: ["LC_ALL": "C"])
        let end = try await launcher.run(command, output: contents) { messages.add($0) }
        try Task.checkCancellation()
        guard end.isSuccess else { return ["\(details.dump) has no readable contents: \(messages.reason)"] }
        let lines = contents.text.split(separator: "\n").filter { $0.contains(" TABLE DATA ") }
        // 3342; 0 16384 TABLE DATA public users owner
        let entries = Set(lines.compactMap { $0.split(separator: " TABLE DATA ", maxSplits: 1).dropFirst().first })
        return details.tables.compactMap { table -> String? in
            let label = table.map(Self.oneLine).joined(separator: " ") + " "
            // Behind the name stands the owner's, and both can have blanks.
            guard !entries.contains(where: { $0.hasPrefix(label) }) else { return nil }
            return "\(details.dump) has no rows of table \(table.joined(separator: ".")), which the database had"
        }
    }

    /// `pg_restore` writes the end of a line in a name as a blank (`sanitize_line`).
    private static func oneLine(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
    }
}
