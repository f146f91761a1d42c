// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ThrowawayPostgres {
    /// The server's folder.
    public var folder: String { place.path }

    /// The folder with the server's socket, which libpq takes for a host.
    public var socketDirectory: String { place.path }

    /// The cluster's data folder.
    public var dataDirectory: String { place.data }

    /// The file that the server logs to.
    public var logFile: String { place.log }

    /// The number in the socket's name.
    public var port: Int { options.port }

    /// The name of the superuser.
    public var superuser: String { options.superuser }

    /// The server's version.
    public var version: PostgresVersion { binaries.version }

    /// The postmaster's process, or `nil` while the server does not run.
    public var processID: Int32? { supervisor.processID }

    /// Whether the server runs.
    public var isRunning: Bool { processID != nil }

    /// The parameters of a connection, by libpq's names: `host`, `port`, `user`, `dbname`.
    ///
    /// - Parameters:
    ///   - database: The database's name.
    ///   - user: The role's name; the superuser without one.
    public func connectionParameters(database: String = "postgres", user: String? = nil) -> [String: String] {
        ["host": socketDirectory, "port": String(port), "user": user ?? superuser, "dbname": database]
    }

    /// The URL of a connection: `postgresql:///app?host=…&port=5432&user=postgres`.
    ///
    /// - Parameters:
    ///   - database: The database's name.
    ///   - user: The role's name; the superuser without one.
    public func connectionURL(database: String = "postgres", user: String? = nil) -> String {
        let host = Self.percentEncoded(socketDirectory)
        let user = Self.percentEncoded(user ?? superuser)
        return "postgresql:///\(Self.percentEncoded(database))?host=\(host)&port=\(port)&user=\(user)"
    }

    /// Everything the server has logged so far; bytes that are not UTF-8 are replaced.
    ///
    /// - Throws: ``ThrowawayPostgresError`` if there is no log: the server has been stopped for good.
    public func log() throws -> String {
        guard let bytes = FileManager.default.contents(atPath: logFile) else {
            throw ThrowawayPostgresError(
                .wrongState, "There is no log \(logFile). Read it before the server is stopped for good.",
                folder: folder)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes everything but what RFC 3986 calls unreserved.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
                encoded.append(character)
            } else {
                encoded += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return encoded
    }
}
