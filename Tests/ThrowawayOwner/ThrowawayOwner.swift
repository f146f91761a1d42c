// SPDX-License-Identifier: Apache-2.0

import Foundation
import ThrowawayPostgres

/// A process that owns a server, for tests that kill it.
///
/// `throwaway-owner PARENT-FOLDER [with-child]` makes a server in the folder, starts a program that outlives everybody if asked to, writes
/// `ready SERVER-PROCESS CHILD-PROCESS`, and waits for ever.
@main
struct ThrowawayOwner {
    static func main() async throws {
        let arguments = CommandLine.arguments
        var options = ThrowawayPostgres.Options()
        if arguments.count > 1 { options.parentFolder = arguments[1] }
        let server = try await ThrowawayPostgres.start(options)
        var child: Int32 = 0
        if arguments.contains("with-child") {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sleep")
            process.arguments = ["600"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            child = process.processIdentifier
        }
        // Not print, which keeps it until there is more.
        try FileHandle.standardOutput.write(contentsOf: Data("ready \(server.processID ?? 0) \(child)\n".utf8))
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
