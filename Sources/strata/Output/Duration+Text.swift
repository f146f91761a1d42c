// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The length in milliseconds.
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }

    /// For people: `4 ms`, `1.3 s`, `2 min 5 s`.
    var text: String {
        let milliseconds = milliseconds
        if milliseconds < 1000 { return "\(Int(milliseconds.rounded())) ms" }
        if milliseconds < 60_000 { return "\((milliseconds / 100).rounded() / 10) s" }
        let seconds = Int(milliseconds / 1000)
        return "\(seconds / 60) min \(seconds % 60) s"
    }
}
