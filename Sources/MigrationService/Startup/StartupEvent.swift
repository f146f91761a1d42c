// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What a ``MigrationStartup`` tells while it goes on.
public enum StartupEvent: Sendable {
    /// A look at the database begins; the first one, or another after ``needsNewerBuild(_:nextLook:)``.
    case began(StartupPolicy)
    /// The runner told something.
    case run(MigrationEvent)
    /// The wait for another run is over, whatever came of it, and took that long.
    case lockWaitEnded(Duration)
    /// The schema is as the policy asks for; the application may serve.
    case ready(MigrationReport)
    /// The start failed.
    case failed(MigrationError)
    /// The start was cancelled; what it was doing is undone.
    case interrupted(MigrationError)
    /// The database needs a newer build than this one; it is looked at again after that time.
    case needsNewerBuild(NeededBuild, nextLook: Duration)
}
