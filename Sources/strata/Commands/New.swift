// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import MigrationCore
import MigrationFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `strata new`: creates the next migration file.
struct New: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Create the next numbered file.",
        discussion: """
            The number follows the newest one of the component, with as many digits. Nothing is ever overwritten.

            Example:
              strata new "add users"
              strata new --component billing "invoice numbers"
            """)

    private struct Document: Encodable {
        var created: String
    }

    @OptionGroup var files: FileOptions

    @Argument(help: "What the migration does, in a few words.")
    var description: [String]

    @Option(help: ArgumentHelp("The component of the new migration.", valueName: "name"))
    var component = Component.core.name

    func run() async throws {
        try await Failure.catching(json: files.json) {
            let path = try files.source.create(
                description: description.joined(separator: " "), component: Component(component),
                timestamp: Self.timestamp)
            if files.json { Console.print(Document(created: path)) } else { Console.result(path) }
        }
    }

    /// Now, as 14 digits in UTC, for folders that are numbered by time.
    private static var timestamp: String {
        Date.now.formatted(.iso8601).filter(\.isNumber)
    }
}
