// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The Swift examples of the documents are the ones that are compiled here.
@Suite("Documented examples")
struct DocumentedExamplesTests {
    @Test("every Swift example of a document stands in a file that is compiled", arguments: try Document.all())
    func isCompiled(document: Document) throws {
        let compiled = try Document.compiledExamples()
        for example in document.blocks(of: "swift") where !example.hasPrefix(".p") {
            let isThere = compiled.contains { $0.contains(example.trimmingCharacters(in: .newlines)) }
            #expect(isThere, "\(document.name): not in Tests/DocumentationTests/Examples:\n\(example)")
        }
    }

    @Test("every JSON example of a document is JSON", arguments: try Document.all())
    func isJSON(document: Document) throws {
        for example in document.blocks(of: "json") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(example.utf8)) }
        }
    }

    @Test("every link between documents leads to a file that is there", arguments: try Document.all())
    func linksLead(document: Document) throws {
        for target in document.linkedFiles {
            let path = document.folder.appendingPathComponent(target).path
            #expect(FileManager.default.fileExists(atPath: path), "\(document.name) links to \(target)")
        }
    }

    @Test("the documents have examples at all")
    func areThere() throws {
        #expect(try Document.all().flatMap { $0.blocks(of: "swift") }.count >= 6)
        #expect(try Document.all().flatMap { $0.blocks(of: "sh") }.count >= 3)
    }
}
