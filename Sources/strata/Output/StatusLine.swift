// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The last lines of a terminal, drawn again and again until other lines take their place.
///
/// Only the texts are made here, so that whoever writes to the terminal can write each in one piece.
final class StatusLine: Sendable {
    /// How many lines are drawn.
    private let shown = Mutex(0)

    /// The longest texts are cut by the terminal itself, which knows how wide it is at this moment: while the lines are written it
    /// does not wrap.
    private static let (noWrap, wrap) = ("\u{1B}[?7l", "\u{1B}[?7h")
    private static let (toEndOfLine, toEndOfScreen) = ("\u{1B}[K", "\u{1B}[J")

    /// Draws lines, in place of what they said before.
    func draw(_ lines: [String], write: (String) -> Void) {
        // A name can hold anything, also what moves the cursor.
        let visible = lines.map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.map { $0.isControl ? "?" : $0 }))
        }
        shown.withLock { shown in
            let rest = shown > lines.count ? Self.toEndOfScreen : ""
            let text = visible.map { Self.toEndOfLine + $0 }.joined(separator: "\n")
            write(Self.toStart(shown) + Self.noWrap + text + rest + Self.wrap)
            shown = lines.count
        }
    }

    /// Writes lines that stay, or nothing, in the place of these.
    func give(way lines: String, write: (String) -> Void) {
        shown.withLock { shown in
            let erased = shown > 1 ? Self.toEndOfScreen : Self.toEndOfLine
            let text = (shown > 0 ? Self.toStart(shown) + erased : "") + lines
            if !text.isEmpty { write(text) }
            shown = 0
        }
    }

    /// To the start of the first of the lines that are drawn.
    private static func toStart(_ lines: Int) -> String { lines > 1 ? "\r\u{1B}[\(lines - 1)A" : "\r" }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
