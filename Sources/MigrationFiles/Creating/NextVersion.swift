// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Which version the next file of a component gets.
enum NextVersion {
    /// The digits of the next version.
    ///
    /// - Parameters:
    ///   - newest: The newest file of the component, if it has any.
    ///   - timestamp: The current time as `yyyyMMddHHmmss` in UTC. It is used when the newest version is such a time too,
    ///     and older.
    static func digits(after newest: ScriptFile?, timestamp: String?) -> String {
        guard let newest else { return "0001" }
        let now = timestamp.flatMap { MigrationVersion($0) }
        if let timestamp, let now, now > newest.id.version, isTimestamp(newest.versionText) {
            return timestamp
        }
        let number = newest.id.version.next.description
        let width = max(4, newest.versionText.utf8.count)
        return String(repeating: "0", count: max(0, width - number.utf8.count)) + number
    }

    /// Whether 14 digits can be a time: the seconds are not looked at, since 61 in one minute are possible where a
    /// version followed another one.
    static func isTimestamp(_ text: String) -> Bool {
        let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        guard digits.count == 14, digits.allSatisfy({ (0...9).contains($0) }) else { return false }
        let number = { (place: Int) in digits[place] * 10 + digits[place + 1] }
        return (19...29).contains(number(0)) && (1...12).contains(number(4)) && (1...31).contains(number(6))
            && (0...23).contains(number(8)) && (0...59).contains(number(10))
    }
}
