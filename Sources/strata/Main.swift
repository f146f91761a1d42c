// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The program's entry: runs a command and turns what happens into an exit status.
@main
struct Main {
    static func main() async {
        let interruption = Interruption()
        let work = Task {
            do {
                let command = try Strata.parseAsRoot()
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    var command = command
                    try command.run()
                }
            } catch let failure as Failure {
                failure.report()
                Strata.exit(withError: ExitCode(failure.status.rawValue))
            } catch {
                exit(error)
            }
        }
        interruption.cancel(work)
        await work.value
    }

    /// Ends for an error of the argument parser: wrong usage, or a wish for help.
    private static func exit(_ error: any Error) -> Never {
        if Strata.exitCode(for: error) == .validationFailure, CommandLine.arguments.contains("--json") {
            let message = Strata.message(for: error)
            var document = ErrorDocument(code: "usage", status: .wrongUsage, message: message)
            let command = CommandLine.arguments.dropFirst().first
            let commands: [any ParsableCommand.Type] = [
                Backup.self, Backups.self, VerifyBackup.self, Restore.self, Prune.self,
            ]
            if commands.contains(where: { $0._commandName == command }) { document.leaveMigrationsOut() }
            Console.print(document)
        }
        Strata.exit(withError: error)
    }
}

/// `strata`, the root of all commands.
struct Strata: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strata",
        abstract:
            "Applies schema migrations to PostgreSQL, and saves and restores the stores of an application as one set.",
        discussion: """
            The database comes from --database-url, else MIGRATION_DATABASE_URL, else DATABASE_URL, else POSTGRES_HOST, \
            POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER and POSTGRES_PASSWORD, else PGHOST and the other variables of libpq, \
            .pgpass and service file.

            Exit status: 0 done or nothing to do, 1 a migration, backup or restore failed, 2 no connection, 3 something is pending (status \
            --check), 4 history and files disagree or a file is invalid, 5 the lock was not free in time, 6 a set is \
            damaged, 64 wrong usage, 130 interrupted.

            Example:
              strata new "add users"
              strata migrate --dry-run
              strata migrate
              strata backup --verify restored
            """,
        version: StrataVersion.current,
        subcommands: [
            Migrate.self, Status.self, Fake.self, New.self, Validate.self, Resolve.self, Backup.self, Backups.self,
            VerifyBackup.self, Restore.self, Prune.self, Demo.self,
        ])
}

/// The version of the program.
enum StrataVersion {
    static let current = "0.1.0"
}
