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
            endDatabase()
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
        case RDBFormat.Opcode.auxiliary: push(.string(.auxiliaryValue), .string(.auxiliaryName))
        case RDBFormat.Opcode.function: tasks.append(.string(.function))
        case RDBFormat.Opcode.functionOfPreview:
            throw .unsupported("it holds functions as a preview of Redis 7.0 wrote them")
        case RDBFormat.Opcode.moduleAuxiliary: tasks.append(.moduleAuxiliary)
        default: try beginKey(type: code)
        }
        return true
    }

    private mutating func beginKey(type: UInt8) throws(RDBProblem) {
        valueHash = 0
        firstHalf = nil
        fieldExpiry = 0
        tasks.append(.keyEnd)
        kind = try beginValue(type: type)
        tasks.append(.string(.key))
    }

    /// Notes what a value of a type is made of, the last part first (`rdbLoadObject` in `src/rdb.c` of Redis).
    private mutating func beginValue(type: UInt8) throws(RDBProblem) -> RDBKind {
        func one(_ kind: RDBKind, _ part: Task) -> RDBKind {
            tasks.append(part)
            return kind
        }
        switch type {
        case 0: return one(.string, .string(.value))
        case 1: return one(.list, .count(.list))
        case 2: return one(.set, .count(.set))
        case 3: return one(.zset, .count(.zsetText))
        case 4: return one(.hash, .count(.hash))
        case 5: return one(.zset, .count(.zsetBinary))
        case 6: throw .unsupported("it holds data of a module in the format of a preview of Redis 4.0")
        case 7:
            tasks.append(.moduleItems)
            return one(.module, .moduleName)
        case 9: return one(.hash, .string(.packed(.hashZipmap)))
        case 10: return one(.list, .string(.packed(.listZiplist)))
        case 11: return one(.set, .string(.packed(.setIntset)))
        case 12: return one(.zset, .string(.packed(.zsetZiplist)))
        case 13: return one(.hash, .string(.packed(.hashZiplist)))
        case 14: return one(.list, .count(.quicklistOfZiplists))
        case 15: return beginStream(version: 1)
        case 16: return one(.hash, .string(.packed(.hashListpack)))
        case 17: return one(.zset, .string(.packed(.zsetListpack)))
        case 18: return one(.list, .count(.quicklist))
        case 19: return beginStream(version: 2)
        case 20: return one(.set, .string(.packed(.setListpack)))
        case 21: return beginStream(version: 3)
        case 22, 23: throw .unsupported("it holds a hash as a preview of Redis 7.4 wrote it")
        // The earliest time at which a field ends stands first; those of the fields count from it.
        case 24:
            tasks.append(.count(.hashWithExpiry))
            return one(.hash, .earliestExpiry)
        case 25:
            tasks.append(.string(.packed(.hashListpackWithExpiry)))
            return one(.hash, .skip(8))
        default: throw .damaged("there is no type \(type)")
        }
    }

    private mutating func beginStream(version: Int) -> RDBKind {
        tasks.append(.groupCount(version: version))
        tasks.append(.streamTail(version: version))
        tasks.append(.count(.streamNodes(version: version)))
        return .stream
    }

    private mutating func endKey() {
        tasks.removeLast()
        var hash = ContentHash.mix(keyHash, ContentHash.mix(UInt64(database), kind.code))
        hash = ContentHash.mix(hash, valueHash)
        if let expiry { hash = ContentHash.mix(hash, UInt64(bitPattern: expiry)) }
        summary.contentDigest &+= hash
        keys += 1
        if expiry != nil { expires += 1 }
        kinds[Int(kind.code)] += 1
        expiry = nil
    }

    /// Notes how many keys the database at hand has; a file may come back to one.
    mutating func endDatabase() {
        guard keys > 0 else { return }
        counts[database, default: .init(number: database, keys: 0, expires: 0)].keys += keys
        counts[database]?.expires += expires
        (keys, expires) = (0, 0)
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
