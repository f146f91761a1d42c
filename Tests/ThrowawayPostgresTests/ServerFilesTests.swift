// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ThrowawayPostgres

@Suite("ServerFiles and ServerFolder")
struct ServerFilesTests {
    @Test("The caller's settings come last, where they win, and their values are quoted")
    func order() throws {
        var options = ThrowawayPostgres.Options()
        options.settings = ["fsync": "on", "app.text": #"it's a \ here"#]
        let lines = try ServerFiles(options).settings.split(separator: "\n")
        #expect(lines.suffix(2) == [#"app.text = 'it''s a \\ here'"#, "fsync = 'on'"])
        #expect(lines.contains("fsync = 'off'"))
        options.durable = true
        #expect(try !ServerFiles(options).settings.contains("'off'\nsynchronous_commit"))
    }

    @Test(
        "A setting that would break the file is refused",
        arguments: [("a b", "1"), ("", "1"), ("a", "1\nb = 2"), ("1a", "1")])
    func refused(name: String, value: String) {
        var options = ThrowawayPostgres.Options()
        options.settings = [name: value]
        let error = #expect(throws: ThrowawayPostgresError.self) { try ServerFiles(options) }
        #expect(error?.code == .invalidOption)
    }

    @Test("Lines for pg_hba.conf come before the default ones, one line each")
    func hostBasedAuthentication() throws {
        var options = ThrowawayPostgres.Options()
        options.hbaLines = ["local all app scram-sha-256"]
        let lines = try ServerFiles(options).hostBasedAuthentication.split(separator: "\n")
        #expect(lines == ["local all app scram-sha-256", "local all all trust", "local replication all trust"])
        options.hbaLines = ["local all app scram-sha-256\nhost all all all trust"]
        #expect(throws: ThrowawayPostgresError.self) { try ServerFiles(options) }
    }

    @Test("A folder is fine as long as its socket's path has 103 bytes, counted as bytes")
    func longestPath() throws {
        let fixed = "/throwaway-postgres-".utf8.count + 10 + "/.s.PGSQL.5432".utf8.count
        var options = ThrowawayPostgres.Options()
        options.parentFolder = "/" + String(repeating: "x", count: 103 - fixed - 1)
        #expect(try ServerFolder(options).path.utf8.count + "/.s.PGSQL.5432".utf8.count == 103)
        options.parentFolder += "x"
        #expect(throws: ThrowawayPostgresError.self) { try ServerFolder(options) }
        options.parentFolder = "/" + String(repeating: "é", count: 40)
        #expect(throws: ThrowawayPostgresError.self) { try ServerFolder(options) }
    }

    @Test("A relative folder and an impossible port are refused")
    func impossible() {
        var options = ThrowawayPostgres.Options()
        options.parentFolder = "tmp"
        #expect(throws: ThrowawayPostgresError.self) { try ServerFolder(options) }
        options = ThrowawayPostgres.Options()
        options.port = 0
        #expect(throws: ThrowawayPostgresError.self) { try ServerFolder(options) }
    }

    @Test("No two folders are the same, and a parent folder may end with a slash")
    func names() throws {
        var options = ThrowawayPostgres.Options()
        let first = try ServerFolder(options)
        #expect(try ServerFolder(options) != first)
        options.parentFolder = "/tmp/"
        #expect(try ServerFolder(options).path.hasPrefix("/tmp/throwaway-postgres-"))
    }

    @Test("Whatever is not unreserved in a URL is encoded")
    func percentEncoding() {
        #expect(ThrowawayPostgres.percentEncoded("/tmp/a-b_c.d~e") == "%2Ftmp%2Fa-b_c.d~e")
        #expect(ThrowawayPostgres.percentEncoded("ä &?=") == "%C3%A4%20%26%3F%3D")
    }
}
