// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ThrowawayPostgres

@Suite("ThrowawayPostgres: what fails, and how it says so", .serialized)
struct FailureTests {
    @Test("A server that refuses its settings tells why, and leaves nothing")
    func badSetting() async throws {
        try await Server.inScratch { _, options in
            var options = options
            options.settings = ["no_such_setting": "1"]
            let error = await Server.error { _ = try await ThrowawayPostgres.start(options) }
            #expect(error?.code == .serverDidNotStart)
            #expect(error?.output?.contains("no_such_setting") == true, "\(String(describing: error))")
        }
    }

    @Test("An initdb that fails tells why, and leaves nothing")
    func badLocale() async throws {
        try await Server.inScratch { _, options in
            var options = options
            options.locale = "no_SUCH.locale"
            let error = await Server.error { _ = try await ThrowawayPostgres.start(options) }
            #expect(error?.code == .initializationFailed)
            #expect(error?.output?.contains("no_SUCH.locale") == true, "\(String(describing: error))")
        }
    }

    @Test("A parent folder that does not exist is named")
    func noParent() async throws {
        var options = ThrowawayPostgres.Options()
        options.parentFolder = "/no-such-folder"
        let error = await Server.error { _ = try await ThrowawayPostgres.start(options) }
        #expect(error?.code == .folderNotCreated)
        #expect(error?.description.contains("/no-such-folder") == true)
    }

    @Test("A folder whose socket would have too long a path is refused before anything is made")
    func tooLong() async throws {
        var options = ThrowawayPostgres.Options()
        options.parentFolder = "/tmp/" + String(repeating: "x", count: 80)
        let error = await Server.error { _ = try await ThrowawayPostgres.start(options) }
        #expect(error?.code == .folderPathTooLong)
        #expect(error?.message.contains("103") == true)
    }

    @Test("A start that takes too long ends, and leaves nothing")
    func tooSlow() async throws {
        try await Server.inScratch { _, options in
            var options = options
            options.startTimeout = .milliseconds(150)
            let error = await Server.error { _ = try await ThrowawayPostgres.start(options) }
            #expect(error?.code == .timedOut)
        }
    }

    @Test("A cancelled start leaves nothing, whenever it is cancelled", arguments: [0, 20, 100, 300, 500])
    func cancelled(milliseconds: Int) async throws {
        try await Server.inScratch { scratch, options in
            let start = Task { try await ThrowawayPostgres.start(options) }
            if milliseconds > 0 { try await Task.sleep(for: .milliseconds(milliseconds)) }
            start.cancel()
            let result = await start.result
            switch result {
            case .failure(let error): #expect(error is CancellationError)
            // On a busy machine it was done before this test went on.
            case .success(let server):
                #expect(milliseconds > 0)
                await server.stop()
            }
            #expect(scratch.folders == [])
        }
    }

    @Test("An account that does not exist is named")
    func noAccount() async throws {
        var options = ThrowawayPostgres.Options()
        options.account = "no-such-account"
        // Only root changes accounts; for anybody else the option has no meaning.
        guard FileManager.default.isWritableFile(atPath: "/") else { return }
        let error = await Server.error { _ = try await ThrowawayPostgres.start(options) }
        #expect(error?.code == .accountNotFound)
        #expect(error?.message.contains("no-such-account") == true)
    }

    @Test("A tool that does not exist, or writes too much, is an error; one that fails is a result")
    func tools() async throws {
        try await Server.inScratch { _, options in
            try await ThrowawayPostgres.withServer(options) { server in
                #expect(await Server.error { _ = try await server.run(tool: "no-such-tool") }?.code == .toolFailed)
                let tooMuch = await Server.error {
                    _ = try await server.run(tool: "psql", ["-Xc", "SELECT repeat('x', 10000)"], outputLimit: 1000)
                }
                #expect(tooMuch?.code == .toolFailed)
                let failed = try await server.run(tool: "psql", ["-Xc", "SELECT nonsense"])
                #expect(failed.status == 1)
                #expect(failed.errorText.contains("nonsense"))
            }
        }
    }
}
