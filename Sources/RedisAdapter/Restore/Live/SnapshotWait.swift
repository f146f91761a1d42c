// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Makes a server without an append-only file save what it has loaded, where loading has not put it on its disk already.
///
/// With `repl-diskless-load` a server loads from the connection: the old RDB file is still there, and would be read at the next start.
struct SnapshotWait: Sendable {
    /// What is to be concluded from what the server says of its save, time after time. Pure.
    struct Watch: Sendable {
        enum Conclusion: Hashable, Sendable { case wait, saved, failed, stuck }

        private var standstill = Standstill()

        mutating func conclude(_ info: ServerInfo) -> Conclusion {
            if info["rdb_bgsave_in_progress"] == "0" {
                return info["rdb_last_bgsave_status"] == "ok" ? .saved : .failed
            }
            let signs = [info["rdb_bgsave_in_progress"], info["current_save_keys_processed"]]
            return standstill.isReached(signs) ? .stuck : .wait
        }
    }

    private static let interval = Duration.milliseconds(100)
    /// As often it is looked whether another process of the server's has ended, ten times a second: an hour.
    private static let looks = 36000

    private let disk: DiskWait

    init(_ disk: DiskWait) { self.disk = disk }

    /// - Returns: What people have to know; `nil` when it is saved, or the server saves nothing at all.
    func perform(_ observe: @Sendable (BackupTargetEvent) -> Void) async throws -> String? {
        guard let load = try await setting("repl-diskless-load"), let points = try await setting("save") else {
            return """
                whether what it has now is on its disk could not be found out (CONFIG GET is not allowed): with repl-diskless-load, run BGSAVE \
                on it, else it may have the old data when it starts again
                """
        }
        // Otherwise what came is its RDB file by now.
        guard load != "disabled", !points.isEmpty else { return nil }
        observe(.waiting("the server saves what it has loaded"))
        for _ in 0..<Self.looks {
            let reply = try await disk.ask(["BGSAVE"])
            guard let error = reply.error else { return try await end() }
            if reply.errorCode == "NOPERM" {
                return """
                    what it has now is not on its disk (repl-diskless-load \(load)), and this user may not run BGSAVE: run it, else it has the old \
                    data when it starts again before it saves by itself
                    """
            }
            // It is saving already, and that began with the old data.
            guard error.contains("in progress") || error.contains("child process") else {
                throw disk.failure("it refuses BGSAVE: \(error.prefix(200))")
            }
            try await Task.sleep(for: Self.interval)
        }
        throw disk.failure("it has been busy with another save or rewrite for an hour: run BGSAVE when that has ended")
    }

    private func end() async throws -> String? {
        var watch = Watch()
        while true {
            switch watch.conclude(try await disk.persistence()) {
            case .saved: return nil
            case .failed:
                throw disk.failure("it could not save it (BGSAVE). Its log tells why: make room, and run BGSAVE")
            case .stuck: throw disk.failure("it has not saved it (BGSAVE), and nothing has moved for half an hour")
            case .wait: break
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// - Returns: The setting's value, empty when the server is older than it; `nil` when that is not to be found out.
    private func setting(_ name: String) async throws -> String? {
        guard let words = try await disk.ask(["CONFIG", "GET", name]).array else { return nil }
        if words.isEmpty { return name == "save" ? "" : "disabled" }
        return words.dropFirst().first?.string
    }
}
