// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// No store could be saved, so no set was published.
public struct BackupRunError: BackupError {
    /// Why, by store.
    public let failures: [StoreName: any Error]

    public var category: BackupErrorCategory {
        let categories = Set(failures.values.map { ($0 as? any BackupError)?.category ?? .store })
        return categories.count == 1 ? categories.first ?? .store : .store
    }

    public var description: String {
        let reasons = failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return "no store could be saved, so no set was made\n" + reasons.joined(separator: "\n")
    }
}
