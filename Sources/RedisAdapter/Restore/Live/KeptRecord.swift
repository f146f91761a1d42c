// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What is noted beside a kept copy before its server is touched: whose data it has, and how far the replacement of those has come.
///
/// A line for each fact: its name, a blank, its value. It holds no secret.
struct KeptRecord: Hashable, Sendable {
    enum State: String {
        /// A replacement was begun. Where nobody works on it any more, what the server has is not known.
        case replacing
        case replaced
    }

    var state: State
    var server: ServerIdentity
    /// What the server was told with `REPLICAOF`: host and port; `nil` before that.
    var master: String?
    /// The process that replaces, and its machine.
    var process: RunningProcess
    var machine: String?

    init(_ state: State, _ server: ServerIdentity) {
        self.state = state
        self.server = server
        process = .of(getpid())
        machine = ServerIdentity.hostName
    }

    init?(_ text: String) {
        var facts: [Substring: [String]] = [:]
        for line in text.split(separator: "\n") {
            guard let blank = line.firstIndex(of: " ") else { continue }
            facts[line[..<blank], default: []].append(String(line[line.index(after: blank)...]))
        }
        guard let state = facts["state"]?.first.flatMap({ State(rawValue: $0) }), let address = facts["server"]?.first
        else { return nil }
        self.state = state
        server = ServerIdentity(
            address: address, histories: Set(facts["history"] ?? []), folder: facts["dir"]?.first,
            machine: facts["server-machine"]?.first)
        master = facts["replicaof"]?.first
        process = RunningProcess(
            id: facts["process"]?.first.flatMap { Int32($0) } ?? 0, boot: facts["process-boot"]?.first,
            started: facts["process-started"]?.first)
        machine = facts["machine"]?.first
    }

    var text: String {
        var lines = ["state \(state.rawValue)", "server \(server.address)", "process \(process.id)"]
        lines += server.histories.sorted().map { "history \($0)" }
        let others = [
            ("dir", server.folder), ("server-machine", server.machine), ("replicaof", master), ("machine", machine),
            ("process-boot", process.boot), ("process-started", process.started),
        ]
        lines += others.compactMap { name, value in value.map { "\(name) \($0)" } }
        return lines.map { "\($0)\n" }.joined()
    }

    /// Whether the process that replaces is another one and still there.
    var isAtWork: Bool {
        state == .replacing && process.id != getpid() && machine == ServerIdentity.hostName && process.isThere
    }

    // MARK: - The file

    static func read(_ path: String) -> KeptRecord? {
        FolderFiles.beginning(of: path).flatMap { KeptRecord(String(decoding: $0, as: UTF8.self)) }
    }

    /// Writes it, whole and on disk before anything else happens.
    func write(_ path: String) throws(RedisBackupError) {
        try FolderStep.write(text, to: path, folder: FolderFiles.parent(of: path)).perform()
    }

    /// All that are in a folder.
    static func all(in folder: String) -> [KeptRecord] {
        let names = (try? FolderFiles.names(in: folder)) ?? []
        return names.filter { $0.hasPrefix(".redis_") && $0.hasSuffix(".state") }
            .compactMap { read("\(folder)/\($0)") }
    }
}
