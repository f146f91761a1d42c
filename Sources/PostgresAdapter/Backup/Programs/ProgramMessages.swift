// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The last things that a program said on standard error, to tell why it failed.
final class ProgramMessages: Sendable {
    private struct State {
        var last = ""
        var error: String?
        var detail: String?
        var warnings: [String] = []
    }

    /// How many warnings are kept; who says more says the same again.
    private static let warningLimit = 20

    private let state = Mutex(State())

    /// Takes a line.
    func add(_ line: String) {
        guard !line.allSatisfy(\.isWhitespace) else { return }
        state.withLock { state in
            state.last = line
            if let text = Self.tail(of: line, behind: "error: ") {
                // The first one is the cause, what follows are its consequences.
                if state.error == nil { state.error = text }
            } else if state.detail == nil, let text = Self.tail(of: line, behind: "detail: ") {
                state.detail = text
            } else if let text = Self.tail(of: line, behind: "warning: "), state.warnings.count < Self.warningLimit,
                !state.warnings.contains(text)
            {
                state.warnings.append(text)
            }
        }
    }

    /// What it warned of, in its own words: something that it left out, perhaps.
    var warnings: [String] { state.withLock(\.warnings) }

    /// The reason, in one line; what the program said last where it named none.
    var reason: String {
        state.withLock { state in
            guard let error = state.error else { return state.last.isEmpty ? "it said nothing" : state.last }
            return state.detail.map { "\(error) (\($0))" } ?? error
        }
    }

    private static func tail(of line: String, behind mark: String) -> String? {
        // pg_dump: error: query failed: …
        guard line.hasPrefix("pg_"), let range = line.ranges(of: mark).first else { return nil }
        return String(line[range.upperBound...])
    }
}
