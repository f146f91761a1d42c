// SPDX-License-Identifier: Apache-2.0

/// What a server sends before the bytes of its copy: signs of life, and a line that says how the copy ends.
struct TransferOpening: Sendable {
    /// How the end of a copy is told.
    enum Form: Hashable, Sendable {
        /// It has so many bytes.
        case length(Int64)
        /// It is followed by these 40 bytes.
        case mark([UInt8])
    }

    enum Progress: Hashable, Sendable {
        /// More has to come.
        case waiting
        /// The copy begins with these bytes.
        case begun(Form, rest: [UInt8])
        /// The server does not do it.
        case refused(String)
        /// That is no answer to what was asked.
        case senseless
    }

    private static let longestLine = 4096
    private var line: [UInt8] = []

    /// Takes the next bytes of the server.
    mutating func take(_ bytes: [UInt8]) -> Progress {
        for (index, byte) in bytes.enumerated() {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                if line.count > Self.longestLine { return .senseless }
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            // A line without anything is a sign of life.
            if line.isEmpty { continue }
            let text = String(decoding: line, as: UTF8.self)
            line = []
            switch text.first {
            case "-": return .refused(String(text.dropFirst()))
            // The answer to PSYNC.
            case "+": continue
            case "$":
                guard let form = Self.form(text.dropFirst()) else { return .senseless }
                return .begun(form, rest: Array(bytes[(index + 1)...]))
            default: return .senseless
            }
        }
        return .waiting
    }

    private static func form(_ text: Substring) -> Form? {
        if text.hasPrefix("EOF:") {
            let mark = Array(text.dropFirst(4).utf8)
            return mark.count == 40 ? .mark(mark) : nil
        }
        guard let length = Int64(text), length >= 0 else { return nil }
        return .length(length)
    }
}
