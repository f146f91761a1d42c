// SPDX-License-Identifier: Apache-2.0

extension MigrationError {
    /// The error for one that a source threw before anything was executed.
    init(readingSource error: any Error) {
        self.init(code: Code(error) == .cancelled ? .cancelled : .invalidSource, underlying: error)
    }
}

extension MigrationError.Code {
    /// The code for an error that a source or a store threw.
    init(_ error: any Error) {
        switch error {
        case is CancellationError: self = .cancelled
        case is ScriptChangedError: self = .invalidSource
        case let error as any VersionStoreError: self.init(error.category)
        default: self = .failed
        }
    }

    private init(_ category: VersionStoreErrorCategory) {
        switch category {
        case .unavailable: self = .storeUnavailable
        case .lockTimeout: self = .lockTimeout
        case .cancelled: self = .cancelled
        case .invalidScript: self = .refused
        case .outcomeUnknown: self = .outcomeUnknown
        default: self = .failed
        }
    }
}
