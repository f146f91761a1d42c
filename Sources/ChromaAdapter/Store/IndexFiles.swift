// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// The files of a vector segment, as hnswlib writes them: without the vectors, which nothing else has.
struct IndexFiles {
    static let header = "header.bin"
    static let vectors = "data_level0.bin"
    static let lengths = "length.bin"
    static let links = "link_lists.bin"
    static let labels = "index_metadata.pickle"

    /// The folder of the segment.
    let folder: String
    /// What is said of it in a sentence: the path within the store.
    let name: String

    /// What the header says.
    struct Header: Hashable, Sendable {
        /// How many elements it has room for, and how many there are.
        var capacity: UInt64
        var elements: UInt64
        /// The bytes of an element in the file of vectors.
        var elementBytes: UInt64
        var labelOffset: UInt64
        var vectorOffset: UInt64
        /// The number of components of a vector.
        var dimension: UInt64 { (labelOffset - vectorOffset) / 4 }

        /// `nil` when the bytes are no header.
        init?(_ bytes: [UInt8]) {
            func number(_ offset: Int, _ count: Int) -> UInt64 {
                bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            guard bytes.count == 100, number(0, 4) == 1 else { return nil }
            (capacity, elements, elementBytes) = (number(12, 8), number(20, 8), number(28, 8))
            (labelOffset, vectorOffset) = (number(36, 8), number(44, 8))
            // Below these limits, nothing that is computed of them is too large.
            guard elements <= capacity, capacity < 1 << 31, elementBytes < 1 << 31, labelOffset < elementBytes,
                vectorOffset < labelOffset, vectorOffset >= 4, labelOffset + 8 == elementBytes, number(4, 8) == 0
            else { return nil }
        }
    }

    /// What is wrong with the sizes of the files; empty when they fit together.
    ///
    /// - Parameter dimension: What SQLite says of the collection.
    func problems(dimension: Int64?) throws -> [String] {
        var sizes: [String: Int64] = [:]
        for file in [Self.header, Self.vectors, Self.lengths, Self.links] {
            guard case .file(let stamp) = try Folders.kind(of: "\(folder)/\(file)") else {
                return ["\(name)/\(file) is missing"]
            }
            sizes[file] = stamp.bytes
        }
        guard let header = Header(try bytes(of: Self.header, atMost: 101)) else {
            return ["\(name)/\(Self.header) is not the header of an index"]
        }
        var problems: [String] = []
        if let dimension, header.dimension != UInt64(clamping: dimension) {
            problems.append("\(name) has vectors of \(header.dimension) dimensions, its collection has \(dimension)")
        }
        // The files are made for a number of elements, and get longer only when there are more.
        let slots = UInt64(clamping: sizes[Self.lengths] ?? 0) / 4
        func expect(_ file: String, _ slots: UInt64, of bytes: UInt64) {
            let needed = slots.multipliedReportingOverflow(by: bytes)
            guard UInt64(clamping: sizes[file] ?? 0) != needed.partialValue || needed.overflow else { return }
            problems.append(
                "\(name)/\(file) has \(sizes[file] ?? 0) bytes, and \(slots) elements need \(needed.partialValue)")
        }
        expect(Self.lengths, max(slots, header.elements > 0 ? header.elements : header.capacity), of: 4)
        expect(Self.vectors, max(slots, header.elements), of: header.elementBytes)
        if problems.isEmpty, let problem = try linkProblem(elements: header.elements) { problems.append(problem) }
        return problems
    }

    /// How many elements it has; `nil` when the header cannot be read.
    var elements: UInt64? {
        get throws { Header(try bytes(of: Self.header, atMost: 101))?.elements }
    }

    /// The numbers of all elements that are not marked as deleted.
    func liveLabels(_ interruption: Interruption?) throws -> Set<UInt64> {
        guard let header = Header(try bytes(of: Self.header, atMost: 101)) else { return [] }
        var labels: Set<UInt64> = []
        var reader = BufferedFile(try OpenFile.read("\(folder)/\(Self.vectors)"))
        for element in 0..<header.elements {
            if element % 10_000 == 0 { try interruption?.check() }
            // Of the first four bytes, two count the neighbours, and the third one is 1 for a deleted element.
            guard let head = try reader.number(bytes: 4), try reader.skip(Int(header.labelOffset) - 4),
                let label = try reader.number(bytes: 8)
            else { return labels }
            if head & 0x1_0000 == 0 { labels.insert(label) }
        }
        return labels
    }

    /// The SHA-256 of all files, one after the other in the order of their names.
    func checksum(_ interruption: Interruption?) throws -> Checksum {
        var hasher = Checksum.Hasher()
        for file in try Folders.entries(of: folder) {
            guard case .file = try Folders.kind(of: "\(folder)/\(file)") else { continue }
            var reader = BufferedFile(try OpenFile.read("\(folder)/\(file)"))
            while let piece = try reader.piece() {
                try interruption?.check()
                hasher.update(piece)
            }
        }
        return hasher.finalize()
    }

    private func bytes(of file: String, atMost limit: Int) throws -> [UInt8] {
        let open = try OpenFile.read("\(folder)/\(file)")
        return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = try open.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        }
    }

    /// Walks from element to element: each has the number of bytes that follow it.
    private func linkProblem(elements: UInt64) throws -> String? {
        var reader = BufferedFile(try OpenFile.read("\(folder)/\(Self.links)"))
        for element in 0..<elements {
            guard let count = try reader.number(bytes: 4), try reader.skip(Int(count)) else {
                return "\(name)/\(Self.links) ends in element \(element) of \(elements)"
            }
        }
        return try reader.next() == nil ? nil : "\(name)/\(Self.links) goes on after its \(elements) elements"
    }
}
