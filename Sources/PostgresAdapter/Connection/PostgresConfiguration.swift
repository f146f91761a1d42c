// SPDX-License-Identifier: Apache-2.0

/// Where and how to connect.
///
/// Holds the password, if one was given; its description does not show it.
public struct PostgresConfiguration: Sendable {
    /// Where the settings came from, for messages.
    enum Origin: Hashable, Sendable, CustomStringConvertible {
        case url(place: String)
        case variables
        case libpq
        case parameters

        var description: String {
            switch self {
            case .url(let place): "from \(place)"
            case .variables: "from the POSTGRES_ variables"
            case .libpq: "from libpq's defaults: PGHOST, PGPORT, PGDATABASE, PGUSER"
            case .parameters: "from connection parameters"
            }
        }

        var passwordPlace: String {
            switch self {
            case .url(let place): "the password in \(place)"
            case .variables: "POSTGRES_PASSWORD"
            case .libpq: "PGPASSWORD"
            case .parameters: "the password parameter"
            }
        }
    }

    /// How long connecting may take.
    ///
    /// While a server is there that starts, stops, or has no connection left, it is asked again until this time is over. Where no server
    /// is, that is told at once.
    public var connectTimeout: Duration = .seconds(10)
    /// Whether a server that has no place for us yet is asked again.
    var triesAgain = true
    /// The name under which the server lists our sessions.
    public var applicationName = "strata"

    private var settings: [(keyword: String, value: String)]
    let origin: Origin

    /// Takes libpq's connection keywords: `host`, `port`, `dbname`, `user`, `password`, `sslmode` and so on.
    ///
    /// What is left out comes from libpq: `PG…` variables, service file, `.pgpass`.
    public init(parameters: [String: String] = [:]) {
        settings = parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        origin = parameters.isEmpty ? .libpq : .parameters
    }

    /// Takes a URL such as `postgresql://user@host:5432/database?sslmode=require`.
    ///
    /// - Parameters:
    ///   - url: The URL, as libpq reads it.
    ///   - place: Where it was found, for messages.
    /// - Throws: ``PostgresError/Code/invalidConfiguration`` when it is not such a URL. The message does not repeat it: a
    ///   misread URL can have its password anywhere.
    public init(url: String, foundIn place: String = "the URL") throws(PostgresError) {
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://"), LibPQ.canRead(url: url) else {
            throw PostgresError(
                code: .invalidConfiguration,
                message: """
                    \(place) is not a PostgreSQL URL. It has to look like postgresql://USER:PASSWORD@HOST:PORT/DATABASE, \
                    and in user and password the characters : / @ % ? # have to be percent-encoded (@ is %40).
                    """)
        }
        settings = [("dbname", url)]
        origin = .url(place: place)
    }

    /// Finds the settings in an environment: `MIGRATION_DATABASE_URL`, else `DATABASE_URL`, else the `POSTGRES_` variables, else
    /// libpq's own.
    ///
    /// The first is for applications whose own connections go through a pooler. An empty variable counts as one that is not set.
    ///
    /// - Throws: ``PostgresError/Code/invalidConfiguration`` when the URL is not one of PostgreSQL.
    public init(environment: [String: String]) throws(PostgresError) {
        for variable in ["MIGRATION_DATABASE_URL", "DATABASE_URL"] {
            guard let url = environment[variable], !url.isEmpty else { continue }
            self = try PostgresConfiguration(url: url, foundIn: variable)
            return
        }
        let keywords = [
            ("host", "POSTGRES_HOST"), ("port", "POSTGRES_PORT"), ("dbname", "POSTGRES_DB"), ("user", "POSTGRES_USER"),
            ("password", "POSTGRES_PASSWORD"),
        ]
        // libpq would read a whole connection string in the place of a database's name, and repeat parts of it in errors.
        if let name = environment["POSTGRES_DB"], name.hasByte("=") || name.contains("://") {
            throw PostgresError(
                code: .invalidConfiguration,
                message: "POSTGRES_DB has to be the name of a database. A whole URL belongs into DATABASE_URL.")
        }
        settings = keywords.compactMap { keyword, variable in
            environment[variable].flatMap { $0.isEmpty ? nil : (keyword, $0) }
        }
        origin = settings.isEmpty ? .libpq : .variables
    }

    /// A network that is gone is noticed within half a minute. By default that takes two hours.
    private static let keepalive = [
        ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "4"),
        ("tcp_user_timeout", "30000"),
    ]

    /// The same settings for another connection to the very server that one of theirs leads to.
    ///
    /// A name can stand for several servers, and looking it up once more can take long.
    func pinned(to connection: PostgresConnection, applicationName: String) -> PostgresConfiguration {
        var copy = self
        // Whoever makes a second connection can do without.
        copy.triesAgain = false
        copy.settings += [
            ("host", connection.endpoint.host), ("port", connection.endpoint.port),
            ("application_name", applicationName),
        ]
        if !connection.hostAddress.isEmpty { copy.settings.append(("hostaddr", connection.hostAddress)) }
        return copy
    }

    /// Where the settings lead, as far as that is known without connecting: `db.example.org:5432/app`. Holds no secret.
    var address: String {
        let place = LibPQ.place(of: settings)
        let database = place["dbname"].map { "/\($0)" } ?? ""
        return "\(place["host"] ?? "localhost"):\(place["port"] ?? "5432")\(database)"
    }

    /// The name of the database, as far as settings or libpq's variables tell it.
    var databaseName: String? { LibPQ.place(of: settings)["dbname"] }

    /// The same settings for another database of the server.
    func replacing(database: String) -> PostgresConfiguration {
        var copy = self
        // libpq reads a connection string only where `dbname` stands for the first time and takes a later name as it is.
        copy.settings.append(("dbname", database))
        return copy
    }

    /// What libpq is given. Later entries win over what a URL says, and a URL over earlier ones.
    var libpqParameters: [(keyword: String, value: String)] {
        Self.keepalive + settings + [
            ("fallback_application_name", applicationName),
            // Files are UTF-8, whatever the machine's locale or PGCLIENTENCODING says.
            ("client_encoding", "UTF8"),
        ]
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { "PostgreSQL connection settings \(origin.description)" }
    public var debugDescription: String { description }
}

extension PostgresConfiguration: CustomReflectable {
    /// Shows nothing, so that `dump` and test failures do not print a password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
