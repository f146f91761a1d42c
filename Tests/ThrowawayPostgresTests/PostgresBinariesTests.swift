// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ThrowawayPostgres

@Suite("PostgresBinaries")
struct PostgresBinariesTests {
    @Test("This machine's installation is found, and knows its version")
    func found() async throws {
        let binaries = try await PostgresBinaries.find()
        #expect(binaries.version.major >= PostgresBinaries.oldestMajorVersion)
        #expect(FileManager.default.isExecutableFile(atPath: binaries.path(of: "initdb")))
        let again = try await PostgresBinaries.find(folder: binaries.folder, environment: [:])
        #expect(again == binaries)
        let byVariable = try await PostgresBinaries.find(
            environment: [PostgresBinaries.environmentVariable: binaries.folder])
        #expect(byVariable == binaries)
    }

    @Test("A folder that was named and lacks the programs is an error that names it, and says what to install")
    func missing() async throws {
        for environment in [[:], [PostgresBinaries.environmentVariable: "/no/such/folder"]] {
            let folder = environment.isEmpty ? "/no/such/folder" : nil
            let error = await Server.error {
                _ = try await PostgresBinaries.find(folder: folder, environment: environment)
            }
            #expect(error?.code == .binariesNotFound)
            let text = error?.description ?? ""
            #expect(text.contains("  /no/such/folder"))
            #expect(text.contains("apt-get install postgresql"))
            #expect(text.contains("brew install postgresql@17"))
        }
    }

    @Test("The folders of packages come newest first")
    func newestFirst() throws {
        let root = NSTemporaryDirectory() + "tp-binaries-\(UInt32.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let folders = [
            "/usr/lib/postgresql/9/bin", "/usr/lib/postgresql/17/bin", "/usr/pgsql-18/bin",
            "/usr/lib/postgresql/common",
        ]
        for folder in folders {
            try FileManager.default.createDirectory(atPath: root + folder, withIntermediateDirectories: true)
        }
        #expect(
            PostgresBinaries.packagedFolders(root: root)
                == ["/usr/pgsql-18/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/9/bin"].map { root + $0 })
    }

    @Test(
        "A version is read from what the program prints",
        arguments: [
            ("postgres (PostgreSQL) 17.2\n", 17, 2), ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15, 18),
            ("postgres (PostgreSQL) 18beta1", 18, 0), ("postgres (PostgreSQL) 19devel", 19, 0),
        ])
    func version(output: String, major: Int, minor: Int) throws {
        let version = try #require(PostgresVersion(parsing: output))
        #expect(version.major == major)
        #expect(version.minor == minor)
    }

    @Test("What is no version is none", arguments: ["", "postgres", "mysqld 8.0", "postgres (PostgreSQL) x"])
    func noVersion(output: String) {
        #expect(PostgresVersion(parsing: output) == nil)
    }
}
