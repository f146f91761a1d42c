// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a server's `redis.conf` says of its files.
///
/// ```swift
/// let file = try RedisServerFile("/etc/redis/redis.conf")
/// let target = RedisFolderRestoreTarget(folder: file.folder ?? "/var/lib/redis", server: nil, options: file.options)
/// ```
public struct RedisServerFile: Hashable, Sendable {
    /// The server's `dir`; `nil` when it is not there, or no absolute path.
    public private(set) var folder: String?
    /// The server's `port`; `nil` when it listens on none.
    public private(set) var port: Int? = 6379
    /// What the server calls its files, and whether it has an append-only file.
    public private(set) var options = RedisFolderRestoreTarget.Options()

    private static let longest = 1 << 20
    private static let deepest = 8

    /// Reads a file, with those that it includes.
    ///
    /// - Throws: ``RedisBackupError`` of category `configuration` when one of them cannot be read.
    public init(_ path: String) throws(RedisBackupError) {
        options.appendOnly = false
        try read(path, depth: 0)
    }

    private mutating func read(_ path: String, depth: Int) throws(RedisBackupError) {
        guard depth < Self.deepest, let bytes = FolderFiles.beginning(of: path, Self.longest),
            bytes.count < Self.longest
        else { throw RedisBackupError(.configuration, "\(path) cannot be read as the configuration of a Redis server") }
        for (index, line) in String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            guard let words = Self.words(line) else {
                throw RedisBackupError(.configuration, "\(path), line \(index + 1): a quotation mark has no other one")
            }
            guard words.count == 2 else { continue }
            try take(words[0].lowercased(), words[1], depth: depth)
        }
    }

    private mutating func take(_ name: String, _ value: String, depth: Int) throws(RedisBackupError) {
        switch name {
        case "dir": folder = value.hasPrefix("/") ? value : nil
        case "port": port = Int(value).flatMap { (1...65535).contains($0) ? $0 : nil }
        case "dbfilename": options.databaseFile = value
        case "appendfilename": options.appendOnlyFile = value
        case "appenddirname": options.appendOnlyFolder = value
        case "appendonly": options.appendOnly = value.lowercased() == "yes"
        case "include": try read(value, depth: depth + 1)
        default: break
        }
    }

    /// The words of a line as a server reads it; none of a comment, `nil` when a quotation mark stands alone.
    static func words(_ line: some StringProtocol) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word?.append(character)
                isEscaped = false
            } else if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "\\", open == "\"" {
                    isEscaped = true
                } else {
                    word?.append(character)
                }
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else if character == "#", words.isEmpty, word == nil {
                return []
            } else {
                if character == "\"" || character == "'" { quote = character }
                word = (word ?? "") + (quote == nil ? String(character) : "")
            }
        }
        guard quote == nil else { return nil }
        return words + [word].compactMap(\.self)
    }
}
