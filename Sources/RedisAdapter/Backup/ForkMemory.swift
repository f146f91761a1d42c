// SPDX-License-Identifier: Apache-2.0

/// Whether a server has the memory that a copy of it needs.
///
/// It forks for the copy. What is written until the end of the copy is in memory twice: all data, in the worst case.
struct ForkMemory: Hashable, Sendable {
    /// What the server uses.
    var used: Int64
    /// What its machine has free; `nil` when the server is on another machine, or nobody tells.
    var available: Int64?
    /// What its machine has at all.
    var total: Int64?

    /// What people should know; `nil` when there is enough.
    var warning: String? {
        if let available, available < used {
            return """
                the server uses \(Self.text(used)), and its machine has \(Self.text(available)) free: while it is copied, every write \
                takes memory once more, and when there is none left, the system ends a process. Make the backup when few writes come, or \
                from a replica.
                """
        }
        if available == nil, let total, used > total / 2 {
            return """
                the server uses \(Self.text(used)) of the \(Self.text(total)) of its machine: while it is copied, every write takes memory \
                once more. Make the backup when few writes come, or from a replica.
                """
        }
        return nil
    }

    private static func text(_ bytes: Int64) -> String {
        bytes >= 10_000_000_000 ? "\(bytes / 1_000_000_000) GB" : "\(bytes / 1_000_000) MB"
    }
}
