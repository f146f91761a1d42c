// SPDX-License-Identifier: Apache-2.0

import Subprocess
import ThrowawayPostgres

#if canImport(System)
import System
#else
import SystemPackage
#endif

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `throwaway-postgres -- COMMAND [ARGUMENT…]`: runs a command beside a PostgreSQL server that lives as long as it does.
///
/// The command finds the server through `PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE` and `DATABASE_URL`. The exit status is the
/// command's.
@main
struct ThrowawayProgram {
    static func main() async throws {
        let command = Array(CommandLine.arguments.drop { $0 != "--" }.dropFirst())
        guard let program = command.first else {
            print("usage: throwaway-postgres -- COMMAND [ARGUMENT...]")
            exit(64)
        }
        let status = try await ThrowawayPostgres.withServer { server in
            try await run(program, Array(command.dropFirst()), beside: server)
        }
        exit(status)
    }

    private static func run(
        _ program: String, _ arguments: [String], beside server: ThrowawayPostgres
    ) async throws -> Int32 {
        let outcome = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating([
                "PGHOST": server.socketDirectory, "PGPORT": String(server.port), "PGUSER": server.superuser,
                "PGDATABASE": "postgres", "DATABASE_URL": server.connectionURL(), "MIGRATION_DATABASE_URL": "",
            ]),
            output: .currentStandardOutput, error: .currentStandardError)
        return switch outcome.terminationStatus {
        case .exited(let code): code
        case .signaled(let signal): 128 + Int32(signal)
        }
    }
}
