// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// A script that stays in its file, which is kept open: a file that is put in its place meanwhile is not read.
final class LargeScript: MigrationScriptStorage {
    /// Files of up to this many bytes are read into memory as a whole.
    static let threshold = 1 << 20

    let byteCount: Int
    private let file: OpenFile
    private let source: DirectorySource
    private let path: String

    /// - Parameter path: The path in the folder, for errors.
    init(_ file: consuming OpenFile, path: String, of source: DirectorySource) {
        byteCount = file.size
        self.file = file
        self.path = path
        self.source = source
    }

    func read(at offset: Int, into buffer: inout [UInt8], range: Range<Int>) throws {
        let isComplete: Bool
        do throws(FileFailure) {
            isComplete = try file.read(at: offset, into: &buffer, range: range)
        } catch {
            throw source.failure([error.problem(path: path)])
        }
        guard isComplete else { throw source.changed(path) }
    }
}

extension DirectorySource {
    /// The error for a file that somebody writes to while we read.
    func changed(_ path: String) -> MigrationFilesError {
        let message = "the file changed while it was read. Try again when nobody writes to the migrations any more."
        return failure([MigrationFileProblem(.unreadable, path, message)])
    }
}
