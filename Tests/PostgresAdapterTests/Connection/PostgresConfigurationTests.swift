// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("PostgresConfiguration")
struct PostgresConfigurationTests {
    /// The settings as one line, without what every connection gets.
    private func settings(_ environment: [String: String]) throws -> String {
        try PostgresConfiguration(environment: environment).libpqParameters
            .filter { !["fallback_application_name", "client_encoding", "tcp_user_timeout"].contains($0.keyword) }
            .filter { !$0.keyword.hasPrefix("keepalives") }
            .map { "\($0.keyword)=\($0.value)" }.joined(separator: " ")
    }

    @Test(
        "MIGRATION_DATABASE_URL wins over DATABASE_URL, that over the POSTGRES_ variables, these over libpq's own; an empty variable is none",
        arguments: [
            ([:], ""),
            (["PGHOST": "h", "PGPASSWORD": "p"], ""),
            (["POSTGRES_HOST": "h"], "host=h"),
            (
                [
                    "POSTGRES_HOST": "h", "POSTGRES_PORT": "6000", "POSTGRES_DB": "d", "POSTGRES_USER": "u",
                    "POSTGRES_PASSWORD": "p", "PGHOST": "other",
                ], "host=h port=6000 dbname=d user=u password=p"
            ),
            (["POSTGRES_HOST": "", "POSTGRES_DB": "d"], "dbname=d"),
            (["DATABASE_URL": "", "POSTGRES_USER": "u"], "user=u"),
            (
                ["MIGRATION_DATABASE_URL": "postgres://m@h/d", "DATABASE_URL": "postgres://u@h/d"],
                "dbname=postgres://m@h/d"
            ),
            (["MIGRATION_DATABASE_URL": "", "DATABASE_URL": "postgres://u@h/d"], "dbname=postgres://u@h/d"),
            (["DATABASE_URL": "postgres://u@h/d", "POSTGRES_HOST": "other"], "dbname=postgres://u@h/d"),
        ] as [([String: String], String)])
    func environment(variables: [String: String], expected: String) throws {
        #expect(try settings(variables) == expected)
    }

    @Test("Files are UTF-8, so that is what the server is told, whatever a URL says")
    func encoding() throws {
        let parameters = try PostgresConfiguration(url: "postgres://h/d?client_encoding=LATIN1").libpqParameters
        #expect(parameters.last?.keyword == "client_encoding")
        #expect(parameters.last?.value == "UTF8")
    }

    static let unreadable = [
        "", "host=h", "mysql://u:s3cret@h/d", "u:s3cret@h/d", "postgresql:/u:s3cret@h/d",
        "postgresql://u:s3cret%zz@h/d",
        "postgresql://u:s3@cret@h/d", "postgresql://u:s3cret/x@h/d", "postgresql://u:1/s3cret@h/d",
        "postgresql://u:a/s3cret@h/d?sslmode=disable", "postgresql://[::1/s3cret", "postgresql://u@h/d?s3cret",
        "postgresql://u@h/d?password=s3cret&nonsense=1",
    ]

    @Test(
        "A text that is not such a URL, or has a bare @ or / in its password, is refused and not repeated",
        arguments: unreadable)
    func refuses(url: String) {
        let error = #expect(throws: PostgresError.self) {
            try PostgresConfiguration(url: url, foundIn: "--database-url")
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(
            error?.description == """
                --database-url is not a PostgreSQL URL. It has to look like postgresql://USER:PASSWORD@HOST:PORT/DATABASE, \
                and in user and password the characters : / @ % ? # have to be percent-encoded (@ is %40).
                """)
    }

    @Test(
        "Percent-encoded characters, ports, several hosts, sockets and parameters are understood",
        arguments: [
            "postgresql://", "postgres://h", "postgresql://u:p%40%2F%3A%25@h:5433/d",
            "postgresql:///d?host=%2Ftmp&port=5432",
            "postgresql://a,b:5433/d?target_session_attrs=read-write", "postgresql://u:a?b#c@h/d",
            "postgresql://[::1]:5432/d",
        ])
    func accepts(url: String) {
        #expect(throws: Never.self) { try PostgresConfiguration(url: url) }
    }

    @Test("DATABASE_URL that is not a URL is named as the place of the mistake")
    func namesVariable() {
        let error = #expect(throws: PostgresError.self) {
            try PostgresConfiguration(environment: ["DATABASE_URL": "jdbc:postgresql://h/d?password=s3cret"])
        }
        #expect(error?.description.hasPrefix("DATABASE_URL is not a PostgreSQL URL.") == true)
    }

    @Test("No way of printing settings shows the password")
    func hidesPassword() throws {
        let configurations = [
            try PostgresConfiguration(url: "postgresql://u:s3cret@h/d"),
            PostgresConfiguration(parameters: ["password": "s3cret"]),
            try PostgresConfiguration(environment: ["POSTGRES_PASSWORD": "s3cret"]),
        ]
        for configuration in configurations {
            var dumped = ""
            dump(configuration, to: &dumped)
            dump(PostgresVersionStore(configuration), to: &dumped)
            dump([configuration], to: &dumped)
            let texts = [
                dumped, "\(configuration)", String(reflecting: configuration), String(describing: [configuration]),
                "\(PostgresVersionStore(configuration))", String(reflecting: PostgresVersionStore(configuration)),
                "\(Mirror(reflecting: configuration).children.map { "\($0)" })",
            ]
            for text in texts { #expect(!text.contains("s3cret")) }
        }
    }
}
