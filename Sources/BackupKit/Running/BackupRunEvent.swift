// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What a run tells while it makes a set.
public enum BackupRunEvent: Sendable {
    /// Another run works in the folder: who.
    case waitingForRun(String)
    /// An earlier run did not get to its end; what it left was taken away.
    case removedUnfinished(SetName)
    /// What an earlier run left could not be taken away. It is in nobody's way.
    case keptUnfinished(SetName, any Error)
    /// The set that is being made, and its stores.
    case started(SetName, stores: [StoreName])
    /// What a target tells.
    case target(StoreName, BackupTargetEvent)
    /// A store is saved.
    case saved(StoreName, bytes: Int64, duration: Duration)
    /// A store is not going to be in the set.
    case failed(StoreName, any Error)
    /// Something that people should know.
    case notice(String)
    /// Everything is safe, and the set is there for everybody.
    case published(BackupSet)
}
