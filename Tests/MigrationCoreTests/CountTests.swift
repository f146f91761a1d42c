// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite("Counts for people")
struct CountTests {
    @Test("One is one, and everything else is many", arguments: [(0, "0 keys"), (1, "1 key"), (2, "2 keys")])
    func named(number: Int64, text: String) { #expect(number.named("key") == text) }
}
