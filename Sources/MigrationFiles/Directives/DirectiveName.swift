// SPDX-License-Identifier: Apache-2.0

/// The directives that exist. The manifest uses the same words as keys.
enum DirectiveName: String, CaseIterable, Sendable {
    case dependsOn = "depends-on"
    case noTransaction = "no-transaction"
    case lockTimeout = "lock-timeout"
    case statementTimeout = "statement-timeout"
    case compatibleWith = "compatible-with"

    /// All of them, for a message.
    static var list: String {
        allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// What a value looks like, for a message.
    var example: String {
        switch self {
        case .dependsOn: "depends-on core:3, billing:12"
        case .noTransaction: "no-transaction"
        case .lockTimeout: "lock-timeout 3s"
        case .statementTimeout: "statement-timeout 10min"
        case .compatibleWith: "compatible-with core:12"
        }
    }
}
