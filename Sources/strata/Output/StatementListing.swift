// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import PostgresAdapter
import PostgresSyntax

/// Every statement of every file, so that anybody can compare with what psql sends.
struct StatementListing {
    let source: DirectorySource

    private struct Document: Encodable {
        struct File: Encodable {
            var file: String
            var mode: String
            var statements: [Statement]
        }

        struct Statement: Encodable {
            var offset: Int
            var length: Int
            var line: Int
            var column: Int
            var kind: String
        }

        var files: [File]
    }

    func show(json: Bool) throws {
        var files: [Document.File] = []
        var modes = ScriptModes()
        for migration in try inOrderOfExecution(source.migrations()) {
            files.append(try file(migration, &modes))
        }
        if json { return Console.print(Document(files: files)) }
        for file in files {
            Console.result("\(file.file): \(file.mode)")
            for statement in file.statements {
                Console.result(
                    "  \(statement.line):\(statement.column) offset \(statement.offset) length \(statement.length) "
                        + statement.kind)
            }
        }
    }

    /// As a run on an empty database would have them, if it could.
    private func inOrderOfExecution(_ migrations: [Migration]) -> [Migration] {
        let plan = MigrationPlan(migrations: migrations, history: [], options: PlanOptions(includesSeed: true))
        return plan.steps.count == migrations.count ? plan.steps.map(\.migration) : migrations
    }

    private func file(_ migration: Migration, _ modes: inout ScriptModes) throws -> Document.File {
        let script = try source.script(for: migration)
        let mode = try modes.executionMode(of: migration, script: script)
        var pieces = script.pieces()
        var reader = StatementReader { try pieces.next() }
        var statements: [Document.Statement] = []
        while let item = try reader.next() {
            guard case .statement(let statement, _) = item else { continue }
            statements.append(
                Document.Statement(
                    offset: statement.byteRange.lowerBound, length: statement.byteRange.count,
                    line: statement.position.line, column: statement.position.column, kind: statement.kind.name))
        }
        return Document.File(file: migration.path, mode: mode.name, statements: statements)
    }
}

extension StatementKind {
    /// A word for each kind, for programs that read the listing.
    fileprivate var name: String {
        switch self {
        case .begin: "begin"
        case .commit: "commit"
        case .rollback: "rollback"
        case .rollbackToSavepoint: "rollback-to-savepoint"
        case .savepoint: "savepoint"
        case .release: "release"
        case .prepareTransaction: "prepare-transaction"
        case .commitPrepared: "commit-prepared"
        case .rollbackPrepared: "rollback-prepared"
        case .copyFromStdin: "copy-from-stdin"
        case .setSetting: "set"
        case .call: "call"
        case .alterTypeAddValue: "alter-type-add-value"
        case .outsideTransaction: "outside-transaction"
        case .other: "other"
        }
    }
}
