// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("RetryPace")
struct RetryPaceTests {
    private static let hour = Duration.seconds(3600)

    @Test("Where nobody was held up the pauses begin small, and grow up to eight seconds")
    func growing() {
        var pace = RetryPace()
        let pauses = (0..<7).compactMap { _ in pace.next(heldUp: .zero, left: Self.hour, share: 1) }
        #expect(pauses.map(\.longest) == [0.25, 0.5, 1, 2, 4, 8, 8].map { .seconds($0) })
        #expect(pauses.map(\.shortest) == Array(repeating: .milliseconds(250), count: 7))
    }

    @Test("Others get at least as long as they were held up, and up to three times as long", arguments: [0, 0.5, 1])
    func proportional(share: Double) {
        var pace = RetryPace()
        let pause = pace.next(heldUp: .seconds(5), left: Self.hour, share: share)
        #expect(pause == RetryPace.Pause(shortest: .seconds(5), longest: .seconds(7.5 + 7.5 * share)))
    }

    @Test("No pause is longer than half a minute, for as long as others may have waited")
    func longest() {
        var pace = RetryPace()
        let pause = pace.next(heldUp: Self.hour, left: Self.hour, share: 1)
        #expect(pause == RetryPace.Pause(shortest: .seconds(30), longest: .seconds(30)))
    }

    @Test("The time that is left is used up; when there is none for the shortest pause there is no other try")
    func left() {
        var pace = RetryPace()
        let pause = pace.next(heldUp: .seconds(2), left: .seconds(3), share: 1)
        #expect(pause == RetryPace.Pause(shortest: .seconds(2), longest: .seconds(3)))
        #expect(pace.next(heldUp: .seconds(2), left: .seconds(2), share: 1) == nil)
        #expect(pace.next(heldUp: .zero, left: .zero, share: 0) == nil)
    }

    @Test("Several that gave way at once do not come back at once")
    func jitter() {
        let pauses = [0, 0.5, 1].map { share in
            var pace = RetryPace()
            return pace.next(heldUp: .zero, left: Self.hour, share: share)?.longest
        }
        #expect(pauses == [.milliseconds(125), .milliseconds(187.5), .milliseconds(250)])
    }
}
