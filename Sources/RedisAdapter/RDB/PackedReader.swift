// SPDX-License-Identifier: Apache-2.0

/// Reads the lists that Redis keeps in one piece of memory, while they come: short elements one by one, of long ones no more than is there.
struct PackedReader: Sendable {
    enum Format: Sendable { case ziplist, listpack, intset, zipmap }

    private enum Place { case header, elements, longText, behindLongText, ended }

    /// A text that does not wait in memory until all of it is there.
    private struct LongText: Sendable {
        var left: Int
        var hash = ContentHash()
        /// What stands behind it and belongs to the element.
        var behind: Behind
    }

    private enum Behind: Sendable {
        case nothing
        /// The length of the element, of so many bytes.
        case length(Int)
        case unused(Int)
    }

    /// Longer texts are hashed as they come.
    private static let longest = 4096

    private let format: Format
    private var place = Place.header
    private var pending: [UInt8] = []
    /// How many bytes were read.
    private var read: UInt64 = 0
    /// How many bytes it says that it has, and how many elements; `nil` where it does not say.
    private var size: UInt64?
    private var expected: UInt64?
    private var count: UInt64 = 0
    /// The bytes of a number of an intset.
    private var width = 0
    /// Whether the next element of a zipmap is a value.
    private var isValue = false
    /// The length of the ziplist's element before.
    private var before: UInt64 = 0
    private var long: LongText?

    init(_ format: Format) { self.format = format }

    /// How many bytes wait for those that belong to them.
    var held: Int { pending.count }

    /// Takes the next bytes, and hands out the elements that are whole.
    mutating func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ receive: (PackedElement) throws(RDBProblem) -> Void
    ) throws(RDBProblem) {
        if pending.isEmpty {
            let used = try consume(bytes, receive)
            pending.append(contentsOf: bytes[used...])
        } else {
            pending.append(contentsOf: bytes)
            let held = pending
            var used = 0
            var problem: RDBProblem?
            held.withUnsafeBufferPointer { held in
                do throws(RDBProblem) {
                    used = try consume(held, receive)
                } catch {
                    problem = error
                }
            }
            if let problem { throw problem }
            pending.removeFirst(used)
        }
    }

    /// To be called when there are no more bytes.
    func finish() throws(RDBProblem) {
        guard place == .ended, pending.isEmpty else { throw .damaged("a \(format) ends before its end") }
        if let size, size != read { throw .damaged("a \(format) says it has \(size) bytes, and has \(read)") }
        if let expected, expected != count {
            throw .damaged("a \(format) says it has \(expected) elements, and has \(count)")
        }
    }

    private mutating func consume(
        _ bytes: UnsafeBufferPointer<UInt8>, _ receive: (PackedElement) throws(RDBProblem) -> Void
    ) throws(RDBProblem) -> Int {
        var cursor = ByteCursor(bytes)
        while true {
            let start = cursor.position
            var isWhole: Bool
            switch place {
            case .header: isWhole = header(&cursor)
            case .elements:
                isWhole = try element(&cursor, receive)
            case .longText: isWhole = longText(&cursor)
            case .behindLongText: isWhole = try endLongText(&cursor, receive)
            case .ended:
                guard cursor.remaining == 0 else { throw .damaged("a \(format) goes on behind its end") }
                isWhole = false
            }
            guard isWhole else {
                cursor.position = start
                return start
            }
            read &+= UInt64(cursor.position - start)
        }
    }

    private mutating func header(_ cursor: inout ByteCursor) -> Bool {
        switch format {
        case .ziplist:
            guard let total = cursor.littleEndian(UInt32.self), cursor.littleEndian(UInt32.self) != nil,
                let elements = cursor.littleEndian(UInt16.self)
            else { return false }
            size = UInt64(total)
            expected = elements == .max ? nil : UInt64(elements)
        case .listpack:
            guard let total = cursor.littleEndian(UInt32.self), let elements = cursor.littleEndian(UInt16.self)
            else { return false }
            size = UInt64(total)
            expected = elements == .max ? nil : UInt64(elements)
        case .intset:
            guard let encoding = cursor.littleEndian(UInt32.self), let elements = cursor.littleEndian(UInt32.self)
            else { return false }
            width = Int(encoding)
            expected = UInt64(elements)
            if elements == 0 {
                place = .ended
                return true
            }
        case .zipmap:
            guard cursor.byte() != nil else { return false }
        }
        place = .elements
        return true
    }

    private mutating func element(
        _ cursor: inout ByteCursor, _ receive: (PackedElement) throws(RDBProblem) -> Void
    ) throws(RDBProblem) -> Bool {
        let element: PackedElement?
        switch format {
        case .intset:
            guard [2, 4, 8].contains(width) else { throw .damaged("an intset has numbers of \(width) bytes") }
            element = cursor.signed(bytes: width).map { .number($0) }
        case .ziplist:
            guard let first = cursor.peek else { return false }
            if first == 0xFF { return end(&cursor) }
            element = try ziplistElement(&cursor)
        case .listpack:
            guard let first = cursor.peek else { return false }
            if first == 0xFF { return end(&cursor) }
            element = try listpackElement(&cursor)
        case .zipmap:
            guard let first = cursor.peek else { return false }
            if first == 0xFF {
                guard !isValue else { throw .damaged("a zipmap ends behind a field without its value") }
                return end(&cursor)
            }
            element = try zipmapElement(&cursor)
        }
        // The head of a long text is an end of its own.
        guard let element else { return long != nil }
        try receive(element)
        count &+= 1
        if format == .intset, count == expected { place = .ended }
        return true
    }

    // MARK: - Texts

    /// A text with a known length: all of it, or nothing, when it is not there yet or is a long one that has begun.
    ///
    /// - Parameter behind: What stands behind a long one.
    private mutating func text(
        _ length: Int, _ cursor: inout ByteCursor, behind: Behind = .nothing
    ) -> PackedElement? {
        guard length > Self.longest else { return cursor.take(length).map { .bytes($0) } }
        long = LongText(left: length, behind: behind)
        place = .longText
        return nil
    }

    private mutating func longText(_ cursor: inout ByteCursor) -> Bool {
        guard let left = long?.left, cursor.remaining > 0 else { return false }
        let bytes = cursor.takeAvailable(upTo: UInt64(left))
        long?.hash.update(bytes)
        long?.left -= bytes.count
        if bytes.count == left { place = .behindLongText }
        return true
    }

    private mutating func endLongText(
        _ cursor: inout ByteCursor, _ receive: (PackedElement) throws(RDBProblem) -> Void
    ) throws(RDBProblem) -> Bool {
        guard let ended = long else { return false }
        switch ended.behind {
        case .nothing: break
        case .length(let length):
            guard try Self.isLengthRecorded(length, &cursor) else { return false }
        case .unused(let count):
            guard cursor.take(count) != nil else { return false }
        }
        long = nil
        place = .elements
        count &+= 1
        try receive(.longText(hash: ended.hash.value))
        return true
    }

    private mutating func end(_ cursor: inout ByteCursor) -> Bool {
        cursor.position += 1
        place = .ended
        return true
    }

    /// `src/ziplist.c` of Redis.
    private mutating func ziplistElement(_ cursor: inout ByteCursor) throws(RDBProblem) -> PackedElement? {
        let start = cursor.position
        guard let short = cursor.byte() else { return nil }
        var previous = UInt64(short)
        if short == 0xFE {
            guard let long = cursor.littleEndian(UInt32.self) else { return nil }
            previous = UInt64(long)
        }
        guard previous == before else {
            throw .damaged("a ziplist's element has another length than the next one says")
        }
        guard let encoding = cursor.byte() else { return nil }
        let element: PackedElement?
        switch encoding {
        case 0x00...0x3F: element = text(Int(encoding), &cursor)
        case 0x40...0x7F:
            guard let low = cursor.byte() else { return nil }
            element = text(Int(encoding & 0x3F) << 8 | Int(low), &cursor)
        case 0x80:
            guard let length = cursor.bigEndian(UInt32.self) else { return nil }
            element = text(Int(length), &cursor)
        case 0xC0: element = cursor.signed(bytes: 2).map { .number($0) }
        case 0xD0: element = cursor.signed(bytes: 4).map { .number($0) }
        case 0xE0: element = cursor.signed(bytes: 8).map { .number($0) }
        case 0xF0: element = cursor.signed(bytes: 3).map { .number($0) }
        case 0xFE: element = cursor.signed(bytes: 1).map { .number($0) }
        case 0xF1...0xFD: element = .number(Int64(encoding & 0x0F) - 1)
        default: throw .damaged("a ziplist has an element of unknown kind \(encoding)")
        }
        if element != nil || long != nil { before = UInt64(cursor.position - start + (long?.left ?? 0)) }
        return element
    }

    /// `src/listpack.c` of Redis.
    private mutating func listpackElement(_ cursor: inout ByteCursor) throws(RDBProblem) -> PackedElement? {
        let start = cursor.position
        guard let encoding = cursor.byte() else { return nil }
        let element: PackedElement?
        switch encoding {
        case 0x00...0x7F: element = .number(Int64(encoding))
        case 0x80...0xBF: element = cursor.take(Int(encoding & 0x3F)).map { .bytes($0) }
        case 0xC0...0xDF:
            guard let low = cursor.byte() else { return nil }
            let value = Int64(encoding & 0x1F) << 8 | Int64(low)
            element = .number(value >= 4096 ? value - 8192 : value)
        case 0xE0...0xEF:
            guard let low = cursor.byte() else { return nil }
            element = cursor.take(Int(encoding & 0x0F) << 8 | Int(low)).map { .bytes($0) }
        case 0xF0:
            guard let length = cursor.littleEndian(UInt32.self) else { return nil }
            element = text(
                Int(length), &cursor, behind: .length(cursor.position - start + Int(length)))
        case 0xF1: element = cursor.signed(bytes: 2).map { .number($0) }
        case 0xF2: element = cursor.signed(bytes: 3).map { .number($0) }
        case 0xF3: element = cursor.signed(bytes: 4).map { .number($0) }
        case 0xF4: element = cursor.signed(bytes: 8).map { .number($0) }
        default: throw .damaged("a listpack has an element of unknown kind \(encoding)")
        }
        guard let element else { return nil }
        guard try Self.isLengthRecorded(cursor.position - start, &cursor) else { return nil }
        return element
    }

    /// Behind an element stands its length once more, to be read backwards: seven bits a byte, the lowest in the last one.
    ///
    /// - Returns: False when not all of it is there.
    private static func isLengthRecorded(_ length: Int, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        // As Redis has it: a byte more than needed for 16383, 2097151 and 268435455.
        let bytes = length < 128 ? 1 : length < 16383 ? 2 : length < 2_097_151 ? 3 : length < 268_435_455 ? 4 : 5
        guard let back = cursor.take(bytes) else { return false }
        var recorded = 0
        for byte in back { recorded = recorded << 7 | Int(byte & 0x7F) }
        guard recorded == length else { throw .damaged("a listpack's element has another length than is recorded") }
        return true
    }

    /// `src/zipmap.c` of Redis.
    private mutating func zipmapElement(_ cursor: inout ByteCursor) throws(RDBProblem) -> PackedElement? {
        guard let first = cursor.byte() else { return nil }
        var length = Int(first)
        if first == 0xFE {
            guard let long = cursor.littleEndian(UInt32.self) else { return nil }
            length = Int(long)
        }
        var unused = 0
        if isValue {
            guard let free = cursor.byte() else { return nil }
            unused = Int(free)
        }
        let element = text(length, &cursor, behind: .unused(unused))
        if long != nil {
            isValue.toggle()
            return nil
        }
        guard let element, cursor.take(unused) != nil else { return nil }
        isValue.toggle()
        return element
    }
}
