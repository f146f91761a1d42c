// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The list of ACL users in a set.
enum UsersFile {
    /// Whether every line is one that a server reads; `nil` when the file cannot be read.
    static func isReadable(at path: String) -> Bool? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { break }
            bytes += piece.prefix(count)
            // No list of users is as long.
            if bytes.count > 16 << 20 { return false }
        }
        return isReadable(String(validating: bytes, as: UTF8.self))
    }

    static func isReadable(_ text: String?) -> Bool {
        guard let text, text.hasSuffix("\n") else { return false }
        let lines = text.split(separator: "\n")
        return lines.contains { $0.hasPrefix("user default ") } && lines.allSatisfy { $0.hasPrefix("user ") }
    }
}
