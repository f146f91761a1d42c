// SPDX-License-Identifier: Apache-2.0

/// Where a text stops being JSON, and why.
struct JSONSyntaxError: Error, Hashable {
    var position: TextPosition
    var message: String
}
