// SPDX-License-Identifier: Apache-2.0

extension RDBReader {
    /// Reads one thing; false when not all of it is there.
    mutating func perform(_ task: Task, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        switch task {
        case .header: return try header(&cursor)
        case .opcode: return try opcode(&cursor)
        case .string(let sink): return try beginString(sink, &cursor)
        case .keyEnd: endKey()
        case .databaseNumber:
            guard let number = try plainLength(&cursor) else { return false }
            guard number < 1 << 24 else { throw .damaged("there is no database \(number)") }
            tasks.removeLast()
            database = Int(number)
        case .sizes: return try skipLengths(2, &cursor)
        case .slot: return try skipLengths(3, &cursor)
        case .idle: return try skipLengths(1, &cursor)
        case .skip(let count):
            guard cursor.take(count) != nil else { return false }
            tasks.removeLast()
        case .expirySeconds:
            guard let seconds = cursor.littleEndian(Int32.self) else { return false }
            tasks.removeLast()
            expiry = Int64(seconds) * 1000
        case .expiryMilliseconds:
            guard let milliseconds = cursor.littleEndian(Int64.self) else { return false }
            tasks.removeLast()
            expiry = milliseconds
        case .earliestExpiry, .count, .elements, .textScore, .binaryScore, .fieldExpiry, .container:
            return try performElements(task, &cursor)
        case .moduleName, .moduleAuxiliary, .moduleItems: return try performModule(task, &cursor)
        case .checksum, .uncounted: break
        default: return try performStream(task, &cursor)
        }
        return true
    }

    private mutating func header(_ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        guard let bytes = cursor.take(9) else {
            // Told early: an empty file, or one of another kind.
            return false
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let name = text.hasPrefix("REDIS") ? "REDIS" : "VALKEY"
        let digits = text.dropFirst(name.count)
        let isNumber = text.hasPrefix(name) && digits.allSatisfy { $0.isASCII && $0.isNumber }
        guard isNumber, let version = Int(digits) else { throw .damaged("it does not begin as an RDB file does") }
        guard version >= RDBFormat.known.lowerBound else {
            throw .unsupported(
                "it is of version \(version); versions from \(RDBFormat.known.lowerBound) on can be read")
        }
        summary.version = version
        summary.isCounted = name == "REDIS" && RDBFormat.known.contains(version)
        tasks = [summary.isCounted ? .opcode : .uncounted]
        return true
    }

    private mutating func opcode(_ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        guard let code = cursor.byte() else { return false }
        switch code {
        case RDBFormat.Opcode.end: tasks = [.checksum]
        case RDBFormat.Opcode.database: tasks.append(.databaseNumber)
        case RDBFormat.Opcode.sizes: tasks.append(.sizes)
        case RDBFormat.Opcode.slotInfo: tasks.append(.slot)
        case RDBFormat.Opcode.expirySeconds: tasks.append(.expirySeconds)
        case RDBFormat.Opcode.expiryMilliseconds: tasks.append(.expiryMilliseconds)
        case RDBFormat.Opcode.frequency: tasks.append(.skip(1))
        case RDBFormat.Opcode.idle: tasks.append(.idle)
        case RDBFormat.Opcode.auxiliary: tasks += [.string(.auxiliaryValue), .string(.auxiliaryName)]
        case RDBFormat.Opcode.function: tasks.append(.string(.function))
        case RDBFormat.Opcode.functionOfPreview:
            throw .unsupported("it holds functions as a preview of Redis 7.0 wrote them")
        case RDBFormat.Opcode.moduleAuxiliary: tasks.append(.moduleAuxiliary)
        default: try beginKey(type: code)
        }
        return true
    }

    private mutating func beginKey(type: UInt8) throws(RDBProblem) {
        let value: [Task]
        (kind, value) = try Self.value(ofType: type)
        valueHash = 0
        firstHalf = nil
        fieldExpiry = 0
        tasks += [.keyEnd] + value.reversed() + [.string(.key)]
    }

    /// What a value of a type is made of (`rdbLoadObject` in `src/rdb.c` of Redis).
    private static func value(ofType type: UInt8) throws(RDBProblem) -> (RDBKind, [Task]) {
        switch type {
        case 0: (.string, [.string(.value)])
        case 1: (.list, [.count(.list)])
        case 2: (.set, [.count(.set)])
        case 3: (.zset, [.count(.zsetText)])
        case 4: (.hash, [.count(.hash)])
        case 5: (.zset, [.count(.zsetBinary)])
        case 6: throw .unsupported("it holds data of a module in the format of a preview of Redis 4.0")
        case 7: (.module, [.moduleName, .moduleItems])
        case 9: (.hash, [.string(.packed(.hashZipmap))])
        case 10: (.list, [.string(.packed(.listZiplist))])
        case 11: (.set, [.string(.packed(.setIntset))])
        case 12: (.zset, [.string(.packed(.zsetZiplist))])
        case 13: (.hash, [.string(.packed(.hashZiplist))])
        case 14: (.list, [.count(.quicklistOfZiplists)])
        case 15: (.stream, stream(version: 1))
        case 16: (.hash, [.string(.packed(.hashListpack))])
        case 17: (.zset, [.string(.packed(.zsetListpack))])
        case 18: (.list, [.count(.quicklist)])
        case 19: (.stream, stream(version: 2))
        case 20: (.set, [.string(.packed(.setListpack))])
        case 21: (.stream, stream(version: 3))
        case 22, 23: throw .unsupported("it holds a hash as a preview of Redis 7.4 wrote it")
        // The earliest time at which a field ends stands first; those of the fields count from it.
        case 24: (.hash, [.earliestExpiry, .count(.hashWithExpiry)])
        case 25: (.hash, [.skip(8), .string(.packed(.hashListpackWithExpiry))])
        default: throw .damaged("there is no type \(type)")
        }
    }

    private static func stream(version: Int) -> [Task] {
        [.count(.streamNodes(version: version)), .streamTail(version: version), .groupCount(version: version)]
    }

    private mutating func endKey() {
        tasks.removeLast()
        var hash = ContentHash.mix(keyHash, ContentHash.mix(UInt64(database), kind.code))
        hash = ContentHash.mix(hash, valueHash)
        if let expiry { hash = ContentHash.mix(hash, UInt64(bitPattern: expiry)) }
        summary.contentDigest &+= hash
        counts[database, default: .init(number: database, keys: 0, expires: 0)].keys += 1
        if expiry != nil { counts[database]?.expires += 1 }
        kinds[Int(kind.code)] += 1
        expiry = nil
    }

    /// A length that is nothing but a length; `nil` when not all of it is there.
    func plainLength(_ cursor: inout ByteCursor) throws(RDBProblem) -> UInt64? {
        switch cursor.length() {
        case .length(let length): return length
        case nil: return nil
        default: throw .damaged("a length is expected, and something else is there")
        }
    }

    private mutating func skipLengths(_ count: Int, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        for _ in 0..<count {
            guard try plainLength(&cursor) != nil else { return false }
        }
        tasks.removeLast()
        return true
    }
}
