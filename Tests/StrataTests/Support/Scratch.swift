// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A folder of one test; it goes with the last reference to it.
final class Scratch: Sendable {
    let path: String
    private let files = Mutex(0)

    init() throws {
        let parent = FileManager.default.temporaryDirectory.path
        path = "\(parent)/strata-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file that is not there yet.
    func newFile(_ name: String) -> String {
        let number = files.withLock { count in
            count += 1
            return count
        }
        return "\(path)/\(name).\(number)"
    }

    /// Writes a file, and the folders above it.
    func write(_ name: String, _ text: String) throws {
        try write(name, Array(text.utf8))
    }

    /// Writes a file, and the folders above it.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    /// Lets nobody but the owner read a file.
    func protect(_ name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(path)/\(name)")
    }

    func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(name)")
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
}
