// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationService

func answerReadiness(_ readiness: MigrationReadiness) throws -> (status: Int, body: Data) {
    let report = readiness.report
    return (report.ready ? 200 : 503, try JSONEncoder().encode(report))
}
