// SPDX-License-Identifier: Apache-2.0

/// The name of a backup set: `backup_20250916_123000`, the second in UTC at which its run began, with `_2`, `_3` … where that name was
/// taken.
public struct SetName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The second at which the run began.
    public let time: CalendarTime
    /// 1 for the first set of that second.
    public let number: Int

    /// Makes a name.
    public init(time: CalendarTime, number: Int = 1) {
        self.time = time
        self.number = max(1, number)
    }

    /// Reads a name; `nil` for a text that is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4, parts[0] == Self.prefix,
            let time = CalendarTime(date: parts[1], clock: parts[2])
        else { return nil }
        self.time = time
        guard parts.count == 4 else {
            number = 1
            return
        }
        guard let number = Int(parts[3]), number >= 2, String(number) == parts[3] else { return nil }
        self.number = number
    }

    private static let prefix = "backup"

    public var description: String {
        "\(Self.prefix)_\(timestamp)"
    }

    /// The name without its first word: `20250916_123000`, as the metadata has it.
    public var timestamp: String {
        number == 1 ? time.compact : "\(time.compact)_\(number)"
    }

    /// The folder's name while the set is being made. It begins with a dot: no listing shows it by accident.
    var partialFolder: String { ".\(description)\(Self.partialSuffix)" }

    private static let partialSuffix = ".partial"

    /// Reads the name of a folder of a set that is being made, or was when its run ended.
    init?(partialFolder: String) {
        guard partialFolder.hasPrefix("."), partialFolder.hasSuffix(Self.partialSuffix) else { return nil }
        self.init(String(partialFolder.dropFirst().dropLast(Self.partialSuffix.count)))
    }

    /// The same second, the next number.
    var next: SetName { SetName(time: time, number: number + 1) }

    public static func < (left: SetName, right: SetName) -> Bool {
        (left.time, left.number) < (right.time, right.number)
    }
}
