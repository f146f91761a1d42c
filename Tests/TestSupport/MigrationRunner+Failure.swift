// SPDX-License-Identifier: Apache-2.0

package import MigrationCore

extension MigrationRunner {
    /// The error of a run that has to fail; `nil` when it did not.
    package func failure() async -> MigrationError? {
        do {
            try await applyPending()
            return nil
        } catch {
            return error
        }
    }
}
