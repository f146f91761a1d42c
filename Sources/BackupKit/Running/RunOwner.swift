// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#else
internal import Glibc
#endif

/// Who makes a run, as those read it who have to wait for it.
public enum RunOwner {
    /// `process 4711 on db1, since 2025-09-16T12:30:00Z`
    public static var text: String {
        var name = [CChar](repeating: 0, count: 256)
        let hasName = unsafe gethostname(&name, name.count - 1) == 0
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "process \(getpid())" + (hasName ? " on \(host)" : "") + ", since \(CalendarTime.now)"
    }
}

extension CalendarTime {
    /// This second, by the machine's clock.
    public static var now: CalendarTime { CalendarTime(secondsSinceEpoch: Int64(time(nil))) }
}
