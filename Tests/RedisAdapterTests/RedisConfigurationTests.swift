// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Testing

@testable import RedisAdapter

@Suite
struct RedisConfigurationTests {
    typealias Environment = [String: String]

    @Test(
        "without a variable there is no server",
        arguments: [
            [:], ["REDIS_URL": "", "REDIS_HOST": ""], ["HOST": "there"], ["REDIS_PORT": "tcp://10.0.0.1:6379"],
        ] as [Environment])
    func none(environment: Environment) throws {
        #expect(try RedisConfiguration.find(in: environment) == nil)
    }

    @Test("each variable says its part; the port is 6379 and there is no password by default")
    func parts() throws {
        func find(_ environment: Environment) throws -> RedisConfiguration? { try .find(in: environment) }
        #expect(try find(["REDIS_HOST": "there"]) == RedisConfiguration(.tcp(host: "there", port: 6379)))
        #expect(try find(["REDIS_PORT": "7000"]) == RedisConfiguration(.tcp(host: "127.0.0.1", port: 7000)))
        #expect(
            try find(["REDIS_PASSWORD": "p:@/%"])
                == RedisConfiguration(.tcp(host: "127.0.0.1", port: 6379), password: "p:@/%"))
        #expect(
            try find([
                "REDIS_HOST": "::1", "REDIS_PORT": "1", "REDIS_USERNAME": "anna", "REDIS_PASSWORD": "swordfish",
            ]) == RedisConfiguration(.tcp(host: "::1", port: 1), user: "anna", password: "swordfish"))
        #expect(try find(["REDIS_HOST": "/run/redis.sock"]) == RedisConfiguration(.socket("/run/redis.sock")))
        #expect(
            try find(["REDIS_URL": "redis://there/3", "REDIS_HOST": "other", "REDIS_PASSWORD": "x"])
                == RedisConfiguration(.tcp(host: "there", port: 6379)))
    }

    @Test(
        "a variable that cannot be used is named, and its value is not repeated",
        arguments: [
            (["REDIS_PORT": "swordfish"], "REDIS_PORT"), (["REDIS_PORT": "0"], "REDIS_PORT"),
            (["REDIS_PORT": "65536"], "REDIS_PORT"),
            (["REDIS_HOST": "there", "REDIS_PORT": "tcp://10.0.0.1:6379"], "REDIS_PORT"),
            (["REDIS_HOST": "redis://:swordfish@there"], "REDIS_HOST"), (["REDIS_HOST": "a b"], "REDIS_HOST"),
            (["REDIS_URL": "there:swordfish"], "REDIS_URL"), (["REDIS_URL": "http://:swordfish@there"], "REDIS_URL"),
            (["REDIS_URL": "redis://:sword/fish@there:1"], "REDIS_URL"),
            (["REDIS_URL": "redis://there:x"], "REDIS_URL"),
        ] as [(Environment, String)])
    func invalid(environment: Environment, variable: String) throws {
        do {
            _ = try RedisConfiguration.find(in: environment)
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.category == .configuration)
            #expect(error.message.hasPrefix(variable))
            #expect(!error.message.contains("swordfish"))
        }
    }

    @Test(
        "URLs",
        arguments: [
            ("redis://there", RedisConfiguration(.tcp(host: "there", port: 6379))),
            ("redis://there:7000/0?x=y", RedisConfiguration(.tcp(host: "there", port: 7000))),
            ("redis://:p%40ss@[::1]:7000", RedisConfiguration(.tcp(host: "::1", port: 7000), password: "p@ss")),
            (
                "rediss://anna:x@there",
                RedisConfiguration(.tcp(host: "there", port: 6379), user: "anna", password: "x", usesTLS: true)
            ),
            (
                "unix://anna:x@/run/redis.sock",
                RedisConfiguration(.socket("/run/redis.sock"), user: "anna", password: "x")
            ),
        ])
    func urls(text: String, expected: RedisConfiguration) throws {
        #expect(try RedisConfiguration(url: text) == expected)
    }

    @Test("a user without a password is that user, not the default one")
    func noPassword() async throws {
        try await TestRedis.with { redis in
            try await redis.run("ACL", "SETUSER", "anna", "on", "nopass", "-@all", "+acl|whoami")
            var configuration = redis.configuration
            configuration.user = "anna"
            let connection = try await RedisConnection.open(configuration)
            #expect(try await connection.ask(["ACL", "WHOAMI"]).string == "anna")
            await connection.close()
            configuration.user = "nobody"
            await #expect(throws: RedisBackupError.self) { try await RedisConnection.open(configuration) }
        }
    }
}
