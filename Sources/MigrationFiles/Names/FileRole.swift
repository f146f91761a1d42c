// SPDX-License-Identifier: Apache-2.0

/// What a file does for its version.
enum FileRole: Hashable, Sendable {
    /// It is the migration.
    case migration
    /// It takes the migration back.
    case undo

    /// The role of a file in a version's own folder, by its name; `nil` for other files.
    init?(nameInFolder name: String) {
        switch name.lowercased() {
        case "up.sql": self = .migration
        case "down.sql": self = .undo
        default: return nil
        }
    }
}
