// SPDX-License-Identifier: Apache-2.0

import Testing

/// Which check catches which fault, and what it says.
struct Expectation: Sendable, CustomTestStringConvertible {
    let fault: Fault
    let rule: String
    let message: String

    init(_ fault: Fault, _ rule: String, _ message: String) {
        self.fault = fault
        self.rule = rule
        self.message = message
    }

    /// Whether the store hangs, so that the check has to lose its patience.
    var hangs: Bool { message.hasSuffix("did not end") }

    var testDescription: String { "\(fault): \(rule)" }

    static let all: [Expectation] = [
        Expectation(
            .historyInventsAnEntry, "the history of a store that never saw a migration is empty",
            "it has [core:999]"),
        Expectation(.historyWrites, "reading the history before the lock writes nothing", "1 effects after it"),
        Expectation(.historyWrites, "a runner with nothing to do writes nothing", "the database was"),
        Expectation(.inventsUnfinishedWork, "nothing is unfinished in a fresh store", "it has [core:1]"),
        Expectation(
            .inventsUnfinishedWork, "a script that fails and is undone is not unfinished", "it has [core:1]"),
        Expectation(
            .unfinishedWrites, "looking for unfinished migrations writes nothing", "1 effects after it"),
        Expectation(
            .historyIsRememberedFromTheOpening,
            "the session that gets the lock after another one sees what that one applied",
            "it sees []"),
        Expectation(
            .historyNeedsTheLock, "the history can be read while another session holds the lock",
            "reading the history in a new session did not end"),
        Expectation(.historyNeedsTheLock, "a runner needs no lock when there is nothing to do", "a runner did not end"),
        Expectation(
            .lockWritesAnEntry, "taking the lock adds nothing to the history",
            "under the lock it has [core:999]"),
        Expectation(
            .appliedIsNotRecorded, "what one session applied is in the history that every other one reads",
            "the history has []"),
        Expectation(
            .versionsAreCutTo64Bits, "versions of 14, 18, 20 and 40 digits come back as they were recorded",
            "core:18446744073709551615, core:18446744073709551615]"),
        Expectation(
            .versionsAreCutTo64Bits, "versions at the limits of 32 and 64 bits come back as they were recorded",
            "core:18446744073709551615, core:18446744073709551615]"),
        Expectation(.scriptsAreNotExecuted, "leading zeros of a version do not matter", "after 0007 the marks are []"),
        Expectation(
            .componentsAreForgotten, "one version may exist in several components",
            "the history has [core:1, core:1"),
        Expectation(
            .componentsAreForgotten, "what is recorded in one component leaves the others alone",
            "the history has [core:1, core:1]"),
        Expectation(.componentsIgnoreCase, "one version may exist in several components", "billing:1, billing:1"),
        Expectation(
            .namesAreCut, "names with quotes, backslashes, other scripts and 300 characters come back unharmed",
            "the name of core:5 is 0005_long"),
        Expectation(.checksumsAreCut, "recording writes the history and executes nothing", "the checksum of core:1 is"),
        Expectation(
            .scriptsAreNotExecuted, "applying a migration executes its script and records it",
            "after it the marks are []"),
        Expectation(
            .appliedIsNotRecorded, "applying a migration executes its script and records it",
            "after it the history has []"),
        Expectation(
            .batchesRunBackwards, "a batch is executed in the order in which it is given",
            "the marks are [2, 4, 1, 3], expected were [3, 1, 4, 2]"),
        Expectation(
            .appliedIsNotRecorded, "several batches can be applied under one lock",
            "after the third the history has []"),
        Expectation(
            .returnsNothing, "apply returns what it applied, in order, with durations that are not negative",
            "it returned [] for a batch of [core:2, core:1]"),
        Expectation(
            .durationsAreNegative, "apply returns what it applied, in order, with durations that are not negative",
            "the durations are [-"),
        Expectation(
            .tellsNothing, "apply tells of each migration that it begins and that it ran, in order",
            "it told nothing"),
        Expectation(
            .tellsExecutedBeforeStarted, "apply tells of each migration that it begins and that it ran, in order",
            "it told core:2 executed, core:2 started"),
        Expectation(
            .appliesTwice, "a migration that is applied cannot be applied again",
            "succeeded, and has to throw"),
        Expectation(.modeExecutes, "a script is looked at without being executed", "the marks are [1]"),
        Expectation(
            .sessionModeExecutes, "a session that is asked how a script will run executes nothing", "the marks are [1]"),
        Expectation(
            .sessionModeHasNoCategory, "a session that refuses an invalid script names the category invalid script",
            "it threw PlainError()"),
        Expectation(.anyScriptIsValid, "an invalid script is refused by its text", "succeeded, and has to throw"),
        Expectation(.anyScriptIsValid, "an invalid script stops a run before anything is executed", "the run threw"),
        Expectation(
            .historyIsWrittenFirst, "a script that fails leaves neither effect nor history",
            "after the failure the history has [core:1]"),
        Expectation(
            .effectsAreNotUndone, "a script that fails leaves neither effect nor history",
            "after the failure the marks are [1]"),
        Expectation(
            .batchesAreNotAtomic, "a batch whose last script fails leaves nothing of the whole batch",
            "after the failure the marks are [1, 2]"),
        Expectation(
            .batchesAreNotAtomic, "all migrations in one transaction leave nothing when one fails",
            "after the failure the marks are [1, 2]"),
        Expectation(
            .effectsAreNotUndone, "a batch whose first script fails does not execute the others",
            "after the failure the marks are [1]"),
        Expectation(
            .historyIsWrittenFirst, "what was applied before a failure stays",
            "after the failure the history has [core:1, core:2]"),
        Expectation(
            .historyIsWrittenFirst, "a migration that failed can be applied when it is corrected",
            "threw PlainError"),
        Expectation(
            .changedScriptsRun, "a script that changed since it was planned stops its batch with ScriptChangedError",
            "succeeded, and has to throw"),
        Expectation(
            .changedScriptsFailWithoutSaying,
            "a script that changed since it was planned stops its batch with ScriptChangedError",
            "it threw PlainError"),
        Expectation(
            .batchesAreNotAtomic, "a script that changed since it was planned stops its batch with ScriptChangedError",
            "the marks are [1]"),
        Expectation(.recordExecutes, "recording writes the history and executes nothing", "the marks are [1]"),
        Expectation(
            .recordForgetsTheRest, "recording writes the history and executes nothing",
            "the history has [core:1]"),
        Expectation(
            .recordKeepsTheOldChecksum, "recording gives an entry that exists the new checksum",
            "the checksum of core:1 is"),
        Expectation(
            .declarationsAreForgotten,
            "what migrations declare of older builds comes back, and nothing where they declare nothing",
            "core:2 is compatible with nothing older, recorded was core:1"),
        Expectation(
            .declarationsAreInvented,
            "what migrations declare of older builds comes back, and nothing where they declare nothing",
            "core:1 is compatible with core:1, recorded was nothing older"),
        Expectation(
            .recordKeepsTheOldDeclaration, "recording replaces what an entry has of older builds",
            "core:1 is compatible with nothing older, recorded was core:1"),
        Expectation(
            .recordForgetsDeclarations, "recording keeps what migrations declare of older builds",
            "core:1 is compatible with nothing older, recorded was core:1"),
        Expectation(.recordExecutes, "recording and applying go on under one lock", "the marks are [1, 2]"),
        Expectation(
            .noLock, "the lock that another session holds is not given within the deadline, as category lockTimeout",
            "succeeded, and has to throw"),
        Expectation(
            .noLock, "a session that waits for the lock tells so, and gets it when the other one closes",
            "a second session got the lock"),
        Expectation(
            .appliedIsNotRecorded,
            "runners that start at once on a fresh store apply each migration once, and none fails",
            "after all runners the marks are [1, 2, 3, 4, 5, 1"),
        Expectation(
            .deadlinesAreIgnored,
            "the lock that another session holds is not given within the deadline, as category lockTimeout",
            "did not end"),
        Expectation(
            .deadlinesHaveNoCategory,
            "the lock that another session holds is not given within the deadline, as category lockTimeout",
            "is not of category lockTimeout"),
        Expectation(.zeroDeadlinesAreRefused, "a deadline of zero asks once", "threw no time at all"),
        Expectation(
            .closeOfAWaiterFreesTheLock, "a missed deadline leaves the store usable",
            "threw the session does not hold the lock"),
        Expectation(
            .waitsSilently, "a session that waits for the lock tells so, and gets it when the other one closes",
            "waiting to be told that the lock is waited for did not end"),
        Expectation(
            .freeLocksAreWaitedFor, "a lock that is free is taken without a word",
            "it told waiting for the lock"),
        Expectation(
            .closeKeepsTheLock, "closing a session frees the lock",
            "taking the lock, which should be free, did not end"),
        Expectation(
            .closeKeepsTheLock, "a session that waits for the lock tells so, and gets it when the other one closes",
            "waiting for a lock that its holder gave up did not end"),
        Expectation(
            .closeKeepsTheLockAfterAFailure, "closing a session after a failed script frees the lock",
            "taking the lock, which should be free, did not end"),
        Expectation(
            .closeDoesNothingWhenCancelled, "closing a session in a task that was cancelled frees the lock",
            "taking the lock, which should be free, did not end"),
        Expectation(
            .closeOfAWaiterFreesTheLock, "closing a session that waited in vain leaves the lock where it is",
            "succeeded, and has to throw"),
        Expectation(
            .crashKeepsTheLock, "a crash of the session that holds the lock frees it",
            "waiting for a lock that its holder gave up did not end"),
        Expectation(
            .crashCommits, "a crash while a script runs leaves neither effect nor history nor lock",
            "after the crash the marks are [1]"),
        Expectation(
            .closeAfterACrashHangs, "closing a session that crashed returns",
            "closing a session that crashed did not end"),
        Expectation(
            .cancelledWaitsGoOn, "cancelling a session that waits for the lock ends the wait, as category cancelled",
            "in a task that was cancelled did not end"),
        Expectation(
            .cancellationHasNoCategory,
            "cancelling a session that waits for the lock ends the wait, as category cancelled",
            "is not of category cancelled"),
        Expectation(
            .cancelledWaitsKeepTheLock, "a session that was cancelled while it waited holds no lock afterwards",
            "taking the lock, which should be free, did not end"),
        Expectation(
            .cancelledScriptsGoOn, "cancelling a script that runs ends it, as category cancelled, and leaves nothing",
            "in a task that was cancelled did not end"),
        Expectation(
            .cancelledScriptsCommit, "cancelling a script that runs ends it, as category cancelled, and leaves nothing",
            "the marks are [1]"),
        Expectation(
            .cancellationHasNoCategory,
            "cancelling a script that runs ends it, as category cancelled, and leaves nothing",
            "is not of category cancelled"),
        Expectation(
            .batchesAreNotAtomic, "cancelling a batch leaves nothing of the scripts that ran before",
            "the marks are [1]"),
        Expectation(
            .cancelledScriptsGoOn, "a run that was cancelled frees the lock, and the next one works",
            "in a task that was cancelled did not end"),
        Expectation(
            .cancelledTasksApply, "a task that is cancelled already applies nothing",
            "succeeded, and has to throw"),
    ]
}
