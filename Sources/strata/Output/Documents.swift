// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles

/// One migration in a JSON document.
struct MigrationDocument: Encodable {
    var component: String
    var version: String
    var file: String
    var state: String
    var checksum: String?
    var recordedChecksum: String?
    var appliedAt: String?
    var takesPart: Bool?
    var compatibleWith: String?
    var isCompatible: Bool?
    var neededBuild: String?
    var mode: String?
    var modeReason: String?
    var milliseconds: Double?

    enum CodingKeys: String, CodingKey {
        case component, version, file, state, checksum, mode, milliseconds
        case recordedChecksum = "recorded_checksum"
        case appliedAt = "applied_at"
        case takesPart = "takes_part"
        case compatibleWith = "compatible_with"
        case isCompatible = "compatible"
        case neededBuild = "needed_build"
        case modeReason = "mode_reason"
    }

    init(_ status: MigrationStatus) {
        component = status.id.component.name
        version = status.versionText
        file = status.name
        state = status.label
        checksum = status.migration?.checksum.hexadecimal
        recordedChecksum = status.entry?.checksum.hexadecimal
        appliedAt = status.entry?.appliedAt
        takesPart = status.takesPart
        compatibleWith = status.entry?.compatibleWith ?? status.migration?.directives.compatibleWith?.description
        isCompatible = status.state == .ahead ? status.neededBuild == nil : nil
        neededBuild = status.neededBuild?.description
    }

    init(_ migration: Migration, state: MigrationState) {
        component = migration.id.component.name
        version = migration.versionText
        file = migration.path
        self.state = state.label
        compatibleWith = migration.directives.compatibleWith?.description
        checksum = migration.checksum.hexadecimal
    }

    init(_ step: MigrationPlan.Step) {
        self.init(step.migration, state: .pending)
        mode = step.mode?.name
        modeReason = step.mode?.reason
    }

    init(_ applied: AppliedMigration) {
        self.init(applied.migration, state: .applied)
        milliseconds = applied.duration.milliseconds
    }
}

/// What `status` and `migrate --dry-run` found.
struct PlanDocument: Encodable {
    var migrations: [MigrationDocument]
    var plan: [MigrationDocument]
    var refusals: [String]
    var notices: [String]

    init(_ plan: MigrationPlan) {
        migrations = plan.entries.map(MigrationDocument.init)
        self.plan = plan.steps.map(MigrationDocument.init)
        refusals = plan.refusals.map(\.description)
        notices = plan.notices.map(\.description)
    }
}

/// What `migrate` and `fake` did.
struct ReportDocument: Encodable {
    var applied: [MigrationDocument]
    var recorded: [MigrationDocument]
    var notices: [String]

    init(_ report: MigrationReport) {
        applied = report.applied.map(MigrationDocument.init)
        recorded = report.recorded.map { MigrationDocument($0, state: .applied) }
        notices = report.notices.map(\.description)
    }
}

/// A failure.
struct ErrorDocument: Encodable {
    struct Details: Encodable {
        var code: String
        var status: Int32
        var message: String
        var failed: MigrationDocument?
        var refusals: [String]?
    }

    var error: Details
    var applied: [MigrationDocument]?

    init(code: String, status: ExitStatus, message: String) {
        applied = []
        error = Details(code: code, status: status.rawValue, message: message, refusals: [])
    }

    init(_ error: any Error, status: ExitStatus) {
        let migrationError = error as? MigrationError
        applied = (migrationError?.report.applied ?? []).map(MigrationDocument.init)
        self.error = Details(
            code: migrationError?.code.description ?? (error is MigrationFilesError ? "invalidSource" : "\(status)"),
            status: status.rawValue,
            message: String(describing: error),
            failed: migrationError?.failed.map { MigrationDocument($0, state: .pending) },
            refusals: (migrationError?.refusals ?? []).map(\.description))
    }

    /// Takes away what only commands about migrations have.
    mutating func leaveMigrationsOut() {
        applied = nil
        error.refusals = nil
    }
}
