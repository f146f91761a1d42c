// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import MigrationFiles
import PostgresAdapter

func limitedRunner(store: PostgresVersionStore) -> MigrationRunner<DirectorySource, PostgresVersionStore> {
    MigrationRunner(
        source: DirectorySource("migrations"), store: store,
        options: RunOptions(
            plan: PlanOptions(target: MigrationID("billing:7"), includesSeed: false),
            singleTransaction: true,
            lockWait: .seconds(60)))
}
