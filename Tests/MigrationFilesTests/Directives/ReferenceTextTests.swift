// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import MigrationFiles

@Suite struct ReferenceTextTests {
    private let owner = MigrationID(component: "billing", version: 7)

    @Test(arguments: [
        ("core:3", "core", "3"), ("core:0003", "core", "3"), ("billing:8", "billing", "8"), ("8", "billing", "8"),
        ("0", "billing", "0"), ("core:7", "core", "7"), ("seed:20250916123000123456", "seed", "20250916123000123456"),
        ("2024:1", "2024", "1"), ("über-uns_2.0:1", "über-uns_2.0", "1"),
    ])
    func `A component and a version, or a version alone, name a migration`(
        text: String, component: String, version: String
    ) throws {
        let id = try ReferenceText.dependency(text, of: owner)
        #expect(id.component.name == component)
        #expect(id.version == MigrationVersion(version))
    }

    @Test(arguments: [
        ("", "a migration is missing here"), ("core", "\"core\" is not a migration"), ("core:", "\"core:\" is not"),
        (":3", "\":3\" is not a migration"), ("core:x", "\"core:x\" is not"), ("core:-3", "\"core:-3\" is not"),
        ("core:3:4", "\"core:3:4\" is not"), ("core:3.sql", "\"core:3.sql\" is not"), ("core: 3", "\"core: 3\" is not"),
        ("core :3", "\"core :3\" names no component"), (".x:3", "\".x:3\" names no component"),
        ("0003_x.sql", "\"0003_x.sql\" is not"), ("7", "this migration is billing:7 itself"),
        ("billing:00007", "this migration is billing:7 itself"), ("a\u{1B}b", "\"a\\u{1b}b\" is not"),
    ])
    func `Anything else names none, and the reason is said`(text: String, reason: String) {
        let error = #expect(throws: InvalidText.self) { try ReferenceText.dependency(text, of: owner) }
        #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
    }

    @Test func `Where blanks are in a reference, the comma is explained`() {
        let error = #expect(throws: InvalidText.self) { try ReferenceText.dependency("core:1 core:2", of: owner) }
        #expect(error?.reason.hasSuffix("separate several with commas") == true)
    }

    @Test(arguments: [
        ("core:3", "core:3"), ("core:0003", "core:3"), ("3", "billing:3"), ("7", "billing:7"),
        ("billing:00007", "billing:7"),
    ])
    func `The oldest build may be the one that has the migration itself`(text: String, build: String) throws {
        #expect(try ReferenceText.oldestBuild(text, after: owner).description == build)
    }

    @Test(arguments: [
        ("core", "for component billing"), ("core:1, billing:2", "; a build is named by one migration"),
        ("core:1 billing:2", "; a build is named by one migration"), ("", "write COMPONENT:VERSION"),
    ])
    func `A build is one migration`(text: String, end: String) {
        let error = #expect(throws: InvalidText.self) { try ReferenceText.oldestBuild(text, after: owner) }
        #expect(error?.reason.hasSuffix(end) == true, "\(error?.reason ?? "")")
    }
}
