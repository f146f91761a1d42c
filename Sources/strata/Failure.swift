// SPDX-License-Identifier: Apache-2.0

import MigrationCore

/// A command that did not succeed: what to tell, and with which status to end.
struct Failure: Error {
    var status: ExitStatus
    /// Told on standard error; empty when the command has told everything.
    var message: String
    /// The document for standard output, with `--json`.
    var document: ErrorDocument?

    init(status: ExitStatus, message: String = "", document: ErrorDocument? = nil) {
        self.status = status
        self.message = message
        self.document = document
    }

    /// A failure for any error.
    init(_ error: any Error, json: Bool) {
        status = ExitStatus(error)
        message = String(describing: error)
        if json { document = ErrorDocument(error, status: status) }
    }

    func report() {
        if !message.isEmpty { Console.error(message) }
        if let document { Console.print(document) }
    }
}

extension Failure {
    /// Runs a command's work; what it throws becomes a failure.
    static func catching<Result>(json: Bool, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(error, json: json)
        }
    }
}
