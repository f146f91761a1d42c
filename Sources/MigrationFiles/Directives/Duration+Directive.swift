// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Reads a duration as directives write it, such as `3s` or `10min`; `nil` when it is none.
    package init?(directive text: String) {
        guard let duration = try? TimeoutText.parse(text) else { return nil }
        self = duration
    }
}
