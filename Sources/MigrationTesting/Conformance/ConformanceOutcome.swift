// SPDX-License-Identifier: Apache-2.0

/// How a check ended that did not fail.
public enum ConformanceOutcome: Hashable, Sendable {
    /// The store keeps the rule.
    case passed
    /// The harness does not offer what the check needs.
    case skipped(String)
}
