// SPDX-License-Identifier: Apache-2.0

/// Asks until the condition holds.
///
/// - Returns: False when it did not within five minutes, which is far more than anything here takes on a busy machine.
package func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<30000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
