// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// Saves a Redis server: all its databases as they are at one instant, over the network, without a look at its files.
///
/// The server is asked for what a replica gets, so the user needs `+sync +replconf` and nothing else; with `+info +config|get +acl|list` it
/// is also noted how the server was set up. Saves from a master or from a replica that is connected. Reading at most as much as the server
/// sends, it keeps no more than a piece of it in memory.
///
/// ```swift
/// let target = RedisBackupTarget(RedisConfiguration(.tcp(host: "127.0.0.1", port: 6379)))
/// ```
///
/// Artifacts: `redis/dump.rdb`, and `redis/users.acl` unless it is left out. The latter holds the hashes of passwords.
public struct RedisBackupTarget: BackupTarget {
    /// What is saved, beside the data.
    public struct Options: Hashable, Sendable {
        /// Whether the list of ACL users is saved. It holds the hashes of their passwords.
        public var savesUsers = true

        /// The default options.
        public init() {}
    }

    public var store: StoreName { .redis }
    public var address: String { "\(configuration.endpoint)" }

    let configuration: RedisConfiguration
    let options: Options

    /// Makes a target.
    public init(_ configuration: RedisConfiguration, options: Options = Options()) {
        self.configuration = configuration
        self.options = options
    }

    public func backUp(
        to destination: any BackupDestination, observe: @escaping @Sendable (BackupTargetEvent) -> Void
    ) async throws -> StoreSnapshot {
        do {
            let survey = try await ServerSurvey.make(configuration, savesUsers: options.savesUsers)
            for warning in survey.warnings { observe(.notice(warning)) }
            let copy = RedisCopy(configuration: configuration, reasonToWait: survey.settings.reasonToWait)
            let writer = try await destination.makeFile(RedisDetails.dump)
            let result = try await copy.perform(into: writer, observe: observe)
            try await writer.finish()
            if let users = survey.users {
                let file = try await destination.makeFile(RedisDetails.users)
                try await file.write(Array(users.utf8))
                try await file.finish()
            }
            return snapshot(survey, result)
        } catch {
            throw RedisBackupError.wrapping(error)
        }
    }

    private func snapshot(_ survey: ServerSurvey, _ copy: RedisCopy.Result) -> StoreSnapshot {
        var details = RedisDetails.values(copy.summary)
        details["transfer"] = copy.isDiskless ? "diskless" : "disk"
        if survey.users != nil { details["users"] = .string(RedisDetails.users) }
        if survey.isSettingsKnown { details["settings"] = .object(survey.settings.changed) }
        if let used = survey.info?.number("used_memory") { details["used_memory"] = .integer(used) }
        if let role = survey.info?["role"] { details["role"] = .string(role == "slave" ? "replica" : role) }
        let auxiliary = copy.summary.auxiliary
        return StoreSnapshot(
            serverVersion: survey.info?.version ?? auxiliary["redis-ver"],
            takenAt: auxiliary["ctime"].flatMap { Int64($0) }.map { UTCTime.text($0) },
            details: details, warnings: survey.warnings + copy.warnings,
            instructions: RedisManual(
                summary: copy.summary, hasUsers: survey.users != nil, hasAppendOnlyFile: survey.hasAppendOnlyFile
            ).text)
    }
}
