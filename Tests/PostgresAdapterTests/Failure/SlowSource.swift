// SPDX-License-Identifier: Apache-2.0

import Foundation
import MigrationCore
import TestSupport

/// Migrations whose scripts come slowly.
struct SlowSource: MigrationSource {
    /// Reads the last part of a script slowly, so that the parts before it are executed meanwhile.
    private struct Storage: MigrationScriptStorage {
        let content: [UInt8]
        let pause: TimeInterval
        var byteCount: Int { content.count }

        func read(at offset: Int, into buffer: inout [UInt8], range: Range<Int>) throws {
            if offset + range.count == content.count { Thread.sleep(forTimeInterval: pause) }
            buffer.replaceSubrange(range, with: content[offset..<offset + range.count])
        }
    }

    private let source: ScriptSource
    private let texts: [String: String]
    /// How long the last script takes to be found, in seconds.
    var pauseBefore: TimeInterval = 0
    /// How long the last part of the first script takes to be read.
    var pauseWithin: TimeInterval = 0

    init(_ texts: [String]) {
        source = ScriptSource(texts)
        self.texts = Dictionary(uniqueKeysWithValues: texts.enumerated().map { (ScriptSource.path($0 + 1), $1) })
    }

    func migrations() async throws -> [Migration] { try await source.migrations() }

    func script(for migration: Migration) async throws -> MigrationScript {
        if pauseBefore > 0, migration.path == ScriptSource.path(texts.count) {
            try await Task.sleep(for: .seconds(pauseBefore))
        }
        guard pauseWithin > 0, migration.path == ScriptSource.path(1) else {
            return try await source.script(for: migration)
        }
        return MigrationScript(Storage(content: Array((texts[migration.path] ?? "").utf8), pause: pauseWithin))
    }
}
