// SPDX-License-Identifier: Apache-2.0

import Subprocess

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(System)
import System
#else
import SystemPackage
#endif

extension ThrowawayPostgres {
    /// Runs a client program of the same installation against this server.
    ///
    /// The program finds the server through variables such as `PGHOST`, and connects as superuser to the database `postgres` unless its
    /// arguments or the given variables say otherwise. Variables of libpq that this process has are not passed on. A status other than 0 is a
    /// result, not an error.
    ///
    /// ```swift
    /// let dump = try await server.run(tool: "pg_dump", ["--schema-only", "app"])
    /// ```
    ///
    /// - Parameters:
    ///   - tool: The program's name.
    ///   - arguments: Its arguments.
    ///   - environment: More variables, such as `PGPASSWORD`.
    ///   - inputFile: The file to read as standard input; without one it is empty.
    ///   - outputLimit: How many bytes of standard output are allowed.
    /// - Returns: Status and output.
    /// - Throws: ``ThrowawayPostgresError`` if the program cannot be run or writes too much; `CancellationError` if the task is cancelled,
    ///   which ends the program.
    public func run(
        tool: String, _ arguments: [String] = [], environment: [String: String] = [:], inputFile: String? = nil,
        outputLimit: Int = 64 << 20
    ) async throws -> ToolResult {
        var variables: [Environment.Key: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("PG") {
            variables.updateValue(nil, forKey: Environment.Key(stringLiteral: name))
        }
        let ours = [
            "PGHOST": socketDirectory, "PGPORT": String(port), "PGUSER": superuser, "PGDATABASE": "postgres",
            "PGPASSFILE": "/dev/null",
        ]
        for (name, value) in ours.merging(environment, uniquingKeysWith: { $1 }) {
            variables[Environment.Key(stringLiteral: name)] = value
        }
        var platform = PlatformOptions()
        platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        let configuration = Configuration(
            executable: .path(FilePath(binaries.path(of: tool))), arguments: Arguments(arguments),
            environment: .inherit.updating(variables), platformOptions: platform)
        return try await ProgramRun.output(of: configuration, inputFile: inputFile ?? "/dev/null", limit: outputLimit)
    }
}
