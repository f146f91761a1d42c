// SPDX-License-Identifier: Apache-2.0

import PostgresAdapter
import Testing

/// One way in which a run can die in a statement, and what the next run has to make of it.
struct OutcomeCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What was there before.
    let setup: [String]
    /// The statement that the run died in.
    let statement: String
    /// What the server did of it, and what happened before the next run. What fails here may fail.
    let meanwhile: [String]
    /// A query, and what it answers in the end.
    let proof: String
    let result: [String]
    /// A query whose answer the next run must not change: what was done is not done twice.
    let keeps: String?

    init(
        _ description: String, setup: [String] = [], _ statement: String, meanwhile: [String] = [], proof: String,
        _ result: [String], keeps: String? = nil
    ) {
        testDescription = description
        self.setup = setup
        self.statement = statement
        self.meanwhile = meanwhile
        self.proof = proof
        self.result = result
        self.keeps = keeps
    }
}
