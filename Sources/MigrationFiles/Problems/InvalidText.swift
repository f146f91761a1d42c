// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a small text (a name, a duration, a reference), as a part of a sentence.
struct InvalidText: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
