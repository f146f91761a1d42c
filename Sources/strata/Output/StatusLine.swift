// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The last line of a terminal, drawn again and again until another line takes its place.
///
/// Only the texts are made here, so that whoever writes to the terminal can write each in one piece.
final class StatusLine: Sendable {
    private let isShown = Mutex(false)

    /// The longest texts are cut by the terminal itself, which knows how wide it is at this moment: while the line is written it
    /// does not wrap.
    private static let (toStart, noWrap, wrap) = ("\r\u{1B}[K", "\u{1B}[?7l", "\u{1B}[?7h")

    /// Draws the line, in place of what it said before.
    func draw(_ text: String, write: (String) -> Void) {
        // A name can hold anything, also what moves the cursor.
        let visible = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isControl ? "?" : $0 }))
        isShown.withLock { isShown in
            write(Self.toStart + Self.noWrap + visible + Self.wrap)
            isShown = true
        }
    }

    /// Writes lines that stay, or nothing, in the place of this one.
    func give(way lines: String, write: (String) -> Void) {
        isShown.withLock { isShown in
            let text = (isShown ? Self.toStart : "") + lines
            if !text.isEmpty { write(text) }
            isShown = false
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
