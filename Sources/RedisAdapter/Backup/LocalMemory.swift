// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What this machine has of memory.
enum LocalMemory {
    /// How many bytes programs can still get; `nil` where the system does not tell in `/proc/meminfo`.
    static var available: Int64? {
        guard let file = fopen("/proc/meminfo", "re") else { return nil }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 1 << 14)
        let count = fread(&text, 1, text.count, file)
        return available(inMeminfo: String(decoding: text.prefix(count), as: UTF8.self))
    }

    static func available(inMeminfo text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int64($0) }.map { $0 * 1024 }
        }
        return nil
    }
}
