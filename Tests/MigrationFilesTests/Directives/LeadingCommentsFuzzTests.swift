// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MigrationFiles

/// Holds the reader of leading comments, a state machine over bytes, against one that looks at the whole text.
@Suite struct LeadingCommentsFuzzTests {
    /// The same answer, found by walking over characters with all of them at hand.
    private func expected(_ text: String) -> [DirectiveComment] {
        let scalars = Array(text.unicodeScalars)
        var found: [DirectiveComment] = []
        var index = 0
        func isAt(_ word: String, _ place: Int) -> Bool {
            place < scalars.count && scalars[place...].starts(with: word.unicodeScalars)
        }
        func isLineEnd(_ place: Int) -> Bool { scalars[place] == "\n" || scalars[place] == "\r" }
        func position(_ place: Int) -> TextPosition {
            var result = TextPosition.start
            for before in 0..<place {
                if isLineEnd(before) {
                    let isSecondHalf = scalars[before] == "\n" && before > 0 && scalars[before - 1] == "\r"
                    if !isSecondHalf { result.passLineEnd() }
                } else {
                    result.column += 1
                }
            }
            return result
        }
        while index < scalars.count {
            if isAt("--", index) {
                let start = index + 2
                index = start
                while index < scalars.count, !isLineEnd(index) { index += 1 }
                var line = String.UnicodeScalarView()
                line.append(contentsOf: scalars[start..<index])
                if let comment = DirectiveComment(bytes: Array(String(line).utf8), position: position(start)) {
                    found.append(comment)
                }
            } else if isAt("/*", index) {
                var depth = 1
                index += 2
                while depth > 0, index < scalars.count {
                    let opens = isAt("/*", index)
                    let closes = isAt("*/", index)
                    depth += opens ? 1 : closes ? -1 : 0
                    index += opens || closes ? 2 : 1
                }
            } else if [" ", "\t", "\n", "\r", "\u{B}", "\u{C}"].contains(scalars[index]) {
                index += 1
            } else {
                break
            }
        }
        return found
    }

    @Test(arguments: 1...8)
    func `The state machine finds what the plain walk finds`(seed: Int) {
        var generator = SplitMix(state: UInt64(seed))
        let fragments = [
            "--", "-", "/*", "*/", "/", "*", "\n", "\r", "\r\n", " ", "\t", "strata: x", " strata:y", "ä", "𝄞",
            "-- strata: z\n",
            "-- strata: no-transaction\r\n", "/* c */", "-- c\n",
        ]
        for _ in 0..<1500 {
            let count = Int.random(in: 0...14, using: &generator)
            let text = (0..<count).map { _ in fragments[Int.random(in: fragments.indices, using: &generator)] }.joined()
            for pieceSize in [1, 3, 1000] {
                var comments = LeadingComments()
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    comments.consume(rest.prefix(pieceSize))
                    rest = rest.dropFirst(pieceSize)
                }
                comments.finish()
                #expect(comments.found == expected(text), "\(text.debugDescription)")
            }
        }
    }
}
