// SPDX-License-Identifier: Apache-2.0

/// Durations as PostgreSQL writes them: a whole number and a unit.
enum TimeoutText {
    private static let units: [(name: String, microseconds: Int64)] = [
        ("us", 1), ("ms", 1000), ("s", 1_000_000), ("min", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
    ]
    /// PostgreSQL keeps these settings as 32-bit milliseconds.
    private static let maximum = Int64(Int32.max) * 1000

    /// Reads a duration.
    ///
    /// A number without a unit is refused, although PostgreSQL takes it for milliseconds: half of those who write
    /// `lock-timeout 3` mean seconds. `0s` means no limit, as in PostgreSQL.
    static func parse(_ text: some StringProtocol) throws(InvalidText) -> Duration {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[digits.endIndex...].drop { $0 == " " || $0 == "\t" }
        let shown = Displayed(text)
        guard !digits.isEmpty else { throw InvalidText("\"\(shown)\" is not a duration: \(Self.form)") }
        guard !unit.isEmpty else { throw InvalidText("\"\(shown)\" has no unit: \(Self.form)") }
        guard let scale = units.first(where: { $0.name == unit })?.microseconds else {
            throw InvalidText("\"\(shown)\" is not a duration: \(Self.form)")
        }
        guard let count = Int64(digits), count <= maximum / scale else {
            throw InvalidText("\"\(shown)\" is more than PostgreSQL's limit, 2147483647ms (24 days)")
        }
        let microseconds = count * scale
        // PostgreSQL would round it, perhaps to 0: no limit at all.
        guard microseconds == 0 || microseconds >= 1000 else {
            throw InvalidText("\"\(shown)\" is less than PostgreSQL's smallest step, 1ms")
        }
        return .microseconds(microseconds)
    }

    private static let form = "write a whole number and one of the units us, ms, s, min, h, d, for instance 3s"

    /// A duration in the largest unit that gives a whole number.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        guard microseconds != 0 else { return "0s" }
        let unit = units.last { microseconds % $0.microseconds == 0 } ?? units[0]
        return "\(microseconds / unit.microseconds)\(unit.name)"
    }
}
