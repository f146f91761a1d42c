// SPDX-License-Identifier: Apache-2.0

import BackupKit
import MigrationCore
import MigrationFiles

/// What the program tells its caller.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case noConnection = 2
    case pending = 3
    case disagreement = 4
    case lockNotFree = 5
    case damaged = 6
    case wrongUsage = 64
    case interrupted = 130

    init(_ code: MigrationError.Code) {
        switch code {
        case .storeUnavailable: self = .noConnection
        case .refused, .invalidSource: self = .disagreement
        case .lockTimeout: self = .lockNotFree
        case .cancelled: self = .interrupted
        default: self = .failed
        }
    }

    init(_ category: BackupErrorCategory) {
        switch category {
        case .unavailable: self = .noConnection
        case .disagreement: self = .disagreement
        case .damaged: self = .damaged
        case .busy: self = .lockNotFree
        case .cancelled: self = .interrupted
        default: self = .failed
        }
    }

    /// The status for any error that a command met.
    init(_ error: any Error) {
        switch error {
        case let error as MigrationError: self.init(error.code)
        case is MigrationFilesError: self = .disagreement
        case let error as any VersionStoreError where error.category == .unavailable: self = .noConnection
        case let error as any VersionStoreError where error.category == .invalidScript: self = .disagreement
        case let error as any BackupError: self.init(error.category)
        case is CancellationError: self = .interrupted
        default: self = .failed
        }
    }
}
