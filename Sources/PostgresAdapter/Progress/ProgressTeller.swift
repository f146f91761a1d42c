// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Tells the progress of a command when it changes.
struct ProgressTeller {
    let migration: Migration
    private var told: StoreProgress?

    init(migration: Migration) {
        self.migration = migration
    }

    /// Takes the rows of ``ProgressQuery/reading``.
    mutating func tell(_ rows: [[String?]], observe: (StoreEvent) -> Void) {
        let progress = rows.first.flatMap { ProgressReading(row: $0) }?.progress(of: migration)
        if let progress, progress != told {
            observe(.progress(progress))
        } else if progress == nil, told != nil {
            observe(.progressEnded)
        }
        told = progress
    }

    /// Nothing more will be told.
    mutating func end(observe: (StoreEvent) -> Void) {
        if told != nil { observe(.progressEnded) }
        told = nil
    }
}
