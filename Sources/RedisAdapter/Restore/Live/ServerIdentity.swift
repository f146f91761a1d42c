// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What tells one server from others, also after it has started again.
struct ServerIdentity: Hashable, Sendable {
    /// Where it was reached.
    var address: String
    /// Its run, and its history of replication: the first ends with the process, the other with a change of master.
    var histories: Set<String>
    /// The history of replication before that; `nil` when there is none, or it is not known.
    ///
    /// It is never noted: a server that was begun with the dump of another one has that one's here.
    var earlierHistory: String?
    /// Its `dir`; `nil` when it may not be asked.
    var folder: String?
    /// The machine that it and we are on; `nil` when it is on another one.
    var machine: String?

    /// Asks a server.
    static func of(_ configuration: RedisConfiguration) async throws -> ServerIdentity {
        let connection = try await RedisConnection.open(configuration)
        do {
            let info = ServerInfo(try await connection.ask(["INFO"]).string ?? "")
            let folder = try await connection.ask(["CONFIG", "GET", "dir"]).array?.dropFirst().first?.string
            let isLocal = await connection.isLocal
            await connection.close()
            return ServerIdentity("\(configuration.endpoint)", info, folder: folder, machine: isLocal ? hostName : nil)
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Whether the server that is looked at now is the one that was noted.
    func isSame(as now: ServerIdentity) -> Bool {
        if !histories.isDisjoint(with: now.histories) { return true }
        if let earlier = now.earlierHistory, histories.contains(earlier) { return true }
        // An address says something on one machine only: elsewhere, another server may have it by now.
        guard let machine, machine == now.machine, address == now.address else { return false }
        return folder == nil || now.folder == nil || folder == now.folder
    }

    static var hostName: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension ServerIdentity {
    /// What a server tells of itself.
    init(_ address: String, _ info: ServerInfo, folder: String? = nil, machine: String? = nil) {
        func history(_ name: String) -> String? {
            // No history at all, and the one that we give to every server.
            info[name].flatMap { $0.dropLast().allSatisfy { $0 == "0" } ? nil : $0 }
        }
        self.init(
            address: address, histories: Set(["run_id", "master_replid"].compactMap(history)),
            earlierHistory: history("master_replid2"), folder: folder, machine: machine)
    }
}
