// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@Suite struct MigrationIDTests {
    @Test(arguments: [
        ("7", "core", "7"), ("0007", "core", "7"), ("billing:12", "billing", "12"), ("seed:0001", "seed", "1"),
        ("core:20250916123000123456", "core", "20250916123000123456"), ("a b.c-d:1", "a b.c-d", "1"),
    ])
    func `a version, or a component and a version, is an identity`(text: String, component: String, version: String) {
        let id = MigrationID(text)
        #expect(id?.component == Component(component))
        #expect(id?.version.description == version)
        #expect(id?.description == "\(component):\(version)")
    }

    @Test(arguments: ["", ":", "7:", ":7", "billing:", "billing", "billing:x", "a:b:7", "billing: 7", "billing:-7"])
    func `anything else is none`(text: String) {
        #expect(MigrationID(text) == nil)
    }

    @Test func `a text without a component belongs to the default one`() {
        #expect(MigrationID("7", defaultComponent: "billing") == MigrationID(component: "billing", version: 7))
        #expect(MigrationID("core:7", defaultComponent: "billing") == MigrationID(version: 7))
    }

    @Test func `identities are ordered by component, core first and seed last, then by version`() {
        let ascending: [MigrationID] = [
            "core:1", "core:2", "core:10", "Zeta:1", "alpha:9", "alpha:10", "z:1", "seed:1", "seed:2",
        ]
        var generator = SeededGenerator(state: 1)
        for _ in 1...20 {
            #expect(ascending.shuffled(using: &generator).sorted() == ascending)
        }
    }
}
