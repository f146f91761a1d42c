// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess
import Synchronization
import Testing

@testable import ThrowawayPostgres

@Suite("Programs that run as another account")
struct AccountTests {
    private static let number = 150

    /// Between fork and exec, the C library on Linux waits for threads that are just being made: for ever, because the new process has none.
    @Test("They are started while threads come and go", .enabled(if: Platform.isRoot), .timeLimit(.minutes(15)))
    func whileThreadsComeAndGo() async throws {
        let account = try #require(try await SystemAccount.forServer(named: nil))
        let options = ThrowawayPostgres.Options()
        let command = SupervisorCommand(
            options: options, binaries: try await PostgresBinaries.find(), folder: try ServerFolder(options),
            files: try ServerFiles(options), account: account)
        let isOver = Flag()
        defer { isOver.set() }
        for _ in 0..<8 {
            Thread.detachNewThread {
                while !isOver.isSet {
                    let next = Thread {}
                    next.start()
                    // Nothing is waited for: without a pause the threads that nobody has run yet would fill the memory.
                    usleep(100)
                }
            }
        }
        for _ in 0..<Self.number {
            let result = try await Subprocess.run(command.sweep, output: .discarded)
            #expect(result.terminationStatus.isSuccess)
        }
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
