// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// What happened to a runner, and may be the reason of its failure.
struct Hurt: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let cutOff = Self(rawValue: 1)
    static let cutOffAtCommit = Self(rawValue: 2)
    static let statementFailed = Self(rawValue: 4)
    static let lockLost = Self(rawValue: 8)
    static let cancelled = Self(rawValue: 16)
    static let expired = Self(rawValue: 32)

    /// What a runner is told whose connection is lost at a request.
    static func losing(_ request: Request) -> Self { request.isCommit ? .cutOffAtCommit : .cutOff }

    /// Whether a run may fail with this code after what happened to it.
    func explains(_ code: MigrationError.Code) -> Bool {
        switch code {
        case .storeUnavailable: contains(.cutOff)
        case .outcomeUnknown: contains(.cutOffAtCommit)
        case .failed: contains(.statementFailed) || contains(.lockLost)
        case .cancelled: contains(.cancelled)
        case .lockTimeout: contains(.expired)
        default: false
        }
    }
}

extension Hurt: CustomStringConvertible {
    var description: String {
        let names: [(Hurt, String)] = [
            (.cutOff, "being cut off"), (.cutOffAtCommit, "being cut off during a commit"),
            (.statementFailed, "a statement that failed"), (.lockLost, "losing the lock"),
            (.cancelled, "being cancelled"), (.expired, "waiting long enough"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: " and ")
    }
}
