// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A row of a table of fields: `| \`keys\` * | number | in all databases |`.
struct DocumentedField: Hashable {
    let name: String
    /// Whether it is there only where it has something to say.
    let isOptional: Bool
    let type: String
}

extension Document {
    /// The fields that the tables of a section name.
    ///
    /// - Parameter heading: As it stands, its number signs included.
    func fields(under heading: String) -> [DocumentedField] {
        guard let section = text.components(separatedBy: "\n\(heading)\n").dropFirst().first else { return [] }
        let rows = section.components(separatedBy: "\n").prefix { !$0.hasPrefix("#") }.filter { $0.hasPrefix("| `") }
        return rows.flatMap { row -> [DocumentedField] in
            let columns = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let names = columns[0].split(separator: "`").enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            return names.filter { $0.contains(where: \.isLetter) }.map {
                DocumentedField(name: String($0), isOptional: columns[0].hasSuffix("*"), type: columns[1])
            }
        }
    }
}
