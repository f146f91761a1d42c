// SPDX-License-Identifier: Apache-2.0

/// Durations as PostgreSQL writes them: a whole number and a unit.
enum TimeoutText {
    private static let units: [(name: String, duration: Duration)] = [
        ("us", .microseconds(1)), ("ms", .milliseconds(1)), ("s", .seconds(1)), ("min", .seconds(60)),
        ("h", .seconds(3600)), ("d", .seconds(86400)),
    ]
    /// PostgreSQL keeps these settings as 32-bit milliseconds.
    private static let maximum = Duration.milliseconds(Int32.max)

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
        guard let scale = units.first(where: { $0.name == unit })?.duration else {
            throw InvalidText("\"\(shown)\" is not a duration: \(Self.form)")
        }
        guard let count = Int64(digits), count <= maximum / scale else {
            throw InvalidText("\"\(shown)\" is more than PostgreSQL's limit, 2147483647ms (24 days)")
        }
        let duration = scale * Int(count)
        // PostgreSQL would round it, perhaps to 0: no limit at all.
        guard duration == .zero || duration >= .milliseconds(1) else {
            throw InvalidText("\"\(shown)\" is less than PostgreSQL's smallest step, 1ms")
        }
        return duration
    }

    private static let form = "write a whole number and one of the units us, ms, s, min, h, d, for instance 3s"

    /// A duration in the largest unit that gives a whole number.
    static func format(_ duration: Duration) -> String {
        for unit in units.reversed() {
            let count = Int64(duration / unit.duration)
            if unit.duration * Int(count) == duration { return "\(count)\(count == 0 ? "s" : unit.name)" }
        }
        return "\(Int64(duration / .microseconds(1)))us"
    }
}
