// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What came of a program.
struct Outcome: Sendable {
    var command: String
    /// The exit status; 128 and the signal's number if one ended it.
    var status: Int32
    /// Standard output.
    var output: String
    /// Standard error.
    var messages: String

    /// The status of a program that was killed.
    static let killed: Int32 = 137

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The one JSON document that standard output has to be.
    func document(sourceLocation: SourceLocation = #_sourceLocation) throws -> Document {
        do {
            return try JSONDecoder().decode(Document.self, from: Data(output.utf8))
        } catch {
            Issue.record("not one JSON document: \(self)\n\(error)", sourceLocation: sourceLocation)
            throw error
        }
    }

    /// Requires a status.
    func requireStatus(_ status: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try #require(self.status == status, "\(self)", sourceLocation: sourceLocation)
    }

    /// Expects a status, and texts in the messages.
    func expect(_ status: Int32, saying texts: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, "\(self)", sourceLocation: sourceLocation)
        for text in texts {
            #expect(messages.contains(text), "\(text) is not in: \(self)", sourceLocation: sourceLocation)
        }
    }
}

extension Outcome: CustomTestStringConvertible {
    var testDescription: String { "\(command) ended with \(status)\noutput: \(output)\nmessages: \(messages)" }
}

extension Outcome: CustomStringConvertible {
    var description: String { testDescription }
}
