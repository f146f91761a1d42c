// SPDX-License-Identifier: Apache-2.0

/// The nearest way to something that must not be.
struct Counterexample: CustomStringConvertible {
    var violation: String
    var trace: [String]

    init(_ violation: String, _ trace: [String]) {
        self.violation = violation
        self.trace = trace
    }

    var description: String {
        (["\(violation), after \(trace.count) steps:"] + trace.map { "  \($0)" }).joined(separator: "\n")
    }
}
