// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
package import ThrowawayPostgres

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A file system that is really full when a test wants it to be.
///
/// A file system of a few megabytes is mounted, where that is allowed. In a container without that right it is the container's
/// `/dev/shm`, of which Docker makes 64 MB; a file that takes the rest of the room makes it as small.
package struct SmallDisk: Sendable {
    /// There can be none here.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// A folder on it, for the account of a server.
    package let folder: String
    /// Where it is mounted.
    package let mountPoint: String
    private let ballast: String

    /// Larger ones are somebody's memory, and not ours to fill.
    private static let largest = 256 << 20
    private static let shared = "/dev/shm"

    /// Runs a body with a disk, and removes it afterwards.
    ///
    /// - Parameter server: Whose account has to be able to write to it; `nil`: only this one.
    /// - Throws: ``Missing`` where none can be made; what the body throws.
    package nonisolated(nonsending) static func with<Result>(
        megabytes: Int, for server: ThrowawayPostgres? = nil, _ body: (SmallDisk) async throws -> Result
    ) async throws -> Result {
        let name = "strata-disk-\(UInt32.random(in: 0...UInt32.max))"
        let mounted = "/tmp/\(name)"
        let files = FileManager.default
        try files.createDirectory(atPath: mounted, withIntermediateDirectories: false)
        defer { try? files.removeItem(atPath: mounted) }
        guard try await run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=777", "tmpfs", mounted]) else {
            return try await withShared(name, megabytes: megabytes, for: server, body)
        }
        do {
            let result = try await body(SmallDisk(in: mounted, mountPoint: mounted, for: server))
            _ = try await run("umount", ["-l", mounted])
            return result
        } catch {
            _ = try? await run("umount", ["-l", mounted])
            throw error
        }
    }

    private nonisolated(nonsending) static func withShared<Result>(
        _ name: String, megabytes: Int, for server: ThrowawayPostgres?, _ body: (SmallDisk) async throws -> Result
    ) async throws -> Result {
        let (size, free) = sizes(of: shared)
        guard size > 0, size <= largest, free >= megabytes << 20 else {
            throw Missing(
                description: """
                    no disk can be filled here: mounting one is not allowed (that needs root, and in a container \
                    --cap-add SYS_ADMIN), and \(shared) is not a small one with \(megabytes) MB of room, as Docker makes it
                    """)
        }
        let folder = "\(shared)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(free - megabytes << 20, to: "\(folder)/rest")
        return try await body(SmallDisk(in: folder, mountPoint: shared, for: server))
    }

    private init(in place: String, mountPoint: String, for server: ThrowawayPostgres?) throws {
        self.mountPoint = mountPoint
        folder = "\(place)/server"
        ballast = "\(place)/ballast"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        guard let server else { return }
        // Root runs the server as another account.
        let owner = try FileManager.default.attributesOfItem(atPath: server.dataDirectory)
        if let account = owner[.ownerAccountID], let group = owner[.groupOwnerAccountID] {
            try FileManager.default.setAttributes(
                [.ownerAccountID: account, .groupOwnerAccountID: group], ofItemAtPath: folder)
        }
    }

    /// Leaves so much room, for whoever wants it.
    package func fill(leavingKilobytes rest: Int = 0) throws {
        try makeRoom()
        try Self.write(max(0, Self.sizes(of: folder).free - rest << 10), to: ballast)
    }

    /// Undoes ``fill(leavingKilobytes:)``.
    package func makeRoom() throws {
        if FileManager.default.fileExists(atPath: ballast) { try FileManager.default.removeItem(atPath: ballast) }
    }

    /// Moves a folder here, with its owner, and leaves a link in its place.
    package func take(_ name: String, from parent: String) async throws {
        guard try await Self.run("mv", ["\(parent)/\(name)", folder]) else {
            throw Missing(description: "\(parent)/\(name) cannot be moved to \(folder)")
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(parent)/\(name)", withDestinationPath: "\(folder)/\(name)")
    }

    private static func write(_ bytes: Int, to path: String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let file = FileHandle(forWritingAtPath: path) else { throw Missing(description: "cannot write \(path)") }
        defer { try? file.close() }
        let piece = Data(count: 1 << 16)
        var rest = bytes
        while rest > 0 {
            try file.write(contentsOf: piece.prefix(min(rest, piece.count)))
            rest -= piece.count
        }
    }

    private static func sizes(of path: String) -> (size: Int, free: Int) {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        func number(_ key: FileAttributeKey) -> Int { (attributes?[key] as? NSNumber)?.intValue ?? 0 }
        return (number(.systemSize), number(.systemFreeSize))
    }

    private nonisolated(nonsending) static func run(_ program: String, _ arguments: [String]) async throws -> Bool {
        let outcome = try? await Subprocess.run(
            .name(program), arguments: Arguments(arguments), input: .none, output: .discarded, error: .discarded)
        return outcome?.terminationStatus.isSuccess == true
    }
}
