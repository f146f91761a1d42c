// SPDX-License-Identifier: Apache-2.0

/// The rule for names of components, which are names of folders, words in directives and keys of the history.
enum ComponentName {
    /// The width of the history's column, in characters as PostgreSQL counts them.
    static let maximumLength = 100

    /// What is wrong with a name, as the end of a sentence that begins with "it"; `nil` when nothing is.
    static func fault(in name: some StringProtocol) -> String? {
        guard let first = name.first else { return "is empty" }
        if let odd = name.first(where: { !isAllowed($0) }) {
            return "has \"\(Displayed(String(odd)))\" in it; letters, digits, \"_\", \"-\" and \".\" are allowed"
        }
        guard first.isLetter || first.isNumber || first == "_" else {
            return "begins with \"\(first)\"; a letter, a digit or \"_\" has to come first"
        }
        let length = name.unicodeScalars.count
        guard length <= maximumLength else {
            return "has \(length) characters; the history has room for \(maximumLength)"
        }
        return nil
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-" || character == "."
    }
}
