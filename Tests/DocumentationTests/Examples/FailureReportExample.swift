// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import PostgresAdapter

func report(_ error: MigrationError) {
    print(error)  // what, where, what to do
    print("applied before that:", error.report.applied.map(\.migration.path))
    switch error.code {
    case .storeUnavailable: print("try again later")
    case .refused: print("files and history disagree:", error.refusals.count, "reasons")
    case .lockTimeout: print("another process is still migrating")
    default: print("the migration was undone:", error.failed?.path ?? "none")
    }
}
