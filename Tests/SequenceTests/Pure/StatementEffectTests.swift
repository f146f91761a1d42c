// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("StatementEffect")
struct StatementEffectTests {
    private static func name(_ parts: String...) -> QualifiedName { QualifiedName(parts: parts) }
    private static let long = String(repeating: "x", count: 70)
    private static let cut = String(repeating: "x", count: 63)

    static let cases: [(String, StatementEffect)] = [
        ("CREATE INDEX CONCURRENTLY i ON t (a)", .createsIndex(name: "i", table: name("t"))),
        (
            "create unique index concurrently if not exists I on only S.T using btree (a)",
            .createsIndex(name: "i", table: name("s", "t"))
        ),
        (#"CREATE INDEX CONCURRENTLY "I ""x""" ON "S"."T" (a)"#, .createsIndex(name: #"I "x""#, table: name("S", "T"))),
        ("CREATE INDEX CONCURRENTLY ON t (a)", .createsIndex(name: nil, table: name("t"))),
        ("CREATE INDEX CONCURRENTLY ON ONLY t (a)", .createsIndex(name: nil, table: name("t"))),
        (#"CREATE INDEX CONCURRENTLY "on" ON t (a)"#, .createsIndex(name: "on", table: name("t"))),
        ("CREATE INDEX CONCURRENTLY Ärger ON \(long) (a)", .createsIndex(name: "Ärger", table: name(cut))),
        (#"CREATE INDEX CONCURRENTLY U&"i" ON t (a)"#, .createsIndex(name: nil, table: name("t"))),
        (#"CREATE INDEX CONCURRENTLY i ON U&"t" (a)"#, .unknown),
        ("DROP INDEX CONCURRENTLY s.i", .dropsIndex(name("s", "i"))),
        ("DROP INDEX CONCURRENTLY IF EXISTS i RESTRICT", .dropsIndex(name("i"))),
        ("REINDEX TABLE CONCURRENTLY t", .rebuildsIndexes), ("REINDEX (CONCURRENTLY) INDEX i", .rebuildsIndexes),
        ("CREATE DATABASE \"D\" OWNER o", .createsDatabase("D")),
        ("DROP DATABASE IF EXISTS d WITH (FORCE)", .dropsDatabase("d")),
        ("DROP DATABASE \(long)", .dropsDatabase(cut)),
        ("CREATE TABLESPACE s LOCATION '/x'", .createsTablespace("s")),
        ("DROP TABLESPACE IF EXISTS s", .dropsTablespace("s")),
        ("CREATE SUBSCRIPTION s CONNECTION 'c' PUBLICATION p", .createsSubscription("s")),
        ("DROP SUBSCRIPTION IF EXISTS s CASCADE", .dropsSubscription("s")),
        ("ALTER SUBSCRIPTION s REFRESH PUBLICATION", .repeatable),
        ("ALTER SUBSCRIPTION s SET PUBLICATION p", .repeatable),
        ("ALTER SUBSCRIPTION set ADD PUBLICATION p", .unknown), ("ALTER SUBSCRIPTION s DROP PUBLICATION p", .unknown),
        ("ALTER TABLE p DETACH PARTITION c CONCURRENTLY", .detachesPartition(name("c"), from: name("p"))),
        (
            "ALTER TABLE IF EXISTS ONLY (s.p) DETACH PARTITION s.\"C\" CONCURRENTLY",
            .detachesPartition(name("s", "C"), from: name("s", "p"))
        ),
        ("COMMIT PREPARED 'it''s'", .endsPrepared(literal: "'it''s'")),
        ("ROLLBACK PREPARED 'x'", .endsPrepared(literal: "'x'")),
        ("DISCARD ALL", .resetsSession), ("VACUUM", .repeatable), ("VACUUM FREEZE t", .repeatable),
        ("VACUUM (FULL false, ANALYZE) t", .repeatable), ("vacuum (full off) t", .repeatable),
        ("VACUUM (ANALYZE) t (\"full\")", .repeatable), ("VACUUM FULL t", .rewrites), ("vacuum full", .rewrites),
        ("VACUUM (VERBOSE, FULL) t", .rewrites), ("VACUUM (FULL true) t", .rewrites), ("CLUSTER", .rewrites),
        ("CLUSTER t USING i", .rewrites), ("REINDEX TABLE p", .rewrites),
        ("REINDEX SCHEMA s", .rewrites), ("ALTER SYSTEM SET a = 1", .repeatable),
        ("ALTER DATABASE d SET TABLESPACE t", .repeatable),
        ("CALL p()", .unknown), ("DO $$ BEGIN COMMIT; END $$", .unknown), ("DO $$ BEGIN CALL p(); END $$", .unknown),
    ]

    @Test("What a statement does is read from its words", arguments: cases)
    func reading(text: String, expected: StatementEffect) throws {
        #expect(try Reading(text + ";").effect == expected)
    }

    static let outcomes: [(StatementEffect, String?, [[String?]], StatementOutcome)] = [
        (.createsIndex(name: "i", table: name("t")), nil, [], .notDone()),
        (.createsIndex(name: "i", table: name("t")), "1,2", [["2", "t", "s.i"]], .notDone()),
        (.createsIndex(name: "i", table: name("t")), "1,2", [["3", "t", "s.i"]], .done),
        (
            .createsIndex(name: "i", table: name("t")), "1", [["3", "f", "s.i"]],
            .notDone(cleanUp: ["DROP INDEX CONCURRENTLY IF EXISTS s.i"])
        ),
        (.createsIndex(name: nil, table: name("t")), "1", [["1", "f", "s.i"], ["3", "t", "s.j"]], .done),
        (.createsIndex(name: nil, table: name("t")), "1", [["3", "f", "s.i"], ["4", "t", "s.j"]], .unknown),
        (
            .createsIndex(name: "i", table: name("t")), "1", [["3", "f", "s.i", "77"]],
            .inProgress(index: "s.i", process: "77")
        ),
        (.createsIndex(name: "i", table: name("t")), "1", [["3", "t", "s.i", "77"]], .done),
        (.rebuildsIndexes, "1", [["2", "f", "s.b_ccnew", "77"]], .notDone()),
        (
            .rebuildsIndexes, "1", [["1", "f", "s.a_ccnew"], ["2", "f", "s.b_ccnew"]],
            .notDone(cleanUp: ["DROP INDEX CONCURRENTLY IF EXISTS s.b_ccnew"])
        ),
        (.dropsIndex(name("i")), "1", [], .done), (.dropsIndex(name("i")), "1", [["1"]], .notDone()),
        (.dropsIndex(name("i")), nil, [], .notDone()), (.createsDatabase("d"), nil, [["1"]], .done),
        (.createsDatabase("d"), "1", [["1"]], .notDone()), (.dropsDatabase("d"), "1", [["2"]], .done),
        (.endsPrepared(literal: "'x'"), "7", [], .done), (.endsPrepared(literal: "'x'"), "7", [["7"]], .notDone()),
        (.detachesPartition(name("c"), from: name("p")), "5", [["5", "f", "p", "c"]], .notDone()),
        (.detachesPartition(name("c"), from: name("p")), "5", [], .done),
        (
            .detachesPartition(name("c"), from: name("p")), "5", [["5", "t", "p", "c"]],
            .toBeFinished(["ALTER TABLE p DETACH PARTITION c FINALIZE"])
        ),
        (.repeatable, nil, [], .notDone()), (.rewrites, nil, [], .notDone()), (.resetsSession, nil, [], .notDone()),
        (.unknown, "x", [], .unknown),
    ]

    @Test("What the catalog shows, beside what it showed before, tells the outcome", arguments: outcomes)
    func outcome(effect: StatementEffect, before: String?, rows: [[String?]], expected: StatementOutcome) {
        #expect(effect.outcome(before: before, rows: rows) == expected)
    }
}
