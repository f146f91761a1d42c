// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Writes files that must not exist yet.
enum NewFile {
    /// Creates a file with a text. What exists is left alone, whoever created it and whenever; of a file that could not be
    /// written completely nothing stays.
    static func write(_ text: String, to path: FilePath) throws(Errno) {
        do {
            let descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
            do {
                try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
            } catch {
                try? FileManager.default.removeItem(atPath: path.string)
                throw error
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
