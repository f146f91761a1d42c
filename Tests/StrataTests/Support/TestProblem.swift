// SPDX-License-Identifier: Apache-2.0

/// Why a test cannot do its work.
struct TestProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
