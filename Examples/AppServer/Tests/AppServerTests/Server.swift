// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationService
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A process of the example.
final class Server: Sendable {
    private let process: Mutex<Process>
    private let output = Mutex("")
    /// Its number in the system.
    let pid: Int32

    /// Starts one, which chooses its own port.
    init(database: String, migrations: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("AppServer")
        var environment = ProcessInfo.processInfo.environment
        environment["DATABASE_URL"] = database
        environment["RUN_DB_MIGRATIONS_ON_START"] = "true"
        environment["MIGRATIONS_PATH"] = migrations
        environment["HOST"] = "127.0.0.1"
        environment["PORT"] = "0"
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let data = handle.availableData
            output.withLock { $0 += String(decoding: data, as: UTF8.self) }
            if data.isEmpty { handle.readabilityHandler = nil }
        }
    }

    /// Everything it wrote up to now.
    var text: String { output.withLock(\.self) }

    /// Whether it has ended.
    var hasEnded: Bool { process.withLock { !$0.isRunning } }

    /// With what it ended: an exit status, or the number of the signal that killed it.
    var status: Int32 { process.withLock(\.terminationStatus) }

    func send(_ signal: Int32) {
        kill(pid, signal)
    }

    /// Waits until it listens.
    func port() async throws -> Int {
        try await eventually("\(pid) listens") {
            if hasEnded { throw Ended(text: text) }
            return text.firstMatch(of: #/listening on port (\d+)/#).flatMap { Int($0.1) }
        }
    }

    /// The status and the body of an answer.
    func get(_ path: String) async throws -> (status: Int, body: Data) {
        guard let url = URL(string: "http://127.0.0.1:\(try await port())/\(path)") else { throw URLError(.badURL) }
        let (body, response) = try await URLSession.shared.data(from: url)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, body)
    }

    /// What `/health/ready` says, and with which status.
    func readiness() async throws -> (status: Int, report: MigrationReadiness.Report) {
        let (status, body) = try await get("health/ready")
        return (status, try JSONDecoder().decode(MigrationReadiness.Report.self, from: body))
    }

    /// Waits until `/health/ready` says so.
    func reaches(_ status: String) async throws {
        try await eventually("\(pid) is \(status)") {
            if hasEnded { throw Ended(text: text) }
            return try await readiness().report.status == status ? () : nil
        }
    }

    /// Waits until it ended.
    func ends() async throws -> Int32 {
        try await eventually("\(pid) ends") { hasEnded ? status : nil }
    }
}

/// A server ended that should not have.
struct Ended: Error {
    var text: String
}

/// Something did not come within two minutes, which is far more than anything here takes.
struct NeverCame: Error {
    var what: String
}

/// Asks until there is an answer.
func eventually<Answer>(_ what: @autoclosure () -> String, _ ask: () async throws -> Answer?) async throws -> Answer {
    for _ in 0..<6000 {
        if let answer = try await ask() { return answer }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw NeverCame(what: what())
}
