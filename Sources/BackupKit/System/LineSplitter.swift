// SPDX-License-Identifier: Apache-2.0

/// Makes lines of pieces of text.
struct LineSplitter {
    private let limit: Int
    private var line: [UInt8] = []

    /// - Parameter limit: How many bytes a line has at most; a longer one is told as several.
    init(limit: Int) { self.limit = limit }

    /// Tells the lines that end in the next bytes.
    mutating func add(_ bytes: [UInt8], _ tell: (String) -> Void) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                end(tell)
            } else {
                if line.count == limit { end(tell) }
                line.append(byte)
            }
        }
    }

    /// Tells the last line, which may lack its end.
    mutating func finish(_ tell: (String) -> Void) {
        if !line.isEmpty { end(tell) }
    }

    private mutating func end(_ tell: (String) -> Void) {
        tell(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
    }
}
