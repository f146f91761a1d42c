// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

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
    /// Without `CHROMA_PATH`, `./data/chroma` is taken when it is there.
    ///
    /// - Returns: The configuration; `nil` when nothing of it is there.
    /// - Throws: ``ChromaBackupError`` of category `configuration` that names the variable which cannot be used.
    public static func find(in environment: [String: String]) throws(ChromaBackupError) -> ChromaConfiguration? {
        try find(in: environment, currentFolder: ".")
    }

    static func find(
        in environment: [String: String], currentFolder: String
    ) throws(ChromaBackupError) -> ChromaConfiguration? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let host = value("CHROMA_HOST")
        if let host, host.contains("@") || host.contains("/") {
            throw ChromaBackupError(.configuration, "CHROMA_HOST has to be a host, without http:// and without a path.")
        }
        var port = standardPort
        if let text = value("CHROMA_PORT") {
            guard let number = Int(text), (1...65535).contains(number) else {
                throw ChromaBackupError(.configuration, "CHROMA_PORT has to be a number from 1 to 65535.")
            }
            port = number
        }
        let usual = currentFolder == "." ? "./data/chroma" : "\(currentFolder)/data/chroma"
        let path = value("CHROMA_PATH") ?? ((try? Folders.kind(of: usual)) == nil ? nil : usual)
        guard path != nil || host != nil else { return nil }
        return ChromaConfiguration(path: path, host: host, port: port)
    }

    /// Where it is, for people.
    var address: String { path ?? "\(host ?? "?"):\(port)" }
}
