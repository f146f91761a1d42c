// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import Testing

@testable import ChromaAdapter

struct ChromaConfigurationTests {
    @Test("the variables are read, and nothing is configured where there is nothing")
    func environment() throws {
        func find(_ environment: [String: String]) throws -> ChromaConfiguration? {
            try ChromaConfiguration.find(in: environment, currentFolder: "/nonexistent")
        }
        #expect(try find([:]) == nil)
        #expect(try find(["CHROMA_PATH": "", "CHROMA_HOST": "", "CHROMA_PORT": "8000"]) == nil)
        #expect(try find(["CHROMA_PATH": "/data"]) == ChromaConfiguration(path: "/data"))
        #expect(
            try find(["CHROMA_HOST": "vectors", "CHROMA_PORT": "9000"])
                == ChromaConfiguration(path: nil, host: "vectors", port: 9000))
        #expect(ChromaBackupTarget(ChromaConfiguration(path: nil, host: "vectors")).address == "vectors:8000")
    }

    @Test("the address says where a folder is from the root on")
    func address() {
        func address(_ path: String) -> String { ChromaBackupTarget(ChromaConfiguration(path: path)).address }
        #expect(address("/srv/chroma") == "/srv/chroma")
        for path in ["./data/chroma", "data/chroma"] {
            #expect(address(path) == "\(FileManager.default.currentDirectoryPath)/data/chroma")
        }
    }

    @Test("a port alone is one of this machine; an address of version 6 is a host")
    func hosts() throws {
        #expect(
            try ChromaConfiguration.find(in: ["CHROMA_PATH": "/data", "CHROMA_PORT": "9000"])
                == ChromaConfiguration(path: "/data", host: "localhost", port: 9000))
        for host in ["::1", "[::1]", "fe80::1%eth0"] {
            let found = try ChromaConfiguration.find(in: ["CHROMA_PATH": "/data", "CHROMA_HOST": host])
            #expect(found?.host == (host == "[::1]" ? "::1" : host))
        }
    }

    @Test("to restore, the usual folder counts also when it was lost")
    func lostFolder() throws {
        let found = try ChromaConfiguration.find(in: [:], isRestoring: true, currentFolder: "/nonexistent")
        #expect(found == ChromaConfiguration(path: "/nonexistent/data/chroma"))
    }

    @Test("the usual folder counts when it is there")
    func usualFolder() throws {
        let folder = "/tmp/strata-chroma-usual-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: "\(folder)/data/chroma", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let found = try ChromaConfiguration.find(in: [:], currentFolder: folder)
        #expect(found == ChromaConfiguration(path: "\(folder)/data/chroma"))
    }

    @Test(
        "what cannot be used is an error that names the variable",
        arguments: [
            ("CHROMA_PORT", "many"), ("CHROMA_PORT", "0"), ("CHROMA_PORT", "65536"), ("CHROMA_HOST", "http://a"),
            ("CHROMA_HOST", "localhost:8000"), ("CHROMA_HOST", "127.0.0.1:8000"), ("CHROMA_HOST", "[::1]:8000"),
        ])
    func unusable(variable: String, value: String) {
        let error = #expect(throws: ChromaBackupError.self) {
            try ChromaConfiguration.find(in: ["CHROMA_PATH": "/data", variable: value])
        }
        #expect(error?.category == .configuration)
        #expect(error?.message.contains(variable) == true)
    }
}
