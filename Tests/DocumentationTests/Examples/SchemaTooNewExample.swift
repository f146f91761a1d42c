// SPDX-License-Identifier: Apache-2.0

import MigrationCore

func buildThatIsNeeded(after error: MigrationError) -> String? {
    guard let tooNew = error.underlying as? SchemaTooNewError else { return nil }
    for entry in tooNew.entries { print(entry.id, entry.compatibilityText ?? "") }
    return tooNew.neededBuild?.description
}
