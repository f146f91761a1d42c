// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

/// Settings that are lists of names are what somebody wrote, and become a part of statements.
@Suite struct SettingListTests {
    @Test(
        arguments: [
            ("\"$user\", public", ["$user", "public"]), ("a,b", ["a", "b"]),
            (" a , \"B \"\"c\"\"\" ", ["a", "B \"c\""]),
            ("\"\"", [""]), ("x;alter/**/role/**/bob/**/superuser", ["x;alter/**/role/**/bob/**/superuser"]),
        ])
    func `a list is its names`(text: String, names: [String]) {
        #expect(SettingList(text)?.names == names)
    }

    @Test(arguments: ["", "a,", ",a", "a b", "\"a", "\"a\"b", "a; DROP ROLE x"])
    func `what is none is left out`(text: String) {
        #expect(SettingList(text) == nil)
        #expect(
            DatabaseTraits.Setting(text: "search_path=\(text)").statement(for: "d")
                == (text.isEmpty ? "ALTER DATABASE \"d\" SET \"search_path\" TO ''" : nil))
    }

    @Test func `no statement comes in with a name`() {
        let setting = DatabaseTraits.Setting(role: "bob", text: "search_path=x;alter/**/role/**/bob/**/superuser")
        #expect(
            setting.statement(for: "d")
                == "ALTER ROLE \"bob\" IN DATABASE \"d\" SET \"search_path\" TO 'x;alter/**/role/**/bob/**/superuser'")
    }
}
