// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A folder for the servers of one test, writable for the account they run as, and the means to see what is left of them.
struct Scratch: Sendable {
    let path: String

    init() throws {
        path = "/tmp/tp-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o1777])
        // Once more, because the process's mask was applied.
        try FileManager.default.setAttributes([.posixPermissions: 0o1777], ofItemAtPath: path)
    }

    /// The folders of servers.
    var folders: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { path + "/" + $0 }
    }

    /// Whether a file exists in a server's folder.
    func contains(_ name: String) -> Bool {
        folders.contains { FileManager.default.fileExists(atPath: $0 + "/" + name) }
    }

    /// The command lines of processes with the scratch folder in them, but for the test's own helpers.
    func processes() async throws -> [String] {
        let result = try await run(
            .name("ps"), arguments: ["-A", "-ww", "-o", "pid=", "-o", "args="], output: .string(limit: 8 << 20))
        let names = folders.map { String($0.dropFirst(path.count + 1)) } + [path]
        return result.standardOutput.split(separator: "\n").map(String.init).filter { line in
            names.contains { line.contains($0) } && !line.contains("throwaway-owner")
        }
    }

    /// Waits until no folder and no process is left; returns what is after five minutes.
    func leftovers() async throws -> [String] {
        var rest: [String] = []
        for _ in 0..<6000 {
            rest = folders
            rest += try await processes()
            if rest.isEmpty { return [] }
            try await Task.sleep(for: .milliseconds(50))
        }
        return rest
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Waits for a condition; whether it came true within five minutes.
    static func waits(for condition: () async throws -> Bool) async rethrows -> Bool {
        for _ in 0..<60000 {
            if try await condition() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// Sends a signal to one process.
    static func send(_ signal: String, to process: Int32) async throws {
        _ = try await run(.name("kill"), arguments: ["-s", signal, "\(process)"], output: .discarded)
    }
}
