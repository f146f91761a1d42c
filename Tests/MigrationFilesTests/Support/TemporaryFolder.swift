// SPDX-License-Identifier: Apache-2.0

import MigrationFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder of a test's own; removed with everything in it when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    /// Makes a folder with files: paths within it, and their text.
    init(_ files: KeyValuePairs<String, String> = [:]) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "strata-files-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var source: DirectorySource { DirectorySource(path) }

    func write(_ name: String, _ text: String) throws {
        try write(name, bytes: Array(text.utf8))
    }

    func write(_ name: String, bytes: [UInt8]) throws {
        try makeFolder(name.split(separator: "/").dropLast().joined(separator: "/"))
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    }

    /// Makes a symbolic link; the target is relative to the link.
    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    func setPermissions(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }

    func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
    }

    /// The problems of the folder, as they are shown; none if it is in order.
    func problems() -> [String] {
        problems { _ = try source.migrations() }
    }

    /// The problems that a piece of code throws.
    func problems(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            return []
        } catch let error as MigrationFilesError {
            return error.problems.map(\.description)
        } catch {
            return ["not a MigrationFilesError: \(error)"]
        }
    }
}
