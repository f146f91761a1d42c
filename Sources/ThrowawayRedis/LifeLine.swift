// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore
internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The server's folder, and in it the pipe that ties the server's life to ours: the shell that looks after the server reads it.
///
/// The kernel closes our end when this process ends, however it ends.
final class LifeLine: Sendable {
    /// What Linux (107) and macOS (103) both allow for the path of a socket.
    private static let longestSocketPath = 103
    private static let shortParent = "/tmp"

    let folder: String
    private let descriptor: Mutex<Int32?>

    init(parent: String) throws(ThrowawayRedisError) {
        // Easy to type, and never a word.
        let alphabet = Array("23456789bcdfghjkmnpqrstvwxz")
        let suffix = String((0..<10).compactMap { _ in alphabet.randomElement() })
        let name = "throwaway-redis-\(suffix)"
        // There is next to nothing in it: where the path of its socket would be too long, any other place is as good.
        let isShort = "\(parent)/\(name)/redis.sock".utf8.count <= Self.longestSocketPath
        folder = "\(isShort ? parent : Self.shortParent)/\(name)"
        guard mkdir(folder, 0o700) == 0 else {
            throw ThrowawayRedisError(
                .configuration, "The folder \(folder) cannot be made: \(String(cString: strerror(errno))).")
        }
        let pipe = "\(folder)/life"
        var opened: Int32 = -1
        if mkfifo(pipe, 0o600) == 0 {
            // For both, so that it does not wait for the reader; no program of ours inherits it.
            opened = open(pipe, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        }
        descriptor = Mutex(opened < 0 ? nil : opened)
        guard opened >= 0 else {
            let reason = String(cString: strerror(errno))
            removeFolder()
            throw ThrowawayRedisError(.configuration, "No pipe can be made in \(folder): \(reason).")
        }
    }

    deinit { close() }

    /// Lets go: the shell stops the server and removes the folder.
    func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor { closeDescriptor(open) }
            descriptor = nil
        }
    }

    /// Removes the folder, where the shell did not: it was never started, or was killed.
    func removeFolder() { Self.remove(folder) }

    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard name != ".", name != ".." else { continue }
                let inner = "\(path)/\(name)"
                if unlink(inner) != 0 { remove(inner) }
            }
            closedir(folder)
        }
        rmdir(path)
    }
}

private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }
