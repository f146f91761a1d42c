// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore
import MigrationFiles
import PostgresAdapter

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where the files are, and how to print.
struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the migrations.", valueName: "dir"))
    var migrations = "migrations"

    @Flag(help: "Print the result as one JSON document.")
    var json = false

    var source: DirectorySource { DirectorySource(migrations) }
}

/// Where the database is.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The database, as postgresql://USER@HOST:PORT/DATABASE.",
            discussion: """
                A password in it works, but other users of this machine can see it. Better: DATABASE_URL, \
                POSTGRES_PASSWORD or ~/.pgpass.
                """,
            valueName: "url"))
    var databaseURL: String?

    /// What the option says, else the environment.
    func configuration() throws -> PostgresConfiguration {
        if let databaseURL { return try PostgresConfiguration(url: databaseURL, foundIn: "--database-url") }
        return try PostgresConfiguration(environment: ProcessInfo.processInfo.environment)
    }
}

/// Which table keeps the history.
struct HistoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The table that keeps the history, as TABLE or SCHEMA.TABLE. (default: public.schema_versions)",
            valueName: "name"),
        transform: Self.table)
    var historyTable = HistoryTable.standard

    private static func table(_ text: String) throws -> HistoryTable {
        guard let table = HistoryTable(text) else {
            throw ValidationError("'\(text)' is not a table's name. Write TABLE or SCHEMA.TABLE.")
        }
        return table
    }
}

/// Where the database is, and which part of the migrations is meant.
struct DatabaseOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("Only this component; may be repeated.", valueName: "name"))
    var component: [String] = []

    @OptionGroup var history: HistoryOptions

    @OptionGroup(title: "Traffic")
    var traffic: TrafficOptions

    @Option(
        help: ArgumentHelp(
            "How long a statement may run, such as 10min. (default: as the server says)", valueName: "duration"),
        transform: Self.duration)
    var statementTimeout: Duration?

    @Option(
        help: ArgumentHelp("How long to wait for another run to finish. (default: 5min)", valueName: "duration"),
        transform: Self.duration)
    var lockWait = Duration.seconds(300)

    func store() throws -> PostgresVersionStore {
        var options = PostgresVersionStore.Options(
            historyTable: history.historyTable, lockTimeout: traffic.lockTimeout.value,
            statementTimeout: statementTimeout,
            retryTime: traffic.retryTime, queueLimit: traffic.queueLimit)
        // No second connection for what nobody would see.
        if !Console.drawsStatus { options.progressDelay = nil }
        return PostgresVersionStore(try connection.configuration(), options: options)
    }

    /// The components that are meant; `nil` for all but seed data.
    var components: Set<Component>? {
        component.isEmpty ? nil : Set(component.map { Component($0) })
    }

    /// The component of a version that is given without one.
    var defaultComponent: Component {
        component.count == 1 ? Component(component[0]) : .core
    }

    func migration(_ text: String) throws -> MigrationID {
        guard let id = MigrationID(text, defaultComponent: defaultComponent) else {
            throw ValidationError("'\(text)' is not a version. Write 7, 0007 or COMPONENT:7.")
        }
        return id
    }

    static func duration(_ text: String) throws -> Duration {
        guard let duration = Duration(directive: text) else {
            throw ValidationError("'\(text)' is not a duration. Write a number and a unit: 500ms, 3s, 10min, 2h.")
        }
        return duration
    }
}
