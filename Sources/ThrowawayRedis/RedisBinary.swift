// SPDX-License-Identifier: Apache-2.0

package import MigrationCore
internal import Synchronization

/// A `redis-server` of this machine.
package struct RedisBinary: Sendable, Hashable {
    /// The absolute path of the program.
    package var path: String
    /// Its version: `7.0.15`.
    package var version: String

    /// Finds the program and asks for its version.
    ///
    /// - Parameter folder: Where it has to be; `nil` looks in the usual folders, then in `PATH`.
    /// - Throws: ``ThrowawayRedisError`` when there is none, or it does not say.
    package static func find(in folder: String?, launcher: any ProcessLauncher) async throws -> RedisBinary {
        let folders = folder.map { [$0] } ?? ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        let found = launcher.find("redis-server", in: folders)
        if let folder, found != "\(folder)/redis-server" {
            throw ThrowawayRedisError(
                .configuration, "There is no redis-server in \(folder). Name the folder of Redis' programs.")
        }
        guard let path = found else {
            throw ThrowawayRedisError(
                .configuration,
                "There is no redis-server on this machine, and a throw-away server needs one. Install it (apt-get install redis-server)."
            )
        }
        let output = Output()
        let end = try await launcher.run(
            ProcessCommand(program: path, arguments: ["--version"]), output: output, message: { _ in })
        let text = output.text
        // Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=…
        let word = text.split(separator: " ").first { $0.hasPrefix("v=") }
        guard end.isSuccess, let word else {
            throw ThrowawayRedisError(.configuration, "\(path) does not tell its version (\(end)). Is it Redis?")
        }
        return RedisBinary(path: path, version: String(word.dropFirst(2)))
    }

    private final class Output: ByteSink {
        private let bytes = Mutex<[UInt8]>([])

        var text: String { String(decoding: bytes.withLock(\.self), as: UTF8.self) }

        func write(_ more: [UInt8]) async throws {
            bytes.withLock { if $0.count < 4096 { $0 += more } }
        }
    }
}
