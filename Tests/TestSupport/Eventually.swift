// SPDX-License-Identifier: Apache-2.0

/// Asks until the condition holds.
///
/// - Returns: False when it did not within a minute, which is far more than anything here takes.
package func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<6000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
