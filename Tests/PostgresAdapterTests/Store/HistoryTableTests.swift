// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("HistoryTable")
struct HistoryTableTests {
    @Test(
        "A text is a table, or a schema and a table with one dot between them, taken letter by letter",
        arguments: [
            ("schema_versions", "public", "schema_versions"), ("app.history", "app", "history"),
            ("App.History", "App", "History"), ("it's", "public", "it's"), ("a\"b.c d", "a\"b", "c d"),
            ("Übersicht", "public", "Übersicht"),
        ])
    func reads(text: String, schema: String, name: String) {
        #expect(HistoryTable(text) == HistoryTable(schema: schema, name: name))
    }

    @Test(
        "What is neither is refused, as is a name that PostgreSQL would cut at 63 bytes",
        arguments: [
            "", ".", "a.", ".b", "a.b.c", "a..b", String(repeating: "x", count: 64), String(repeating: "é", count: 32),
        ])
    func refuses(text: String) {
        #expect(HistoryTable(text) == nil)
    }

    @Test("63 bytes are not too long")
    func longest() {
        #expect(HistoryTable(String(repeating: "x", count: 63))?.name.utf8.count == 63)
    }

    @Test("In SQL both parts are quoted, so that dots, quotes and capitals in them stay what they are")
    func quoting() {
        #expect(HistoryTable.standard.sql == #""public"."schema_versions""#)
        #expect(HistoryTable(schema: "a.b", name: "C\"d").sql == #""a.b"."C""d""#)
    }

    @Test("People read schema and table with a dot between them")
    func description() {
        #expect(HistoryTable.standard.description == "public.schema_versions")
    }

    /// Different versions of the program run at the same time while a fleet is being updated. If this test fails, they no longer
    /// keep each other out: the key must never change.
    @Test(
        "The lock's key is the same in every version of the program",
        arguments: [
            (HistoryTable.standard, Int64(-409_727_005_174_598_762)),
            (HistoryTable(schema: "app"), Int64(1_148_267_283_269_556_202)),
            (HistoryTable(name: "history"), Int64(8_341_507_662_382_088_674)),
        ])
    func lockKey(table: HistoryTable, key: Int64) {
        #expect(table.lockKey == key)
    }
}
