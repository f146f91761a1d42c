// SPDX-License-Identifier: Apache-2.0

/// Finds the word that somebody probably meant.
enum NearestWord {
    /// The known word nearest to a misspelt one; `nil` when none is near. Letter case and `_` for `-` do not count.
    static func find(_ word: String, among known: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let plain = Array(word.lowercased().replacing("_", with: "-"))
        let limit = max(2, plain.count / 3)
        return known.map { (word: $0, distance: distance(plain, Array($0))) }
            .filter { $0.distance <= limit && $0.distance < $0.word.count }
            .min { $0.distance < $1.distance }?.word
    }

    /// How many letters have to be inserted, removed or replaced to get from one word to the other.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
