// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore
import PostgresAdapter

/// `strata resolve`: says what became of a statement whose outcome is unknown.
struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Say whether a statement whose outcome is unknown was done.",
        discussion: """
            A file that cannot run in one transaction is executed step by step. When a run stops in a statement of which \
            nothing in the database tells whether it was done (CALL, a DO block that commits), the next run asks for this.

            Example:
              strata resolve 0029 --statement 4 --done
              strata resolve billing:7 --statement 2 --redo
            """)

    private enum Answer: String, EnumerableFlag {
        case done, redo

        static func help(for value: Answer) -> ArgumentHelp? {
            switch value {
            case .done: "It was done; the next run goes on behind it."
            case .redo: "The next run executes it again."
            }
        }
    }

    private struct Document: Encodable {
        var component: String
        var version: String
        var statement: Int
        var answer: String
    }

    @OptionGroup var files: FileOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(help: "The version: 29, 0029 or COMPONENT:29.")
    var version: String

    @Option(help: ArgumentHelp("The number of the statement in its file, as the message gave it.", valueName: "number"))
    var statement: Int

    @Flag private var answer: Answer

    func run() async throws {
        let id = try database.migration(version)
        try await Failure.catching(json: files.json) {
            let session = try await database.store().openSession()
            let found: Bool
            do {
                try await session.lock(LockRequest(timeout: database.lockWait), observe: ProgressLines.tellWaiting)
                found = try await session.resolve(id, statement: statement, isDone: answer == .done)
                await session.close()
            } catch {
                await session.close()
                throw error
            }
            guard found else { throw notWaiting(id) }
            let document = Document(
                component: id.component.name, version: id.version.description, statement: statement,
                answer: answer.rawValue)
            if files.json { return Console.print(document) }
            Console.result("statement \(statement) of \(id): \(answer.rawValue); now run strata migrate")
        }
    }

    func validate() throws {
        _ = try database.migration(version)
    }

    private func notWaiting(_ id: MigrationID) -> Failure {
        let message = "statement \(statement) of \(id) is not waiting for an answer; strata migrate says which one is"
        return Failure(
            status: .disagreement, message: message,
            document: files.json ? ErrorDocument(code: "notWaiting", status: .disagreement, message: message) : nil)
    }
}
