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
        message =
            error is CancellationError ? "interrupted; what was half-done was taken away" : String(describing: error)
        if json { document = ErrorDocument(error, status: status) }
    }

    func report() {
        if !message.isEmpty { Console.error(message) }
        if let document { Console.print(document) }
    }
}

extension Failure {
    /// Runs a command's work; what it throws becomes a failure.
    ///
    /// - Parameter isOfSets: Whether the command is about backup sets, so that its document has nothing of migrations.
    static func catching<Result>(
        json: Bool, isOfSets: Bool = false, _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await described(json: json, work)
        } catch var failure as Failure where isOfSets {
            failure.document?.leaveMigrationsOut()
            throw failure
        }
    }

    private static func described<Result>(json: Bool, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch var failure as Failure {
            // A command that prints a document of its own tells nothing more.
            if json, failure.document == nil, !failure.message.isEmpty {
                failure.document = ErrorDocument(
                    code: failure.status == .wrongUsage ? "usage" : "\(failure.status)", status: failure.status,
                    message: failure.message)
            }
            throw failure
        } catch {
            throw Failure(error, json: json)
        }
    }
}
