// SPDX-License-Identifier: Apache-2.0

/// The text of a migration: UTF-8 bytes, exactly as they are stored.
public struct MigrationScript: Hashable, Sendable {
    /// The bytes, a byte order mark and carriage returns included.
    public let bytes: [UInt8]

    /// Takes bytes as they are.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Takes a text, encoded as UTF-8.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }
}
