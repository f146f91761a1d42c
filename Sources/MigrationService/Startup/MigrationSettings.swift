// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What an application does about migrations when it starts.
public struct MigrationSettings: Hashable, Sendable {
    /// Whether to apply what is pending, and whether to insist on the latest schema.
    public var policy: StartupPolicy
    /// How runs work: what they cover, how long they wait for another run.
    public var options: RunOptions
    /// The folder of the migrations, for those who read it from a configuration. Nothing in this module opens it.
    public var path: String
    /// What to do when the database needs a newer build than this one.
    public var newerBuild: NewerBuild

    /// What to do when the database needs a newer build than this one, as it does after a roll-back of the application.
    public enum NewerBuild: Hashable, Sendable {
        /// Stay unready, and look again after each interval: no platform restarts the process again and again.
        case lookAgain(every: Duration)
        /// Fail as any other refusal does.
        case fail
    }

    /// Makes settings; by default nothing is changed and nothing is required.
    public init(
        policy: StartupPolicy = StartupPolicy(), options: RunOptions = RunOptions(), path: String = "migrations",
        newerBuild: NewerBuild = .lookAgain(every: .seconds(30))
    ) {
        self.policy = policy
        self.options = options
        self.path = path
        self.newerBuild = newerBuild
    }
}
