// SPDX-License-Identifier: Apache-2.0

/// Writes points in time as RFC 3339 does, in UTC.
enum UTCTime {
    /// - Parameter seconds: Since the beginning of 1970.
    static func text(_ seconds: Int64) -> String {
        let (days, second) = (Int((Double(seconds) / 86400).rounded(.down)), Int(((seconds % 86400) + 86400) % 86400))
        // From days to a date of the Gregorian calendar: years begin in March, so that leap days are at their end.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day))T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    }
}
