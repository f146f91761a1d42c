// SPDX-License-Identifier: Apache-2.0

extension Int64 {
    /// For people, in powers of ten as disks are sold: `812 B`, `4.1 kB`, `1.3 GB`.
    var sizeText: String {
        if self < 1000 { return "\(self) B" }
        var value = Double(self)
        var unit = "B"
        for next in ["kB", "MB", "GB", "TB", "PB"] where value >= 999.5 || unit == "B" {
            value /= 1000
            unit = next
        }
        return value < 9.95 ? "\((value * 10).rounded() / 10) \(unit)" : "\(Int(value.rounded())) \(unit)"
    }
}
