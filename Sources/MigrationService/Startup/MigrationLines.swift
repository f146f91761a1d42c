// SPDX-License-Identifier: Apache-2.0

/// Writes a line for each event that a person wants to read: for programs without a logger.
public struct MigrationLines: StartupObserver {
    private let write: @Sendable (String) -> Void

    /// Takes what writes a line, from any thread, also two at once.
    public init(_ write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    public func observe(_ event: StartupEvent) {
        if event.importance >= .info { write(event.text) }
    }
}
