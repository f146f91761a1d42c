// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// The build that a database needs, because newer migrations than this build knows were applied to it.
public struct NeededBuild: Hashable, Sendable, CustomStringConvertible {
    /// The oldest build that can work with the database, named by its newest migration; `nil` when the database does not say.
    public var build: MigrationID?
    /// What the database has, what it needs, and what to do, for people.
    public var description: String

    /// Names a build.
    public init(build: MigrationID?, description: String) {
        self.build = build
        self.description = description
    }
}

extension NeededBuild {
    /// Tells which build a failed run asks for; `nil` for every other failure.
    package typealias Detection = @Sendable (MigrationError) -> NeededBuild?

    /// What the runner's own errors say.
    package static let detect: Detection = { error in
        (error.underlying as? SchemaTooNewError).map { NeededBuild(build: $0.neededBuild, description: $0.description) }
    }
}
