// SPDX-License-Identifier: Apache-2.0

package import ThrowawayPostgres

/// A PostgreSQL server that the tests of this process share: started when the first of them asks for it.
///
/// Nobody stops it. It ends with the process, as every throw-away server does, also when the process is killed. Where PostgreSQL
/// is not installed, every test that asks fails with the error that says so.
package actor TestServer {
    /// The server of ordinary tests.
    package static let main = TestServer { options in
        // One test alone has forty sessions.
        options.settings["max_connections"] = "300"
    }

    /// A server for many processes at once, whose log nobody else writes to.
    package static let crowd = TestServer { options in
        options.settings["max_connections"] = "300"
    }

    /// A server that writes every statement, with its database, to its log.
    package static let logging = TestServer { options in
        options.logStatements = true
        options.settings["log_line_prefix"] = "[%d] "
    }

    /// A server that asks the roles `locked` and `unknown` for a password, and lets `unwelcome` in never.
    package static let passwords = TestServer { options in
        options.hbaLines = [
            "local all locked scram-sha-256", "local all unknown scram-sha-256", "local all unwelcome reject",
        ]
    }

    /// A server that asks the members of the role `guarded` for a password, and writes every statement, with its database and
    /// program, to its log.
    package static let guarded = TestServer { options in
        options.hbaLines = ["local all +guarded scram-sha-256"]
        options.logStatements = true
        options.settings["log_line_prefix"] = "%d %a "
    }

    private let options: ThrowawayPostgres.Options
    private var starting: Task<ThrowawayPostgres, any Error>?

    private init(_ configure: (inout ThrowawayPostgres.Options) -> Void) {
        var options = ThrowawayPostgres.Options.forTests
        configure(&options)
        self.options = options
    }

    /// The running server, with the database ``TestDatabase/template`` in it.
    package func running() async throws -> ThrowawayPostgres {
        if let starting { return try await starting.value }
        // Not a child of the test that asks first: cancelling that one must not take the server from the others.
        let task = Task { [options] in
            let server = try await ThrowawayPostgres.start(options)
            try await TestDatabase.makeTemplate(on: server)
            return server
        }
        starting = task
        return try await task.value
    }
}
