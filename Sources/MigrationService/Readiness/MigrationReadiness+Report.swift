// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension MigrationReadiness {
    /// A state for machines: what a health endpoint may show to anybody who reaches it.
    ///
    /// It quotes no message of the database, because those quote statements and data: they are in the log.
    ///
    /// ```json
    /// {"status": "migrating", "ready": false, "text": "migrating 3 of 7: 0003_orders.sql",
    ///  "migration": "0003_orders.sql", "index": 3, "total": 7}
    /// ```
    public struct Report: Hashable, Sendable, Codable {
        /// `notStarted`, `checking`, `waitingForLock`, `migrating`, `ready`, `failed`, `needsNewerBuild` or `interrupted`.
        public var status: String
        /// Whether the application may serve.
        public var ready: Bool
        /// One line for people.
        public var text: String
        /// The migration that runs or failed.
        public var migration: String?
        /// The number of the migration in the run, from 1.
        public var index: Int?
        /// How many migrations the run has.
        public var total: Int?
        /// The part of the server's present phase that is done, from 0 to 1.
        public var fraction: Double?
        /// How many times the migration gave way to other sessions.
        public var retries: Int?
        /// Who holds the lock.
        public var lockHolder: String?
        /// The build that the database needs, as `core:12`.
        public var neededBuild: String?
    }
}

extension MigrationReadiness.Report {
    /// Says what a state says.
    public init(_ state: MigrationReadiness.State) {
        self.init(status: Self.status(of: state), ready: state.isReady, text: state.publicText)
        switch state {
        case .waitingForLock(let holder): lockHolder = holder?.description
        case .migrating(let step):
            migration = step.path
            index = step.index
            total = step.total
            fraction = step.progress?.fraction
            retries = step.retry?.attempts
        case .failed(let failure): migration = failure.path
        case .needsNewerBuild(let build): neededBuild = build.build?.description
        default: break
        }
    }

    private static func status(of state: MigrationReadiness.State) -> String {
        switch state {
        case .notStarted: "notStarted"
        case .checking: "checking"
        case .waitingForLock: "waitingForLock"
        case .migrating: "migrating"
        case .ready: "ready"
        case .failed: "failed"
        case .needsNewerBuild: "needsNewerBuild"
        case .interrupted: "interrupted"
        }
    }
}
