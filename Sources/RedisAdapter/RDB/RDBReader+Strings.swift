// SPDX-License-Identifier: Apache-2.0

extension RDBReader {
    /// A string that is being read.
    struct StringInProgress: Sendable {
        let sink: Sink
        /// How many plain bytes are still to come.
        var plain: UInt64 = 0
        var compressed: LZFDecoder?
        var hash = ContentHash()
        var packed: PackedReader?
    }

    /// What is longer is no auxiliary field that we know.
    private static let longestCapture = 1024

    /// Reads a string's length, and begins it; false when the length is not all there.
    mutating func beginString(_ sink: Sink, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        guard let length = cursor.length() else { return false }
        var begun: StringInProgress
        switch length {
        case .length(let count):
            // Most strings are here from end to end: they need not be begun.
            if count <= UInt64(cursor.remaining), let bytes = cursor.take(Int(count)) {
                tasks.removeLast()
                try takeWhole(bytes, sink)
                return true
            }
            begun = StringInProgress(sink: sink)
            begun.plain = count
        case .number(let bytes):
            if case .packed = sink { throw .damaged("a number stands where a packed list should be") }
            guard let number = cursor.signed(bytes: bytes) else { return false }
            tasks.removeLast()
            if sink.isCaptured { captured = Array(String(number).utf8) }
            try endString(sink, ContentHash.of(number))
            return true
        case .compressed:
            guard let compressed = cursor.length(), let decoded = cursor.length() else { return false }
            guard case .length(let from) = compressed, case .length(let to) = decoded else {
                throw .damaged("a compressed string has no length")
            }
            if from <= UInt64(cursor.remaining), 1...UInt64(LZFDecoder.capacity) ~= to, from > 0 {
                tasks.removeLast()
                try decodeWhole(compressed: from, decoded: to, &cursor, sink)
                return true
            }
            begun = StringInProgress(sink: sink)
            begun.compressed = LZFDecoder(compressed: from, decoded: to)
        case .invalid(let byte):
            throw .damaged("a string's length begins with the byte \(byte), which means nothing")
        }
        tasks.removeLast()
        captured = []
        if case .packed(let packed) = sink { begun.packed = PackedReader(packed.format) }
        string = begun
        return true
    }

    /// Takes a string that is all there, without the state that waits for more.
    private mutating func takeWhole(_ bytes: UnsafeBufferPointer<UInt8>, _ sink: Sink) throws(RDBProblem) {
        guard case .packed(let packed) = sink else {
            if sink.isCaptured { captured = Array(bytes.prefix(Self.longestCapture)) }
            return try endString(sink, ContentHash.of(bytes))
        }
        var reader = PackedReader(packed.format)
        try reader.read(bytes) { (element) throws(RDBProblem) in try take(element, of: packed) }
        try reader.finish()
        try endString(sink, packed == .streamNode ? ContentHash.of(bytes) : 0)
    }

    private mutating func decodeWhole(
        compressed: UInt64, decoded: UInt64, _ cursor: inout ByteCursor, _ sink: Sink
    ) throws(RDBProblem) {
        var decoder = LZFDecoder(compressed: compressed, decoded: decoded, buffer: spareBuffer)
        spareBuffer = []
        try decoder.decode(&cursor) { (bytes) throws(RDBProblem) in
            // With less than was announced, it is the decoder that tells.
            guard UInt64(bytes.count) == decoded else { return }
            try takeWhole(bytes, sink)
        }
        spareBuffer = decoder.releaseBuffer()
    }

    /// Reads more of the string; false when it needs more bytes than there are.
    mutating func continueString(_ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        guard var current = string else { return true }
        // Taken out, so that it is changed in place.
        string = nil
        if var decoder = current.compressed {
            current.compressed = nil
            try decoder.decode(&cursor) { (bytes) throws(RDBProblem) in try receive(bytes, &current) }
            if decoder.compressed > 0 {
                current.compressed = decoder
                string = current
                return false
            }
        } else {
            let bytes = cursor.takeAvailable(upTo: current.plain)
            current.plain -= UInt64(bytes.count)
            try receive(bytes, &current)
            if current.plain > 0 {
                string = current
                return false
            }
        }
        try current.packed?.finish()
        try endString(current.sink, current.hash.value)
        return true
    }

    private mutating func receive(
        _ bytes: UnsafeBufferPointer<UInt8>, _ current: inout StringInProgress
    ) throws(RDBProblem) {
        guard !bytes.isEmpty else { return }
        if case .packed(let packed) = current.sink {
            if packed == .streamNode { current.hash.update(bytes) }
            try current.packed?.read(bytes) { (element) throws(RDBProblem) in try take(element, of: packed) }
        } else {
            current.hash.update(bytes)
            if current.sink.isCaptured, captured.count < Self.longestCapture {
                captured.append(contentsOf: bytes.prefix(Self.longestCapture - captured.count))
            }
        }
    }

    private mutating func endString(_ sink: Sink, _ hash: UInt64) throws(RDBProblem) {
        switch sink {
        case .auxiliaryName: auxiliaryName = captured
        case .auxiliaryValue:
            guard summary.auxiliary.count < 64 else { return }
            summary.auxiliary[String(decoding: auxiliaryName, as: UTF8.self)] = String(
                decoding: captured, as: UTF8.self)
        case .function:
            summary.functions += 1
            summary.contentDigest &+= ContentHash.mix(0xF0, hash)
        case .key: keyHash = hash
        case .value, .streamNodeKey, .moduleString: valueHash = ContentHash.mix(valueHash, hash)
        case .listElement: valueHash = ContentHash.mix(valueHash, hash)
        case .setElement: valueHash &+= ContentHash.mix(0, hash)
        case .first, .zsetMember: firstHalf = hash
        case .hashValue: endField(value: hash, expiry: 0)
        case .packed(let packed):
            guard firstHalf == nil else { throw .damaged("a packed list of pairs has half a pair") }
            if packed == .streamNode { valueHash = ContentHash.mix(valueHash, hash) }
        case .groupName: groupHash = hash
        case .consumerName: firstHalf = hash
        }
    }

    /// Takes one element of a packed list.
    private mutating func take(_ element: PackedElement, of packed: Packed) throws(RDBProblem) {
        switch packed {
        case .listZiplist, .listListpack: valueHash = ContentHash.mix(valueHash, element.hash)
        case .setIntset, .setListpack: valueHash &+= ContentHash.mix(0, element.hash)
        case .streamNode: break
        case .zsetZiplist, .zsetListpack:
            guard let member = firstHalf else {
                firstHalf = element.hash
                return
            }
            guard let score = element.score else { throw .damaged("a member of a sorted set has no score") }
            firstHalf = nil
            valueHash &+= ContentHash.mix(member, ContentHash.of(score))
        case .hashZipmap, .hashZiplist, .hashListpack:
            guard firstHalf != nil else {
                firstHalf = element.hash
                return
            }
            endField(value: element.hash, expiry: 0)
        case .hashListpackWithExpiry:
            if firstHalf == nil {
                firstHalf = element.hash
                hasSecondHalf = false
            } else if !hasSecondHalf {
                secondHalf = element.hash
                hasSecondHalf = true
            } else {
                guard let expiry = element.number else { throw .damaged("a field of a hash has no time to live") }
                endField(value: secondHalf, expiry: expiry)
            }
        }
    }

    private mutating func endField(value: UInt64, expiry: Int64) {
        var pair = ContentHash.mix(firstHalf ?? 0, value)
        let time = expiry == 0 ? fieldExpiry : expiry
        if time != 0 { pair = ContentHash.mix(pair, UInt64(bitPattern: time)) }
        valueHash &+= pair
        firstHalf = nil
        fieldExpiry = 0
    }
}
