// SPDX-License-Identifier: Apache-2.0

import MigrationService

func waitUntilReady(_ readiness: MigrationReadiness) async {
    for await state in readiness.changes {
        print(state)  // migrating 3 of 7: 0003_orders.sql
        if state.isReady { break }
    }
}
