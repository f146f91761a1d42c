// SPDX-License-Identifier: Apache-2.0

/// Tells the bytes of a server's copy from what ends them.
struct TransferFrame: Sendable {
    private let form: TransferOpening.Form
    /// With a mark: the last bytes so far, which could be it.
    private var held: [UInt8] = []
    private var passed: Int64 = 0

    /// Whether the copy has been passed on to its end.
    private(set) var isComplete = false

    init(_ form: TransferOpening.Form) {
        self.form = form
        if form == .length(0) { isComplete = true }
    }

    /// How many bytes the copy has; `nil` when the server does not know.
    var length: Int64? {
        if case .length(let length) = form { length } else { nil }
    }

    /// Takes what the server sent.
    ///
    /// - Returns: What of it belongs to the copy; the last bytes can come with a later call.
    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        switch form {
        case .length(let length):
            let left = length - passed
            let piece = Int64(bytes.count) <= left ? bytes : Array(bytes.prefix(Int(left)))
            passed += Int64(piece.count)
            isComplete = passed == length
            return piece
        case .mark(let mark):
            guard !isComplete else { return [] }
            var all = held
            all.reserveCapacity(held.count + bytes.count)
            all += bytes
            let last = all.suffix(mark.count)
            isComplete = last.elementsEqual(mark)
            held = isComplete ? [] : Array(last)
            // In place: the piece is not copied once more.
            all.removeLast(last.count)
            return all
        }
    }
}
