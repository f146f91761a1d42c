// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ThrowawayPostgres

/// `strata demo`: shows what the program does, on a server that it starts itself.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show all of it, on throw-away servers that the demo starts itself.",
        discussion: """
            Needs PostgreSQL's programs (Debian, Ubuntu: apt-get install postgresql), but no running server. Redis and \
            ChromaDB (in PATH, or in the folder that STRATA_CHROMA_BIN names) take part where they are installed. Works on a copy of the \
            migrations, and leaves nothing behind.

            Example:
              strata demo
            """)

    @OptionGroup var files: FileOptions

    func run() async throws {
        let passed = try await Failure.catching(json: files.json) {
            try await ThrowawayPostgres.withServer { server in
                try await DemoStores.with { stores in
                    let stage = try DemoStage(
                        server: server, stores: stores, migrations: files.migrations, json: files.json)
                    return try await DemoScript(stage: stage).play()
                }
            }
        }
        if !passed { throw Failure(status: .failed, message: "a step of the demo did not end as it should") }
    }
}
