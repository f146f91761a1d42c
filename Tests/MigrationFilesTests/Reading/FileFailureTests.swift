// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

@testable import MigrationFiles

@Suite struct FileFailureTests {
    @Test(
        arguments: [
            (
                .system(.noSuchFileOrDirectory), "there is no such file: it is a symbolic link whose target is gone",
                .unreadable
            ),
            (.system(.tooManySymbolicLinkLevels), "the symbolic link leads to itself", .unreadable),
            (.system(.permissionDenied), "the file cannot be read: permission denied", .unreadable),
            (.system(.notPermitted), "the file cannot be read: permission denied", .unreadable),
            (.system(.tooManyOpenFiles), "the file cannot be opened: Too many open files", .unreadable),
            (.system(.ioError), "the file cannot be read: Input/output error", .unreadable),
            (.notAFile(.directory), "this is a folder", .notAFile), (.notAFile(.fifo), "this is a pipe", .notAFile),
            (.notAFile(.socket), "this is a pipe, socket or device", .notAFile),
            (.notUTF8(offset: 12, line: 3), "not UTF-8: the byte at offset 12", .invalidText),
            (.wideEncoding("UTF-16"), "the file is UTF-16", .invalidText),
            (.nulByte(offset: 0, line: 1), "NUL byte at offset 0", .invalidText),
        ] as [(FileFailure, String, MigrationFileProblem.Code)])
    func `Each failure says what happened and what to do`(
        failure: FileFailure, message: String, code: MigrationFileProblem.Code
    ) {
        let problem = failure.problem(path: "0001_x.sql")
        #expect(problem.message.hasPrefix(message))
        #expect(problem.code == code)
        #expect(problem.path == "0001_x.sql")
    }

    @Test func `An error that is none of the system's counts as one of reading`() {
        struct Other: Error {}
        guard case .system(.ioError) = FileFailure(Other()) else { Issue.record("another failure"); return }
        guard case .system(.fileTooLarge) = FileFailure(Errno.fileTooLarge) else { Issue.record("lost"); return }
    }
}
