// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard output for results, standard error for everything else.
enum Console {
    /// Standard error belongs to the whole process, and so does the line that is drawn on it.
    private static let statusLine = StatusLine()

    /// A line of the result.
    static func result(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    /// The result as one JSON document.
    static func print(_ document: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            return error("the result cannot be written as JSON")
        }
        result(String(decoding: data, as: UTF8.self))
    }

    /// Something that a person should know.
    static func note(_ text: String) {
        tell("strata: \(text)\n")
    }

    /// Why the command failed.
    static func error(_ text: String) {
        tell("strata: \(text)\n")
    }

    /// A line of progress; only for a person who looks on.
    static func progress(_ line: String) {
        if showsProgress { tell(line + "\n") }
    }

    /// Whether somebody looks on.
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

    /// Draws lines that are soon to be drawn anew, if ``drawsStatus``.
    static func drawStatus(_ lines: String...) { drawStatus(lines) }

    /// Draws lines that are soon to be drawn anew, if ``drawsStatus``.
    static func drawStatus(_ lines: [String]) {
        guard drawsStatus else { return }
        statusLine.draw(lines) { write($0, to: STDERR_FILENO) }
    }

    /// Removes the line that is drawn, if one is.
    static func eraseStatus() { tell("") }

    /// Whether somebody looks on whose terminal can go back to the start of a line.
    static let drawsStatus: Bool = {
        let terminal = ProcessInfo.processInfo.environment["TERM"] ?? ""
        return showsProgress && !["", "dumb"].contains(terminal)
    }()

    private static func tell(_ lines: String) {
        statusLine.give(way: lines) { write($0, to: STDERR_FILENO) }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Glibc)
                Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
