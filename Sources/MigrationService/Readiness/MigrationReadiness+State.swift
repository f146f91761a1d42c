// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

extension MigrationReadiness {
    /// What an application does before it is ready.
    public enum State: Hashable, Sendable {
        /// Nothing was asked of the database yet.
        case notStarted
        /// The history is being read, or a plan made.
        case checking
        /// Another run holds the lock.
        case waitingForLock(holder: LockHolder?)
        /// A migration runs.
        case migrating(Step)
        /// The application may serve.
        case ready
        /// The start failed, and is not tried again by this process.
        case failed(Failure)
        /// The database needs a newer build than this one; it is looked at again now and then.
        case needsNewerBuild(NeededBuild)
        /// The start was cancelled before it was done.
        case interrupted

        /// Whether the application may serve.
        public var isReady: Bool { self == .ready }
    }

    /// The migration that runs, and its place in the run.
    public struct Step: Hashable, Sendable {
        /// The file's path.
        public var path: String
        /// Its number in the run, from 1.
        public var index: Int
        /// How many the run has.
        public var total: Int
        /// How far the server is with a long command of it, where that is known.
        public var progress: StoreProgress?
        /// That it gave way to other sessions, and is tried again.
        public var retry: StoreRetry?

        /// Makes a step.
        public init(
            path: String, index: Int, total: Int, progress: StoreProgress? = nil, retry: StoreRetry? = nil
        ) {
            self.path = path
            self.index = index
            self.total = total
            self.progress = progress
            self.retry = retry
        }

        /// What there is to say beside path and place.
        var details: String {
            if let progress { return " (\(progress))" }
            return retry.map { " (gave way to other sessions, \($0.attempts) times: \($0.reason))" } ?? ""
        }
    }

    /// Why the start failed.
    public struct Failure: Hashable, Sendable {
        /// The kind of failure.
        public var code: MigrationError.Code
        /// The file that failed, if one did.
        public var path: String?
        /// Everything that is known, for the log: it may quote statements and data of the database.
        public var details: String

        /// What happened in one line, without anything that the server said.
        public var summary: String {
            switch code {
            case .invalidSource: "the migrations cannot be read"
            case .storeUnavailable: "the database cannot be reached"
            case .refused: "the database and the migrations of this build do not fit together"
            case .lockTimeout: "another run held the lock for too long"
            case .outcomeUnknown: "\(path ?? "a migration") may or may not have taken effect: the next run finds out"
            default: path.map { "\($0) could not be applied" } ?? "the run failed"
            }
        }

        init(_ error: MigrationError) {
            code = error.code
            path = error.failed?.path
            details = error.description
        }
    }
}

extension MigrationReadiness.State: CustomStringConvertible {
    /// For people: `waiting for lock held by …`, `migrating 3 of 7: 0003_orders.sql`, `ready`, `failed: …`.
    public var description: String {
        switch self {
        case .failed(let failure): "failed: \(failure.details)"
        case .needsNewerBuild(let build): "needs a newer build: \(build)"
        default: publicText
        }
    }

    /// The same in one line, without what a server said: its messages quote statements and data.
    var publicText: String {
        switch self {
        case .notStarted: "not started"
        case .checking: "reading the migration history"
        case .waitingForLock(let holder): "waiting for lock held by \(holder?.description ?? "another run")"
        case .migrating(let step):
            "migrating \(step.index) of \(step.total): \(step.path)\(step.details)"
        case .ready: "ready"
        case .failed(let failure): "failed: \(failure.summary); the log has the reason"
        case .needsNewerBuild(let build):
            "needs a newer build\(build.build.map { ": one that has \($0) or later" } ?? "; the log says which")"
        case .interrupted: "interrupted"
        }
    }
}
