// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationTesting

/// What is explored: migrations, runners, and what may happen to them.
struct Scenario: Sendable {
    var name: String
    var migrations: [ModelMigration]
    /// The kinds of runners; each has a folder of its own.
    var kinds: [RunnerKind]
    /// The kind of each runner that starts.
    var runners: [Int]
    /// The kind of the runner that has to bring everything to its end when all others are over; `nil`: no kind could.
    var last: Int?
    var faultLimit: Int
    var faults: Set<Fault> = Set(Fault.allCases).subtracting([.loseLock])
    /// Whether the folders disagree, so that a runner may find that it is too late for one of its migrations.
    var mayRefuse = false
    var fence = Fence.lock
    var flaw: Flaw?

    /// Runners that all have the same folder.
    init(_ name: String, _ migrations: [ModelMigration], runners: Int, faults: Int, options: RunOptions = RunOptions())
    {
        self.init(
            name, migrations, kinds: [RunnerKind(folder: Array(migrations.indices), options: options)],
            runners: Array(repeating: 0, count: runners), last: 0, faults: faults)
    }

    init(
        _ name: String, _ migrations: [ModelMigration], kinds: [RunnerKind], runners: [Int], last: Int?, faults: Int
    ) {
        precondition(migrations.count <= 16 && migrations.allSatisfy { $0.steps <= 15 }, "effects are bytes")
        self.name = name
        self.migrations = migrations
        self.kinds = kinds
        self.runners = runners
        self.last = last
        faultLimit = faults
    }

    func index(of id: MigrationID) -> Int {
        guard let index = migrations.firstIndex(where: { $0.migration.id == id }) else {
            preconditionFailure("\(id) is no migration of the scenario")
        }
        return index
    }

    func with(_ flaw: Flaw) -> Scenario {
        var copy = self
        copy.flaw = flaw
        return copy
    }

    func with(_ faults: Set<Fault>) -> Scenario {
        var copy = self
        copy.faults = faults
        return copy
    }

    /// Also that the lock is lost while the session lives.
    func losingLocks(fence: Fence = .lock) -> Scenario {
        var copy = self
        copy.faults.insert(.loseLock)
        copy.fence = fence
        return copy
    }
}

/// A migration, and how the model executes it.
struct ModelMigration: Sendable {
    var migration: Migration
    var script: String
    /// How many statements it has that cannot be part of a transaction; 0: it runs in one.
    var steps: Int
    /// Whether the first attempt fails.
    var failsOnce: Bool

    init(
        _ version: String, component: Component = .core, dependsOn dependencies: [MigrationID] = [], steps: Int = 0,
        failsOnce: Bool = false
    ) {
        script = "\(component) \(version)"
        migration =
            InMemoryMigration(version, script, component: component, dependsOn: dependencies).migration
        self.steps = steps
        self.failsOnce = failsOnce
    }

    /// `count` migrations, each in one transaction.
    static func plain(_ count: Int) -> [ModelMigration] {
        (1...count).map { ModelMigration("\($0)") }
    }
}

/// A runner as it is started: what it knows, and what it is asked for.
struct RunnerKind: Sendable {
    enum Command: Sendable {
        case apply
        /// Records the migration without executing it.
        case fake(Int)
    }

    /// The migrations that it has, as indices into the scenario's.
    var folder: [Int]
    var command = Command.apply
    var options = RunOptions()

    /// What is in the history when it was successful.
    var achieves: UInt64 {
        switch command {
        case .apply: folder.reduce(0) { $0 | 1 << UInt64($1) }
        case .fake(let index): 1 << UInt64(index)
        }
    }
}

/// What can happen to a runner that waits for an answer.
enum Fault: CaseIterable, Sendable {
    /// Its process is gone, and another one takes its place. The server notices at any later moment.
    case crash
    /// The connection is cut: the runner is told so, the server notices at any later moment.
    case cut
    /// The server ends the session; the runner is told when it asks next.
    case endSession
    /// The lock is gone but the session is not: a script released it, or a pooler handed out another session.
    case loseLock
    /// Its task is cancelled.
    case cancel
    /// It waited for the lock long enough.
    case deadline
}

/// What each transaction of a run makes sure of, as its first statement.
enum Fence: Sendable {
    /// That the lock is the session's own or nobody's, and stays so: `pg_try_advisory_xact_lock`, as `PostgresAdapter` does.
    case lock
    /// That besides nobody wrote to the history since this session read it.
    case lockAndHistory
}

/// A bug that is planted into the sessions or the server, to be found.
enum Flaw: String, CaseIterable, Sendable {
    case noLock
    case historyIsNotReadAgainUnderTheLock
    case lockIsReleasedBeforeApply
    case lockIsReleasedBeforeCommit
    case historyHasATransactionOfItsOwn
    case historyIsWrittenFirst
    case noFence
    case flagBlocksTheNextRun
    case lockOutlivesItsSession
    case stepsAreNotAnnounced
    case startedStepsAreRepeated
    case unknownStepsCountAsDone
    case stepsRunBackwards
    case journalIsNotEmptied
    case recordingExecutes
    case applyDoesNothing
    case lostCommitsCountAsDone
    case lostConnectionsCountAsFailures
    case closeDoesNothingWhenCancelled
}
