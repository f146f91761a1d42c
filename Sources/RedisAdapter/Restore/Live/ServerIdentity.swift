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
    /// Its run, and its history of replication with the one before: the first ends with the process, the others with a change of master.
    var histories: Set<String>
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
            return ServerIdentity(
                address: "\(configuration.endpoint)", histories: histories(info), folder: folder,
                machine: isLocal ? hostName : nil)
        } catch {
            await connection.close()
            throw error
        }
    }

    static func histories(_ info: ServerInfo) -> Set<String> {
        let found = ["run_id", "master_replid", "master_replid2"].compactMap { info[$0] }
        // No history at all, and the one that we give to every server.
        return Set(found.filter { !$0.dropLast().allSatisfy { $0 == "0" } })
    }

    /// Whether another look was at the same server.
    func isSame(as other: ServerIdentity) -> Bool {
        if !histories.isDisjoint(with: other.histories) { return true }
        func agree(_ one: String?, _ other: String?) -> Bool { one == nil || other == nil || one == other }
        return address == other.address && agree(folder, other.folder) && agree(machine, other.machine)
    }

    static var hostName: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
