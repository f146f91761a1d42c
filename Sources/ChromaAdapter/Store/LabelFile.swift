// SPDX-License-Identifier: Apache-2.0

/// Reads which ids an index has from its `index_metadata.pickle`, in the memory of one of them.
///
/// A pickle is a program that makes Python objects. It is not executed here: the instructions that such files consist of are walked over,
/// any other one is an error. In the dictionary of the name `id_to_label`, a text with a number after it is an id.
struct LabelFile {
    /// Why a file cannot be read.
    enum Problem: Error, Hashable { case truncated, unknownInstruction(UInt8), trailing, noLabels }

    private var file: BufferedFile
    private var text: [UInt8]?
    private var isInside = false
    private var hasLabels = false
    private var added: UInt64?

    private typealias Entry = (_ id: [UInt8], _ label: UInt64) throws -> Void

    /// Tells all ids with their numbers, in no order.
    ///
    /// - Returns: How many elements the index ever got, as the file says; `nil` when it does not.
    @discardableResult
    static func read(
        _ path: String, _ interruption: Interruption?, id: (_ id: [UInt8], _ label: UInt64) throws -> Void
    ) throws -> UInt64? {
        var reader = LabelFile(file: BufferedFile(try OpenFile.read(path)))
        var count = 0
        while try reader.step(id) {
            count += 1
            if count % 10_000 == 0 { try interruption?.check() }
        }
        guard try reader.file.next() == nil else { throw Problem.trailing }
        guard reader.hasLabels else { throw Problem.noLabels }
        return reader.added
    }

    private init(file: BufferedFile) { self.file = file }

    /// - Returns: Whether there is more.
    private mutating func step(_ id: Entry) throws -> Bool {
        guard let instruction = try file.next() else { throw Problem.truncated }
        switch instruction {
        case UInt8(ascii: "."): return false
        case 0x8c: text = try counted(1)
        case UInt8(ascii: "X"): text = try counted(4)
        case 0x8d: text = try counted(8)
        case UInt8(ascii: "K"): try number(1, id)
        case UInt8(ascii: "M"): try number(2, id)
        case UInt8(ascii: "J"): try number(4, id)
        // A long integer: its bytes are counted.
        case 0x8a:
            let bytes = try counted(1)
            try value(bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }, id)
        case UInt8(ascii: "}"): dictionary()
        // Remembered for later, or taken from there.
        case 0x94: break
        case UInt8(ascii: "q"): try skip(1)
        case UInt8(ascii: "r"): try skip(4)
        case UInt8(ascii: "h"):
            try skip(1)
            text = nil
        case UInt8(ascii: "j"):
            try skip(4)
            text = nil
        // Protocol and frame.
        case 0x80: try skip(1)
        case 0x95: try skip(8)
        // MARK, SETITEM, SETITEMS; tuple, list, class, object and its state; None, True, False.
        case UInt8(ascii: "("), UInt8(ascii: "s"), UInt8(ascii: "u"), UInt8(ascii: ")"), UInt8(ascii: "]"),
            UInt8(ascii: "b"), UInt8(ascii: "N"), 0x81, 0x88, 0x89, 0x93:
            break
        // The class, as texts with line ends.
        case UInt8(ascii: "c"): for _ in 0..<2 { while try byte() != 0x0a {} }
        default: throw Problem.unknownInstruction(instruction)
        }
        return true
    }

    private mutating func dictionary() {
        isInside = text == Array("id_to_label".utf8)
        if isInside { hasLabels = true }
        text = nil
    }

    private mutating func number(_ count: Int, _ id: Entry) throws {
        guard let number = try file.number(bytes: count) else { throw Problem.truncated }
        try value(number, id)
    }

    /// A number: if it belongs to a text, and that is in the dictionary, the text is an id.
    private mutating func value(_ number: UInt64, _ id: Entry) throws {
        if let text {
            if isInside { try id(text, number) }
            if !hasLabels, text == Array("total_elements_added".utf8) { added = number }
        }
        text = nil
    }

    private mutating func counted(_ width: Int) throws -> [UInt8] {
        guard let count = try file.number(bytes: width), count < 1 << 31, let bytes = try file.bytes(Int(count)) else {
            throw Problem.truncated
        }
        return bytes
    }

    private mutating func byte() throws -> UInt8 {
        guard let byte = try file.next() else { throw Problem.truncated }
        return byte
    }

    private mutating func skip(_ count: Int) throws {
        guard try file.bytes(count) != nil else { throw Problem.truncated }
    }
}
