// SPDX-License-Identifier: Apache-2.0

extension RDBReader {
    /// Reads how many elements a collection has, or its next element, or a part of one.
    mutating func performElements(_ task: Task, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        switch task {
        case .earliestExpiry:
            guard let time = cursor.littleEndian(Int64.self) else { return false }
            tasks.removeLast()
            earliestExpiry = time
        case .count(let collection):
            guard let count = try plainLength(&cursor) else { return false }
            tasks.removeLast()
            tasks.append(.elements(collection, count))
        case .elements(_, 0): tasks.removeLast()
        case .elements(let collection, let left):
            tasks[tasks.count - 1] = .elements(collection, left - 1)
            beginElement(of: collection)
        case .textScore:
            guard let score = try textScore(&cursor) else { return false }
            end(score)
        case .binaryScore:
            guard let bits = cursor.littleEndian(UInt64.self) else { return false }
            end(Double(bitPattern: bits))
        case .fieldExpiry:
            guard let time = try plainLength(&cursor) else { return false }
            tasks.removeLast()
            fieldExpiry = time == 0 ? 0 : earliestExpiry &+ Int64(bitPattern: time) &- 1
        case .container:
            guard let container = try plainLength(&cursor) else { return false }
            tasks.removeLast()
            switch container {
            case 1: tasks.append(.string(.listElement))
            case 2: tasks.append(.string(.packed(.listListpack)))
            default: throw .damaged("a list has a node of unknown kind \(container)")
            }
        default: break
        }
        return true
    }

    private mutating func beginElement(of collection: Collection) {
        switch collection {
        case .list: tasks.append(.string(.listElement))
        case .set: tasks.append(.string(.setElement))
        case .hash: push(.string(.hashValue), .string(.first))
        case .hashWithExpiry:
            push(.string(.hashValue), .string(.first))
            tasks.append(.fieldExpiry)
        case .zsetText: push(.textScore, .string(.zsetMember))
        case .zsetBinary: push(.binaryScore, .string(.zsetMember))
        case .quicklistOfZiplists: tasks.append(.string(.packed(.listZiplist)))
        case .quicklist: tasks.append(.container)
        case .streamNodes: push(.string(.packed(.streamNode)), .string(.streamNodeKey))
        }
    }

    /// Notes two tasks, of which the second comes first.
    mutating func push(_ later: Task, _ next: Task) {
        tasks.append(later)
        tasks.append(next)
    }

    private mutating func end(_ score: Double) {
        tasks.removeLast()
        valueHash &+= ContentHash.mix(firstHalf ?? 0, ContentHash.of(score))
        firstHalf = nil
    }

    /// A score as text, with the length before it; some lengths stand for what has no digits.
    private func textScore(_ cursor: inout ByteCursor) throws(RDBProblem) -> Double? {
        guard let length = cursor.byte() else { return nil }
        switch length {
        case 253: return .nan
        case 254: return .infinity
        case 255: return -.infinity
        default:
            guard let bytes = cursor.take(Int(length)) else { return nil }
            guard let score = Double(String(decoding: bytes, as: UTF8.self)) else {
                throw .damaged("a score is no number")
            }
            return score
        }
    }
}
