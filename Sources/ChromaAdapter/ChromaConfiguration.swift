// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Where ChromaDB keeps its data, and where its server answers.
public struct ChromaConfiguration: Hashable, Sendable {
    /// The folder that the server was started with (`chroma run --path`); `nil`: only the server's address is known.
    public var path: String?
    /// The host of the server; `nil`: it is not known.
    public var host: String?
    /// The port of the server.
    public var port: Int

    /// The port that ChromaDB listens to when it is told nothing else.
    public static let standardPort = 8000

    /// Makes a configuration of its parts.
    public init(path: String?, host: String? = nil, port: Int = Self.standardPort) {
        self.path = path
        self.host = host
        self.port = port
    }

    /// Finds the configuration in an environment: `CHROMA_PATH`, `CHROMA_HOST` and `CHROMA_PORT`.
    ///
    /// Without `CHROMA_PATH`, `./data/chroma` is taken when it is there. A port without a host is one of this machine.
    ///
    /// - Parameter isRestoring: Whether `./data/chroma` is taken also when it is not there: a folder that was lost is to be brought back.
    /// - Returns: The configuration; `nil` when nothing of it is there.
    /// - Throws: ``ChromaBackupError`` of category `configuration` that names the variable which cannot be used.
    public static func find(
        in environment: [String: String], isRestoring: Bool = false
    ) throws(ChromaBackupError) -> ChromaConfiguration? {
        try find(in: environment, isRestoring: isRestoring, currentFolder: ".")
    }

    static func find(
        in environment: [String: String], isRestoring: Bool = false, currentFolder: String
    ) throws(ChromaBackupError) -> ChromaConfiguration? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var host = value("CHROMA_HOST")
        if let given = host {
            let plain = given.hasPrefix("[") && given.hasSuffix("]") ? String(given.dropFirst().dropLast()) : given
            guard !given.contains("@"), !given.contains("/"), !plain.contains(":") || isSixthVersion(plain) else {
                throw ChromaBackupError(
                    .configuration,
                    "CHROMA_HOST has to be a host, without http://, a port or a path; the port belongs into CHROMA_PORT."
                )
            }
            host = plain
        }
        var port = standardPort
        if let text = value("CHROMA_PORT") {
            guard let number = Int(text), (1...65535).contains(number) else {
                throw ChromaBackupError(.configuration, "CHROMA_PORT has to be a number from 1 to 65535.")
            }
            port = number
        }
        let usual = currentFolder == "." ? "./data/chroma" : "\(currentFolder)/data/chroma"
        let isThere = isRestoring || (try? Folders.kind(of: usual)) != .some(nil)
        let path = value("CHROMA_PATH") ?? (isThere ? usual : nil)
        guard path != nil || host != nil else { return nil }
        if value("CHROMA_PORT") != nil { host = host ?? "localhost" }
        return ChromaConfiguration(path: path, host: host, port: port)
    }

    /// Whether a text is an address of the Internet Protocol's version 6.
    private static func isSixthVersion(_ text: String) -> Bool {
        var address = in6_addr()
        let plain = text.prefix { $0 != "%" }
        return inet_pton(AF_INET6, String(plain), &address) == 1
    }

    /// Where it is, for people: the folder from the root on, because they read it elsewhere, or the server.
    var address: String { path.map(Folders.absolute) ?? "\(host ?? "?"):\(port)" }
}
