// SPDX-License-Identifier: Apache-2.0

/// One rule of the contract that a ``FaultyStore`` breaks.
enum Fault: String, CaseIterable, Sendable {
    case historyIsRememberedFromTheOpening
    case historyInventsAnEntry
    case historyWrites
    case inventsUnfinishedWork
    case unfinishedWrites
    case historyNeedsTheLock
    case lockWritesAnEntry
    case versionsAreCutTo64Bits
    case componentsAreForgotten
    case componentsIgnoreCase
    case namesAreCut
    case checksumsAreCut
    case historyIsWrittenFirst
    case effectsAreNotUndone
    case batchesAreNotAtomic
    case batchesRunBackwards
    case scriptsAreNotExecuted
    case appliedIsNotRecorded
    case appliesTwice
    case changedScriptsRun
    case changedScriptsFailWithoutSaying
    case returnsNothing
    case durationsAreNegative
    case tellsNothing
    case tellsExecutedBeforeStarted
    case modeExecutes
    case sessionModeExecutes
    case sessionModeHasNoCategory
    case anyScriptIsValid
    case recordExecutes
    case recordKeepsTheOldChecksum
    case recordForgetsTheRest
    case noLock
    case deadlinesAreIgnored
    case deadlinesHaveNoCategory
    case zeroDeadlinesAreRefused
    case waitsSilently
    case freeLocksAreWaitedFor
    case closeKeepsTheLock
    case closeKeepsTheLockAfterAFailure
    case closeDoesNothingWhenCancelled
    case closeOfAWaiterFreesTheLock
    case crashKeepsTheLock
    case crashCommits
    case closeAfterACrashHangs
    case cancelledWaitsGoOn
    case cancelledWaitsKeepTheLock
    case cancelledScriptsGoOn
    case cancelledScriptsCommit
    case cancellationHasNoCategory
    case cancelledTasksApply
}
