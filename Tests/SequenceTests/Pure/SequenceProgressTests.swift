// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PostgresAdapter

@Suite("SequenceProgress")
struct SequenceProgressTests {
    private let reading = try? Reading("SELECT 1; SELECT 2; VACUUM; CALL p()")

    private func progress(done: Int) throws -> SequenceProgress {
        var progress = SequenceProgress(path: "a.sql", total: 4)
        progress.take(done == 0 ? [] : try #require(reading).entries(through: done))
        return progress
    }

    @Test(
        "What is done is told, and where the next run goes on",
        arguments: [
            (0, nil), (2, "Statements 1 to 2 of 4 of a.sql are done; the next run goes on with statement 3."),
            (3, "Statements 1 to 3 of 4 of a.sql are done; the next run goes on with statement 4."),
            (4, "Statements 1 to 4 of 4 of a.sql are done, but not yet in the history; the next run records them."),
        ])
    func done(count: Int, expected: String?) throws {
        #expect(try progress(done: count).sentence(isCommitUnknown: false) == expected)
    }

    @Test(
        "A commit whose answer was lost is told",
        arguments: [
            (0, nil),
            (
                2,
                "Statements 1 to 2 of 4 of a.sql are done. Whether more took effect is not known: the next run finds out."
            ),
            (
                4,
                "Statements 1 to 4 of 4 of a.sql are done. Whether they are in the history is not known: the next run finds out."
            ),
        ])
    func commit(count: Int, expected: String?) throws {
        #expect(try progress(done: count).sentence(isCommitUnknown: true) == expected)
    }

    @Test("Nothing of a file whose first statement was started is never said")
    func started() throws {
        let unit = try Reading("VACUUM").script.units()[0]
        var progress = try progress(done: 0)
        progress.start(unit)
        #expect(
            progress.sentence(isCommitUnknown: false)
                == "Statement 1 of 4 of a.sql was started: the next run finds out what became of it.")
        progress.start(unit, answer: .person)
        #expect(
            progress.sentence(isCommitUnknown: false)
                == "Statement 1 of 4 of a.sql was started: what became of it has to be said.")
        progress.withdraw()
        #expect(progress.sentence(isCommitUnknown: false) == nil)
        progress.finish(unit)
        #expect(
            progress.sentence(isCommitUnknown: false)
                == "Statement 1 of 4 of a.sql is done; the next run goes on with statement 2.")
    }

    @Test("What an earlier run started is told behind what it finished")
    func startedEarlier() throws {
        var progress = SequenceProgress(path: "a.sql", total: 4)
        progress.take(try #require(reading).entries(through: 3, last: .started))
        #expect(
            progress.sentence(isCommitUnknown: false)
                == "Statements 1 to 2 of 4 of a.sql are done. Statement 3 was started: the next run finds out what became of it."
        )
    }
}
