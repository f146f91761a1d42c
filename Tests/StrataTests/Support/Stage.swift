// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import ThrowawayPostgres

/// What one test plays on: a database of its own, a folder with migrations, and the program.
struct Stage: Sendable {
    private let testDatabase: TestDatabase
    let scratch: Scratch
    let program: Program

    var server: ThrowawayPostgres { testDatabase.server }
    var database: String { testDatabase.name }
    var url: String { url() }

    /// Gives a test a stage, and clears it away afterwards.
    static func with<Result: Sendable>(
        on server: TestServer = .main, _ test: @Sendable (Stage) async throws -> Result
    ) async throws -> Result {
        try await TestDatabase.with(on: server) { database in
            let scratch = try Scratch()
            try scratch.write("migrations/.keep", "")
            return try await test(Stage(testDatabase: database, scratch: scratch, program: .strata()))
        }
    }

    /// The URL of the database.
    func url(user: String? = nil) -> String {
        server.connectionURL(database: database, user: user)
    }

    var superuser: String { server.superuser }

    /// What the server has logged; lines of this stage begin with the database and the program's name.
    func log() throws -> String { try server.log() }

    /// A client program of PostgreSQL, of the server's own installation.
    func tool(_ name: String) -> Program { Program(path: server.binaries.path(of: name)) }

    /// Drops another database of the server, as soon as nobody is connected to it any more.
    func dropDatabase(_ other: String) async throws {
        try await TestDatabase(server: server, name: other).drop()
    }

    // MARK: - Files

    func write(_ name: String, _ text: String) throws {
        try scratch.write("migrations/\(name)", text)
    }

    func write(_ files: KeyValuePairs<String, String>) throws {
        for (name, text) in files { try write(name, text) }
    }

    /// Makes a symbolic link.
    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(scratch.path)/migrations/\(name)", withDestinationPath: target)
    }

    func read(_ name: String) throws -> String {
        try scratch.read("migrations/\(name)")
    }

    func remove(_ name: String) throws {
        try scratch.remove("migrations/\(name)")
    }

    // MARK: - The program

    /// Runs `strata` in the folder that holds `migrations`; without variables, `DATABASE_URL` names the database.
    func strata(_ arguments: String..., environment: [String: String]? = nil) async throws -> Outcome {
        try await strata(arguments, environment: environment)
    }

    func strata(_ arguments: [String], environment: [String: String]? = nil) async throws -> Outcome {
        try await program.run(arguments, environment: environment ?? ["DATABASE_URL": url], in: scratch)
    }

    /// Runs `strata`, and the body meanwhile.
    func strata(
        _ arguments: String..., environment: [String: String]? = nil,
        during body: (RunningProgram) async throws -> Void
    ) async throws -> Outcome {
        try await strata(arguments, environment: environment, during: body)
    }

    func strata(
        _ arguments: [String], environment: [String: String]? = nil,
        during body: (RunningProgram) async throws -> Void
    ) async throws -> Outcome {
        try await program.run(
            arguments, environment: environment ?? ["DATABASE_URL": url], in: scratch, during: body)
    }
}
