// SPDX-License-Identifier: Apache-2.0

/// What is written to the server's two configuration files. Pure: nothing is touched.
struct ServerFiles: Sendable, Hashable {
    /// Added to the end of `postgresql.conf`, where later lines win.
    let settings: String

    /// All of `pg_hba.conf`.
    let hostBasedAuthentication: String

    init(_ options: ThrowawayPostgres.Options) throws(ThrowawayPostgresError) {
        var lines: [String] = []
        for (name, value) in Self.defaults(options) + options.settings.sorted(by: { $0.key < $1.key }) {
            lines.append(try Self.line(name, value))
        }
        settings = lines.joined(separator: "\n")
        for line in options.hbaLines where line.contains(where: \.isNewline) || line.contains("\0") {
            throw ThrowawayPostgresError(
                .invalidOption,
                "A line for pg_hba.conf contains a line break or a NUL: give each line on its own. It is: \(line)")
        }
        hostBasedAuthentication = (options.hbaLines + ["local all all trust", "local replication all trust"])
            .joined(separator: "\n")
    }

    private static func defaults(_ options: ThrowawayPostgres.Options) -> [(key: String, value: String)] {
        var settings = [
            ("listen_addresses", ""),
            ("max_connections", "100"),
            ("shared_buffers", "32MB"),
            // As files in the data folder: nothing stays in the system's shared memory when a server is killed.
            ("dynamic_shared_memory_type", "mmap"),
            // Not minimal, which is faster for bulk loads: a cluster can then be a standby later, and statements write the WAL they
            // write in production.
            ("wal_level", "replica"),
            ("logging_collector", "off"),
            ("log_destination", "stderr"),
        ]
        if !options.durable {
            settings += [("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")]
        }
        if options.logStatements { settings.append(("log_statement", "all")) }
        return settings.map { (key: $0.0, value: $0.1) }
    }

    private static func line(_ name: String, _ value: String) throws(ThrowawayPostgresError) -> String {
        let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
        guard allowed, name.first?.isLetter ?? false, !value.contains(where: \.isNewline), !value.contains("\0") else {
            throw ThrowawayPostgresError(
                .invalidOption,
                "The setting \(name) cannot be written to postgresql.conf: a name has letters, digits, _ and dots, a value is one line."
            )
        }
        // Scalars: to Swift a quote with a combining mark behind it is another character than a quote.
        var quoted = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if scalar == "'" || scalar == "\\" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        return "\(name) = '\(String(quoted))'"
    }
}
