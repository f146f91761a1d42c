// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How the server of a store reads a backslash in a string, as the session that was opened last was told.
///
/// A database or a role can preset `standard_conforming_strings`, and a script has to be taken apart as its server reads it.
final class StringReading: Sendable {
    private let conforming = Mutex(true)

    var isConforming: Bool {
        get { conforming.withLock(\.self) }
        set { conforming.withLock { $0 = newValue } }
    }
}
