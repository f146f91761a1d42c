// SPDX-License-Identifier: Apache-2.0

/// A second in UTC, in the Gregorian calendar.
public struct CalendarTime: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds, as POSIX counts them.
    public let secondsSinceEpoch: Int64

    /// Makes a time.
    public init(secondsSinceEpoch: Int64) {
        self.secondsSinceEpoch = secondsSinceEpoch
    }

    /// Makes a time of its parts; `nil` when there is no such second.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second), day >= 1
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        self.init(secondsSinceEpoch: Int64(days * 86400 + hour * 3600 + minute * 60 + second))
        // A day that the month does not have is one of the next month.
        guard self.month == month else { return nil }
    }

    /// Reads `20250916` and `123000`.
    init?(date: some StringProtocol, clock: some StringProtocol) {
        guard date.utf8.count == 8, clock.utf8.count == 6, (date.utf8.map { $0 } + clock.utf8).allSatisfy(Self.isDigit)
        else { return nil }
        func number(_ text: some StringProtocol, _ start: Int, _ length: Int) -> Int {
            Int(text.dropFirst(start).prefix(length)) ?? -1
        }
        self.init(
            year: number(date, 0, 4), month: number(date, 4, 2), day: number(date, 6, 2),
            hour: number(clock, 0, 2), minute: number(clock, 2, 2), second: number(clock, 4, 2))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Days since 1970-01-01. Years begin in March here, so that the leap day is the last one.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private var date: (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Whole days since 1970-01-01.
    public var dayNumber: Int { Int((Double(secondsSinceEpoch) / 86400).rounded(.down)) }
    /// Whole weeks, which begin on Mondays (ISO 8601), counted from the one of 1970-01-01, a Thursday.
    public var weekNumber: Int { Int((Double(dayNumber + 3) / 7).rounded(.down)) }
    /// The year: 2025.
    public var year: Int { date.year }
    /// The month, from 1 to 12.
    public var month: Int { date.month }
    /// The day of the month, from 1 to 31.
    public var day: Int { date.day }

    private var clock: (hour: Int, minute: Int, second: Int) {
        let seconds = Int(secondsSinceEpoch) - dayNumber * 86400
        return (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// `20250916_123000`
    public var compact: String {
        let date = date
        let clock = clock
        return [
            Self.padded(date.year, 4), Self.padded(date.month), Self.padded(date.day), "_", Self.padded(clock.hour),
            Self.padded(clock.minute), Self.padded(clock.second),
        ].joined()
    }

    /// `2025-09-16T12:30:00Z`, as RFC 3339 writes it.
    public var description: String {
        let date = date
        let clock = clock
        let day = "\(Self.padded(date.year, 4))-\(Self.padded(date.month))-\(Self.padded(date.day))"
        return "\(day)T\(Self.padded(clock.hour)):\(Self.padded(clock.minute)):\(Self.padded(clock.second))Z"
    }

    private static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    public static func < (left: CalendarTime, right: CalendarTime) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }
}
