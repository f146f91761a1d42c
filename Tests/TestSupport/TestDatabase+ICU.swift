// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ThrowawayPostgres

extension TestDatabase {
    /// That a test cannot be made here, and nobody said that this is all right.
    package struct NoICU: Error, CustomStringConvertible {
        package var description: String {
            """
            this PostgreSQL has no ICU, which this test needs. Install one that has (every distribution's has), or set \
            STRATA_TEST_WITHOUT_ICU=1 to leave out what needs it, as Scripts/test-versions.sh does
            """
        }
    }

    /// Whether databases of the provider ICU can be made: not before PostgreSQL 15, and not with every build of it.
    ///
    /// - Throws: ``NoICU`` when a build has none, unless the variable `STRATA_TEST_WITHOUT_ICU` says that this is known.
    package func hasICU() async throws -> Bool {
        guard server.version.major >= 15 else { return false }
        if (try? await query("CREATE COLLATION probe (provider = icu, locale = 'de-DE')")) != nil {
            try await query("DROP COLLATION probe")
            return true
        }
        guard ProcessInfo.processInfo.environment["STRATA_TEST_WITHOUT_ICU"] == "1" else { throw NoICU() }
        return false
    }
}
