// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A PostgreSQL installation: the folder with `postgres`, `initdb` and the client programs.
///
/// ```swift
/// let binaries = try await PostgresBinaries.find()
/// print(binaries.version.major, binaries.path(of: "pg_dump"))
/// ```
public struct PostgresBinaries: Sendable, Hashable {
    /// The name of the environment variable that ``find(folder:environment:)`` obeys.
    public static let environmentVariable = "STRATA_POSTGRES_BIN"

    /// The oldest major version that can be used: `standby.signal` exists since 12.
    public static let oldestMajorVersion = 12

    /// The folder, an absolute path.
    public let folder: String

    /// The version that its `postgres` program reports.
    public let version: PostgresVersion

    /// Creates the description of an installation that is known already.
    ///
    /// - Parameters:
    ///   - folder: The folder with the programs, an absolute path.
    ///   - version: Their version.
    public init(folder: String, version: PostgresVersion) {
        self.folder = folder
        self.version = version
    }

    /// The path of one of the installation's programs, whether or not it exists.
    ///
    /// - Parameter program: The program's name, such as `psql`.
    public func path(of program: String) -> String { Self.join(folder, program) }

    /// Whether a folder holds the programs that make and run a server.
    static func isComplete(_ folder: String) -> Bool {
        ["postgres", "initdb"].allSatisfy { FileManager.default.isExecutableFile(atPath: join(folder, $0)) }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
