// SPDX-License-Identifier: Apache-2.0

/// The versions of the format, and who reads them (`RDB_VERSION` in `src/rdb.h` of each release of Redis).
enum RDBFormat {
    /// The versions whose every byte is known here.
    static let known = 6...12

    /// The newest version that a server reads; `nil` for a server that is newer than this table.
    static func newestReadable(byServer version: String) -> Int? {
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        let release = (numbers[0], numbers[1])
        if release < (3, 2) { return 6 }
        if release < (4, 0) { return 7 }
        if release < (5, 0) { return 8 }
        if release < (7, 0) { return 9 }
        if release < (7, 2) { return 10 }
        if release < (7, 4) { return 11 }
        if release < (8, 0) { return 12 }
        return nil
    }

    /// The oldest release of Redis that reads a version: `7.0`.
    static func oldestServer(for version: Int) -> String {
        switch version {
        case ...6: "2.6"
        case 7: "3.2"
        case 8: "4.0"
        case 9: "5.0"
        case 10: "7.0"
        case 11: "7.2"
        case 12: "7.4"
        default: "8.0"
        }
    }

    /// What stands between keys instead of a type (`RDB_OPCODE_…` in `src/rdb.h` of Redis).
    enum Opcode {
        static let slotInfo: UInt8 = 244
        static let function: UInt8 = 245
        static let functionOfPreview: UInt8 = 246
        static let moduleAuxiliary: UInt8 = 247
        static let idle: UInt8 = 248
        static let frequency: UInt8 = 249
        static let auxiliary: UInt8 = 250
        static let sizes: UInt8 = 251
        static let expiryMilliseconds: UInt8 = 252
        static let expirySeconds: UInt8 = 253
        static let database: UInt8 = 254
        static let end: UInt8 = 255
    }
}

/// What kind of value a key has.
enum RDBKind: String, CaseIterable, Sendable {
    case string, list, set, zset, hash, stream, module

    var code: UInt64 {
        switch self {
        case .string: 0
        case .list: 1
        case .set: 2
        case .zset: 3
        case .hash: 4
        case .stream: 5
        case .module: 6
        }
    }
}
