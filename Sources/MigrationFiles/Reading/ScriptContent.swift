// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What one pass over a script finds out. The bytes themselves are not kept.
struct ScriptContent {
    let checksum: Checksum
    /// The directives before the first statement, not yet understood.
    let comments: [DirectiveComment]
}
