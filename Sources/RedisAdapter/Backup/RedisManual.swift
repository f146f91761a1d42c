// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// How a dump is restored with the tools that come with Redis, for people, in Markdown.
struct RedisManual: Sendable {
    let summary: RDBSummary
    let hasUsers: Bool
    /// Whether the server that was saved had an append-only file; `nil`: not known.
    let hasAppendOnlyFile: Bool?

    var text: String {
        """
        \(contents)

        1. Check the file. It has to say `RDB looks OK`:

           ```sh
           redis-check-rdb \(RedisDetails.dump)
           ```

        2. Ask the server, if it still runs, for its folder (`dir`), the name of its file (`dbfilename`, else `dump.rdb`), and whether it has an \
        append-only file (`appendonly`); its `redis.conf` says the same. Then stop it:

           ```sh
           redis-cli CONFIG GET dir
           redis-cli CONFIG GET dbfilename
           redis-cli CONFIG GET appendonly
           redis-cli SHUTDOWN          # or: systemctl stop redis-server
           ```

        3. In that folder (here `DIR`), move aside what is there, and delete nothing. What does not exist needs no moving:

           ```sh
           mv DIR/dump.rdb DIR/dump.rdb.old
           mv DIR/appendonlydir DIR/appendonlydir.old      # the append-only file, Redis 7 and newer
           mv DIR/appendonly.aof DIR/appendonly.aof.old    # the append-only file of older versions
           ```

        4. Put the file there. It has to belong to the user of the server:

           ```sh
           cp \(RedisDetails.dump) DIR/dump.rdb
           chown redis:redis DIR/dump.rdb
           ```

        5. Start the server. **With `appendonly yes` it would not read `dump.rdb`, start empty without a word, and write over the file.** \(advice) So \
        set `appendonly no` in `redis.conf`, start it, and let it make its append-only file of what it has loaded:

           ```sh
           redis-cli CONFIG SET appendonly yes
           redis-cli INFO persistence  # wait for aof_rewrite_in_progress:0, aof_rewrite_scheduled:0, aof_last_bgrewrite_status:ok
           ```

           Then set `appendonly yes` in `redis.conf` again. A server without an append-only file needs none of this.

        6. Compare. \(keys)

           ```sh
           redis-cli INFO keyspace
           ```
        \(rest)
        """
    }

    private var contents: String {
        var sentences = [
            """
            `\(RedisDetails.dump)` is an RDB file of version \(summary.version): Redis \(RDBFormat.oldestServer(for: summary.version)) or newer \
            reads it.
            """
        ]
        if let last = summary.databases.last?.number, last > 15 {
            sentences.append(
                "The server needs `databases \(last + 1)` or more in its `redis.conf`, else it does not start.")
        }
        if summary.needsModules {
            sentences.append(
                "It holds data of modules (\(summary.moduleTypes.joined(separator: ", "))): the server needs the same ones."
            )
        }
        return sentences.joined(separator: " ")
    }

    private var advice: String {
        switch hasAppendOnlyFile {
        case true: "The server that was saved had `appendonly yes`."
        case false: "The server that was saved had `appendonly no`; the one to restore into may have another setting."
        default: "Whether the server that was saved had it is not known."
        }
    }

    private var keys: String {
        guard summary.isCounted else { return "What was saved was not counted." }
        guard !summary.databases.isEmpty else { return "There were no keys." }
        let lines = summary.databases.map {
            "db\($0.number) had \($0.keys.named("key")), \($0.expires) of them with an expiry"
        }
        return "\(lines.joined(separator: "; ")). Those whose time is over by now are gone."
    }

    private var rest: String {
        guard hasUsers else { return "" }
        return """

            Users are no part of the RDB file. `\(RedisDetails.users)` holds them, with the hashes of their passwords: name a copy of it as `aclfile` \
            in `redis.conf` before the server starts, or copy it over the `aclfile` that there is and run `redis-cli ACL LOAD`.

            """
    }
}
