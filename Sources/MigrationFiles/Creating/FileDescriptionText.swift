// SPDX-License-Identifier: Apache-2.0

/// Descriptions as people write them, made into parts of file names.
enum FileDescriptionText {
    /// A file name has room for 255 bytes; version, extension and a suffix of the file system need some of them.
    private static let maximumBytes = 120

    /// A description in small letters, with `_` between its words: `Add users' e-mail` becomes `add_users_e_mail`.
    ///
    /// Letters and digits of every script stay. What is too long ends after the last word that fits.
    ///
    /// - Returns: `nil` when the text has neither letters nor digits.
    static func fileName(for description: String) -> String? {
        let words = description.lowercased().split { !($0.isLetter || $0.isNumber) }
        guard let first = words.first else { return nil }
        var result = ""
        for character in first where result.utf8.count + character.utf8.count <= maximumBytes {
            result.append(character)
        }
        for word in words.dropFirst() {
            guard result.utf8.count + 1 + word.utf8.count <= maximumBytes else { break }
            result += "_\(word)"
        }
        return result
    }

    /// A description in one line.
    static func line(for description: String) -> String {
        description.split { $0.isWhitespace || $0.isNewline }.map { Displayed($0).description }.joined(separator: " ")
    }
}
