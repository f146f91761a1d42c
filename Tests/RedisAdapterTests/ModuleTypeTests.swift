// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import RedisAdapter

/// Which modules the data of a dump need.
struct ModuleTypeTests {
    /// `moduleTypeEncodeId` of Redis.
    private static func identifier(_ name: String, version: UInt64) -> UInt64 {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return name.reduce(0) { $0 << 6 | UInt64(alphabet.firstIndex(of: $1) ?? 0) } << 10 | version
    }

    @Test("a type's name is in its number", arguments: ["ReJSON-RL", "MBbloom--", "my_type-9"])
    func names(name: String) {
        #expect(ModuleType.name(Self.identifier(name, version: 3)) == name)
    }

    @Test("a module that is missing is named, whatever others are loaded")
    func missing() {
        #expect(ModuleType.missing(["ReJSON-RL"], loaded: ["bf"]) == ["ReJSON-RL (module ReJSON)"])
        #expect(ModuleType.missing(["ReJSON-RL", "MBbloom--"], loaded: ["bf", "ReJSON"]) == [])
        #expect(ModuleType.missing(["my_type-9"], loaded: []) == ["my_type-9"])
        #expect(ModuleType.missing(["my_type-9"], loaded: ["mine"]) == [])
        #expect(ModuleType.unknown(["my_type-9", "ReJSON-RL"]) == ["my_type-9"])
    }

    @Test("a dump with data of a module is read, and its type is named; a server with another module is refused")
    func dump() async throws {
        // A key with a value of a module: an unsigned number, then the end.
        var file = Array("REDIS0010".utf8) + [7, 1, UInt8(ascii: "k"), 0x81]
        file += (0..<8).map { UInt8(truncatingIfNeeded: Self.identifier("ReJSON-RL", version: 3) >> (8 * (7 - $0))) }
        file += [2, 5, 0, 0xFF] + [UInt8](repeating: 0, count: 8)
        let summary = try RDBReader.read(file)
        #expect(summary.needsModules)
        #expect(summary.moduleTypes == ["ReJSON-RL"])
        let info = ServerInfo(
            "redis_version:7.0.15\r\nrole:master\r\nmodule:name=bf,ver=1\r\nmodule:name=search,ver=2\r\n")
        #expect(info.modules == ["bf", "search"])
        try await TestRedis.with { redis in
            let error = await #expect(throws: RedisBackupError.self) {
                try await LiveCheck(address: "there", info: info).check(summary, redis.connection)
            }
            #expect(error?.category == .refused)
            #expect(error?.message.contains("ReJSON-RL (module ReJSON)") == true)
        }
    }
}
