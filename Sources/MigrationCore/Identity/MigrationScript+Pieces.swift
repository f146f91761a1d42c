// SPDX-License-Identifier: Apache-2.0

extension MigrationScript {
    /// The bytes of a script, piece by piece.
    public struct Pieces {
        /// Large enough that the number of reads does not matter, small enough to stay in a processor's cache.
        private static let size = 256 * 1024

        private let content: Content
        private var rest: Range<Int>
        private var buffer: [UInt8] = []

        init(content: Content, rest: Range<Int>) {
            self.content = content
            self.rest = rest
        }

        /// The next piece, which is never empty; `nil` behind the last.
        ///
        /// A piece that is not needed any more when the next one is asked for costs no memory of its own.
        ///
        /// - Throws: What the storage throws.
        public mutating func next() throws -> ArraySlice<UInt8>? {
            guard !rest.isEmpty else { return nil }
            switch content {
            case .memory(let bytes):
                defer { rest = rest.upperBound..<rest.upperBound }
                return bytes[rest]
            case .storage(let storage):
                let count = min(rest.count, Self.size)
                if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: count) }
                try storage.read(at: rest.lowerBound, into: &buffer, range: 0..<count)
                rest = (rest.lowerBound + count)..<rest.upperBound
                return buffer[..<count]
            }
        }
    }
}
