// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

@Suite struct TimeoutTextTests {
    @Test(
        arguments: [
            ("3s", .seconds(3), "3s"), ("0s", .zero, "0s"), ("0min", .zero, "0s"),
            ("1500ms", .milliseconds(1500), "1500ms"),
            ("2500us", .microseconds(2500), "2500us"), ("1000us", .milliseconds(1), "1ms"),
            ("10 min", .seconds(600), "10min"),
            ("90s", .seconds(90), "90s"), ("120s", .seconds(120), "2min"), ("003h", .seconds(10800), "3h"),
            ("24d", .seconds(2_073_600), "24d"), ("2147483647ms", .milliseconds(2_147_483_647), "2147483647ms"),
        ] as [(String, Duration, String)])
    func `A whole number and a unit are a duration`(text: String, duration: Duration, shown: String) throws {
        #expect(try TimeoutText.parse(text) == duration)
        #expect(TimeoutText.format(duration) == shown)
        #expect(try TimeoutText.parse(shown) == duration)
    }

    @Test(arguments: [
        ("3", "has no unit"), ("0", "has no unit"), ("", "is not a duration"), ("s", "is not a duration"),
        ("-3s", "is not a duration"), ("+3s", "is not a duration"), ("1.5s", "is not a duration"),
        ("3S", "is not a duration"), ("3sec", "is not a duration"), ("3m", "is not a duration"),
        ("'3s'", "is not a duration"), ("3s;", "is not a duration"), ("٣s", "is not a duration"),
        ("999us", "is less than"), ("25d", "is more than"), ("2147483648ms", "is more than"),
        ("99999999999999999999999h", "is more than"),
    ])
    func `Anything else is none, and the reason is said`(text: String, reason: String) throws {
        let error = #expect(throws: InvalidText.self) { try TimeoutText.parse(text) }
        #expect(error?.reason.contains(reason) == true)
    }
}
