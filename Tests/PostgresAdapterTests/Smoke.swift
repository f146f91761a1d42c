import MigrationCore
import PostgresAdapter
import Testing
import ThrowawayPostgres

struct Src: MigrationSource {
    var items: [(UInt64, String)]
    func migrations() async throws -> [Migration] {
        items.map { Migration(id: .init(version: .init($0.0)), name: "000\($0.0)_x.sql", checksum: Checksum(of: Array($0.1.utf8)), versionText: "000\($0.0)") }
    }
    func script(for m: Migration) async throws -> MigrationScript { MigrationScript(items.first { MigrationVersion($0.0) == m.id.version }!.1) }
}
@Test func smoke() async throws {
    try await ThrowawayPostgres.withServer({ var o = ThrowawayPostgres.Options(); o.logStatements = true; return o }()) { server in
        let conf = try PostgresConfiguration(url: server.connectionURL())
        let store = PostgresVersionStore(conf)
        var src = Src(items: [(1, "create table a(id int); -- x"), (2, "begin; alter table a add b int; set search_path=''; set role pg_monitor; commit;")])
        let r = try await MigrationRunner(source: src, store: store, observe: { print($0) }).applyPending()
        print(r)
        print(try await MigrationRunner(source: src, store: store).status().map(\.state))
        src.items.append((3, "select 1;\ncreate index on\n    userz (email);"))
        do { try await MigrationRunner(source: src, store: store).applyPending() } catch { print(error) }
        src.items[2].1 = "drop table schema_versions;"
        do { try await MigrationRunner(source: src, store: store).applyPending() } catch { print(error) }
        src.items[2].1 = "create table é(id int);\nselect 'ü', frm a;"
        do { try await MigrationRunner(source: src, store: store).applyPending() } catch { print(error) }
        src.items[2].1 = "create table e(id int);\ncommit;"
        do { try await MigrationRunner(source: src, store: store).applyPending() } catch { print(error) }
        src.items[2].1 = "create table e(id int);\nselect pg_sleep(100);"
        let t = Task { [src] in try await MigrationRunner(source: src, store: store).applyPending() }
        try await Task.sleep(for: .milliseconds(300))
        t.cancel()
        do { _ = try await t.value } catch { print(error) }
        print(try server.log())
    }
}
