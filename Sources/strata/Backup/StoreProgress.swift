// SPDX-License-Identifier: Apache-2.0

import MigrationCore
import Synchronization

/// Draws how far each store is, a line with a bar for each, and passes on what people should know.
final class StoreProgress: Sendable {
    private struct Line {
        var text: String
        /// When its phase began, and with how many bytes.
        var phase: String?
        var start: ContinuousClock.Instant
        var bytesAtStart: Int64 = 0
    }

    private struct State {
        var lines: [StoreName: Line] = [:]
        var drawn: ContinuousClock.Instant?
    }

    /// Targets tell more often than an eye can read.
    private static let interval = Duration.milliseconds(100)
    private let state = Mutex(State())

    /// Takes what an adapter tells.
    func handle(_ store: StoreName, _ event: BackupTargetEvent) {
        switch event {
        case .notice(let text): Console.note("\(store): \(text)")
        case .waiting(let text):
            set(store) { line in
                defer { (line.phase, line.text) = (nil, text) }
                return line.text != text
            }
        case .progress(let progress):
            set(store) { line in
                let isNew = line.phase != progress.phase
                if isNew {
                    line.phase = progress.phase
                    line.start = .now
                    line.bytesAtStart = progress.bytes
                }
                line.text = Self.text(progress, since: line.start, from: line.bytesAtStart)
                return isNew
            }
        }
    }

    /// Removes a store's line: it is done.
    func end(_ store: StoreName) {
        let lines = state.withLock { state in
            state.lines[store] = nil
            return Self.lines(state)
        }
        if lines.isEmpty { Console.eraseStatus() } else { Console.drawStatus(lines) }
    }

    /// Removes all lines.
    func end() {
        state.withLock { $0.lines = [:] }
        Console.eraseStatus()
    }

    /// - Parameter change: Changes a line, and says whether that is more than a number.
    private func set(_ store: StoreName, _ change: (inout Line) -> Bool) {
        guard Console.drawsStatus else { return }
        let lines = state.withLock { state -> [String]? in
            let isNew = change(&state.lines[store, default: Line(text: "", start: .now)])
            let now = ContinuousClock.now
            if !isNew, let drawn = state.drawn, now - drawn < Self.interval { return nil }
            state.drawn = now
            return Self.lines(state)
        }
        if let lines { Console.drawStatus(lines) }
    }

    private static func lines(_ state: State) -> [String] {
        let width = state.lines.keys.map(\.description.count).max() ?? 0
        return state.lines.sorted { $0.key < $1.key }.map { store, line in
            store.description.padded(to: width) + "  " + line.text
        }
    }

    /// `dumping [####------]  40 %  1.2 GB of about 2.9 GB  85 MB/s, 20 s left  table 12 of 40  public.users`
    static func text(_ progress: BackupProgress, elapsed: Duration, from bytesAtStart: Int64) -> String {
        var parts = [progress.phase]
        let rate =
            elapsed.milliseconds > 1000
            ? Double(progress.bytes - bytesAtStart) / elapsed.milliseconds * 1000 : 0
        if let total = progress.totalBytes, total > 0 {
            // An estimate can be too small.
            let part = min(Double(progress.bytes) / Double(total), progress.isExact ? 1 : 0.99)
            let filled = Int(part * 20)
            parts.append("[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: 20 - filled))]")
            parts.append("\(Int(part * 100)) %".padded(to: 5))
            parts.append("\(progress.bytes.sizeText) of \(progress.isExact ? "" : "about ")\(total.sizeText)")
            if rate > 0, progress.bytes < total {
                let left = Duration.seconds(Double(total - progress.bytes) / rate)
                parts.append("\(Int64(rate).sizeText)/s, \(progress.isExact ? "" : "about ")\(left.text) left")
            }
        } else if progress.bytes > 0 {
            parts.append(progress.bytes.sizeText)
            if rate > 0 { parts.append("\(Int64(rate).sizeText)/s") }
        }
        if let objects = progress.objects { parts.append("\(objects.done) of \(objects.total)") }
        if let object = progress.object { parts.append(object) }
        return parts.joined(separator: "  ")
    }

    private static func text(
        _ progress: BackupProgress, since start: ContinuousClock.Instant, from bytesAtStart: Int64
    ) -> String {
        text(progress, elapsed: .now - start, from: bytesAtStart)
    }
}
