// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A Markdown file of the project.
struct Document: Sendable, CustomTestStringConvertible {
    let name: String
    let folder: URL
    private let lines: [String]

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    var testDescription: String { name }

    static func all() throws -> [Document] {
        let docs = root.appendingPathComponent("Docs")
        let files = try FileManager.default.contentsOfDirectory(at: docs, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "md" }
        let top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map { root.appendingPathComponent($0) }
        return try (top + files.sorted { $0.path < $1.path }).map(Document.init)
    }

    /// The texts of the compiled files that the examples have to stand in.
    static func compiledExamples() throws -> [String] {
        let folder = root.appendingPathComponent("Tests/DocumentationTests/Examples")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try String(contentsOf: $0, encoding: .utf8) }
    }

    private init(_ file: URL) throws {
        name = file.lastPathComponent
        folder = file.deletingLastPathComponent()
        lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    }

    /// All of it.
    var text: String { lines.joined(separator: "\n") }

    /// The fenced blocks of a language.
    func blocks(of language: String) -> [String] {
        var result: [String] = []
        var open: [String]?
        for line in lines {
            if var block = open {
                if line == "```" {
                    result.append(block.joined(separator: "\n"))
                    open = nil
                } else {
                    block.append(line)
                    open = block
                }
            } else if line == "```\(language)" {
                open = []
            }
        }
        return result
    }

    /// The files that links of the document name, without anchors and without addresses.
    var linkedFiles: [String] {
        lines.flatMap { line in
            line.components(separatedBy: "](").dropFirst().compactMap { rest in
                let target = rest.prefix { $0 != ")" && $0 != "#" }
                return target.isEmpty || target.contains(":") ? nil : String(target)
            }
        }
    }
}
