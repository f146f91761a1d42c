// SPDX-License-Identifier: Apache-2.0

/// The names of a server's folder and of what is in it. The supervisor makes the folder, so that there is no moment in which it exists
/// and nobody would remove it.
struct ServerFolder: Sendable, Hashable {
    /// What Linux (107) and macOS (103) both allow for the path of a socket.
    static let longestSocketPath = 103

    let path: String

    init(_ options: ThrowawayPostgres.Options) throws(ThrowawayPostgresError) {
        guard options.parentFolder.hasPrefix("/") else {
            throw ThrowawayPostgresError(
                .invalidOption,
                "The parent folder \(options.parentFolder) is not an absolute path. Give one that begins with /.")
        }
        guard (1...65535).contains(options.port) else {
            throw ThrowawayPostgresError(.invalidOption, "The port \(options.port) is not between 1 and 65535.")
        }
        // Easy to type, and never a word.
        let alphabet = Array("23456789bcdfghjkmnpqrstvwxz")
        let suffix = String((0..<10).compactMap { _ in alphabet.randomElement() })
        let parent = options.parentFolder.hasSuffix("/") ? options.parentFolder : options.parentFolder + "/"
        path = parent + "throwaway-postgres-" + suffix
        let socket = "\(path)/.s.PGSQL.\(options.port)"
        guard socket.utf8.count <= Self.longestSocketPath else {
            throw ThrowawayPostgresError(
                .folderPathTooLong,
                """
                The server's socket would be \(socket), which has \(socket.utf8.count) bytes; \
                \(Self.longestSocketPath) are possible. Choose a parent folder with a shorter path, such as /tmp.
                """)
        }
    }

    var data: String { path + "/data" }
    var log: String { path + "/server.log" }
}
