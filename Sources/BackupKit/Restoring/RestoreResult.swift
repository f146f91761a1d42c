// SPDX-License-Identifier: Apache-2.0

public import MigrationCore

/// What would be done to one store.
public struct RestorePlan: Hashable, Sendable {
    /// The store.
    public let store: StoreName
    /// Where it is.
    public let address: String
    /// What would be done, a sentence each.
    public let steps: [String]
    /// What people should know before.
    public let notices: [String]
}

/// What was done to one store.
public struct RestoreResult: Hashable, Sendable {
    /// The store.
    public let store: StoreName
    /// What is there now and how to get back, a sentence each.
    public let sentences: [String]
}

/// What happens while a set is restored.
public enum RestoreEvent: Hashable, Sendable {
    /// The set is compared with what was written, before anything else.
    case verifying(bytes: Int64)
    /// How much of that is done.
    case verified(bytes: Int64, of: Int64)
    /// Something that people should know.
    case notice(String)
    /// What an adapter tells.
    case target(StoreName, BackupTargetEvent)
    /// The replacement of a store stands beside it.
    case prepared(StoreName)
    /// The replacement took the store's place.
    case swapped(StoreName)
}

/// A store could not be restored.
public struct RestoreError: BackupError {
    /// The store.
    public let store: StoreName
    /// Why.
    public let cause: any Error
    /// Stores that hold the set now, because they could not be put back.
    public let changed: [StoreName]
    /// Stores that held the set for a moment, and were put back.
    public let undone: [StoreName]
    /// Whether the store was about to be replaced, and not only its replacement to be built.
    public var wasReplacing = false
    /// Whether the set was to be undone: `undone` are those for which that went well.
    public var isUndo = false
    /// Stores that could not be undone either, and why.
    var others: [(store: StoreName, cause: any Error)] = []

    public var category: BackupErrorCategory { (cause as? any BackupError)?.category ?? .store }

    public var description: String {
        if isUndo { return undoDescription }
        if category == .volatile {
            return """
                \(store) is restored, but not safe yet: \(cause)
                All stores that were to be restored have what is in the set: strata restore --undo brings back what was there before.
                """
        }
        var sentences = ["\(store) could not be restored: \(cause)"]
        if !undone.isEmpty { sentences.append("\(Self.list(undone)) had been, and what was there before is back.") }
        if changed.isEmpty {
            // What became of a store that was being replaced says its own error.
            sentences.append("All \(wasReplacing ? "other " : "")stores are as they were.")
        } else {
            sentences.append(
                "\(Self.list(changed)) had been, and still is: strata restore --undo brings back what was there before."
            )
        }
        if category == .damaged {
            sentences.append("hint: restore another set; strata backups lists them, and how far each is proven.")
        }
        return sentences.joined(separator: "\n")
    }

    private var undoDescription: String {
        if category == .volatile {
            return """
                \(store) is brought back, but not safe yet: \(cause)
                All stores that were to be undone are as they were before the restore.
                """
        }
        guard undone.isEmpty else {
            return """
                \(store) could not be brought back: \(cause)
                \(Self.list(undone)) had been, and is as it was before the restore. The same command goes on with the rest.
                """
        }
        let reasons = ([(store, cause)] + others.map { ($0.store, $0.cause) }).map {
            "\($0) cannot be brought back: \($1)"
        }
        return reasons.joined(separator: "\n") + """

            No store was changed.
            hint: remove the cause and try again; strata restore --undo --only STORE,… brings back the others alone.
            """
    }

    private static func list(_ stores: [StoreName]) -> String {
        stores.map(\.description).joined(separator: ", ")
    }
}
