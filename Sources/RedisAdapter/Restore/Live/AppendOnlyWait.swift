// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Waits until a server has written its append-only file anew, which it begins when it has loaded the data of a master.
struct AppendOnlyWait: Sendable {
    /// What is to be concluded from what the server says, time after time. Pure.
    struct Watch: Sendable {
        enum Conclusion: Hashable, Sendable { case wait, written, failed, stuck }

        /// After so many looks at a server that has failed and does nothing about it, it is not going to.
        private static let longestRest = 30
        /// From so many failures in a row on, a server waits for a minute and more before it tries again.
        private static let manyFailures: Int64 = 3

        private var rest = 0
        private var standstill = Standstill()

        mutating func conclude(_ info: ServerInfo) -> Conclusion {
            guard info["aof_enabled"] == "1" else { return .written }
            let hasFailed = info["aof_last_bgrewrite_status"] == "err"
            let isWriting = info["aof_rewrite_in_progress"] != "0" || info["rdb_bgsave_in_progress"] == "1"
            if !isWriting, info["aof_rewrite_scheduled"] == "0" { return hasFailed ? .failed : .written }
            rest = !isWriting && hasFailed ? rest + 1 : 0
            if rest > Self.longestRest { return .failed }
            if rest > 0, info.number("aof_rewrites_consecutive_failures") ?? 0 >= Self.manyFailures { return .failed }
            let signs = [
                info["aof_rewrite_in_progress"], info["aof_rewrite_scheduled"], info["rdb_bgsave_in_progress"],
                info["current_save_keys_processed"],
            ]
            return standstill.isReached(signs) ? .stuck : .wait
        }
    }

    private static let interval = Duration.milliseconds(100)

    private let disk: DiskWait

    init(_ disk: DiskWait) { self.disk = disk }

    /// - Returns: What people have to know; `nil` when it is written.
    func perform(_ observe: @Sendable (BackupTargetEvent) -> Void) async throws -> String? {
        var watch = Watch()
        var hasTold = false
        while true {
            switch watch.conclude(try await disk.persistence()) {
            case .written: return nil
            case .failed:
                throw disk.failure(
                    "it could not write its append-only file anew. Its log tells why: make room, and run BGREWRITEAOF")
            case .stuck:
                throw disk.failure(
                    "it has not written its append-only file anew, and nothing has moved for half an hour")
            case .wait: break
            }
            if !hasTold { observe(.waiting("the server writes its append-only file anew")) }
            hasTold = true
            try await Task.sleep(for: Self.interval)
        }
    }
}
