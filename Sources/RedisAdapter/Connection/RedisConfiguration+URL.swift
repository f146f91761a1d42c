// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension RedisConfiguration {
    /// Takes a URL: `redis://user:password@host:6379`, `rediss://` with TLS, or `unix://user:password@/path/to/socket`.
    ///
    /// The number of a database behind the host, and what follows a question mark, is read and not used: a backup holds all databases.
    ///
    /// - Parameters:
    ///   - url: The URL. In user and password the characters `: / @ % ? #` are percent-encoded.
    ///   - place: Where it was found, for messages.
    /// - Throws: ``RedisBackupError`` of category `configuration`. The message does not repeat the URL: a misread one can have its
    ///   password anywhere.
    public init(url: String, foundIn place: String = "the URL") throws(RedisBackupError) {
        guard let parsed = Self.parse(url) else {
            throw RedisBackupError(
                .configuration,
                """
                \(place) is not a Redis URL. It has to look like redis://USER:PASSWORD@HOST:PORT, rediss://… or \
                unix://USER:PASSWORD@/PATH, and in user and password the characters : / @ % ? # have to be percent-encoded (@ is %40).
                """)
        }
        self = parsed
    }

    private static func parse(_ url: String) -> RedisConfiguration? {
        guard let mark = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<mark.lowerBound].lowercased()
        var rest = url[mark.upperBound...]
        if let end = rest.firstIndex(where: { $0 == "?" || $0 == "#" }) { rest = rest[..<end] }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var place = rest[..<slash]
        let path = rest[slash...]
        var user: String?
        var password: String?
        if let at = place.lastIndex(of: "@") {
            let names = place[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            place = place[place.index(after: at)...]
            let decoded = names.compactMap { percentDecoded($0) }
            guard decoded.count == names.count else { return nil }
            user = decoded.first.flatMap { $0.isEmpty ? nil : $0 }
            password = decoded.dropFirst().first.flatMap { $0.isEmpty ? nil : $0 }
        }
        switch scheme {
        case "unix", "redis+unix", "redis-socket":
            guard place.isEmpty, path.count > 1, let path = percentDecoded(path), !path.contains("@") else {
                return nil
            }
            return RedisConfiguration(.socket(path), user: user, password: password)
        case "redis", "rediss":
            // More than the number of a database is the rest of something that was not encoded.
            guard path.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }), let endpoint = endpoint(place) else {
                return nil
            }
            return RedisConfiguration(endpoint, user: user, password: password, usesTLS: scheme == "rediss")
        default: return nil
        }
    }

    private static func endpoint(_ place: Substring) -> Endpoint? {
        var host = place
        var port = 6379
        let colon: Substring.Index?
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else { return nil }
            host = place[place.index(after: place.startIndex)..<end]
            let after = place.index(after: end)
            guard after == place.endIndex || place[after] == ":" else { return nil }
            colon = after == place.endIndex ? nil : after
        } else {
            colon = place.firstIndex(of: ":")
            if let colon { host = place[..<colon] }
        }
        if let colon {
            guard let number = Int(place[place.index(after: colon)...]), (1...65535).contains(number) else {
                return nil
            }
            port = number
        }
        guard isHost(host) else { return nil }
        return .tcp(host: host.isEmpty ? "127.0.0.1" : String(host), port: port)
    }

    /// Whether it can be a host's name or address.
    static func isHost(_ text: some StringProtocol) -> Bool {
        text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_:".contains($0)) }
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
