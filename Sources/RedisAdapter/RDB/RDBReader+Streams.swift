// SPDX-License-Identifier: Apache-2.0

extension RDBReader {
    /// Reads what a stream has beside its entries. Versions 2 and 3 know more of it than 1.
    mutating func performStream(_ task: Task, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        switch task {
        case .streamTail(let version):
            // Count, last identifier; then first and greatest deleted identifier, and how many were ever added.
            guard let known = try lengths(3, &cursor), try lengths(version >= 2 ? 5 : 0, &cursor) != nil else {
                return false
            }
            tasks.removeLast()
            for number in known { valueHash = ContentHash.mix(valueHash, number) }
        case .groupCount(let version):
            guard let count = try plainLength(&cursor) else { return false }
            tasks.removeLast()
            tasks.append(.groups(version: version, count))
        case .groups(_, 0): tasks.removeLast()
        case .groups(let version, let left):
            tasks[tasks.count - 1] = .groups(version: version, left - 1)
            tasks += [
                .groupEnd, .consumerCount(version: version), .groupHead(version: version), .string(.groupName),
            ]
        case .groupHead(let version):
            guard let known = try lengths(2, &cursor), try lengths(version >= 2 ? 1 : 0, &cursor) != nil,
                let pending = try plainLength(&cursor)
            else { return false }
            tasks.removeLast()
            for number in known { groupHash = ContentHash.mix(groupHash, number) }
            tasks.append(.pending(pending))
        case .pending(0): tasks.removeLast()
        case .pending(let left):
            // Identifier, time of the delivery, how often.
            guard let high = cursor.bigEndian(UInt64.self), let low = cursor.bigEndian(UInt64.self),
                let time = cursor.littleEndian(UInt64.self), let deliveries = try plainLength(&cursor)
            else { return false }
            tasks[tasks.count - 1] = .pending(left - 1)
            for number in [high, low, time, deliveries] { groupHash = ContentHash.mix(groupHash, number) }
        case .groupEnd:
            tasks.removeLast()
            valueHash &+= ContentHash.mix(1, groupHash)
        default: return try performConsumer(task, &cursor)
        }
        return true
    }

    private mutating func performConsumer(_ task: Task, _ cursor: inout ByteCursor) throws(RDBProblem) -> Bool {
        switch task {
        case .consumerCount(let version):
            guard let count = try plainLength(&cursor) else { return false }
            tasks.removeLast()
            tasks.append(.consumers(version: version, count))
        case .consumers(_, 0): tasks.removeLast()
        case .consumers(let version, let left):
            tasks[tasks.count - 1] = .consumers(version: version, left - 1)
            tasks += [.consumerHead(version: version), .string(.consumerName)]
        case .consumerHead(let version):
            // When it was last seen; version 3 also has when it was last active.
            guard let seen = cursor.littleEndian(UInt64.self),
                version < 3 || cursor.littleEndian(UInt64.self) != nil, let pending = try plainLength(&cursor)
            else { return false }
            tasks.removeLast()
            tasks.append(.consumerPending(pending))
            groupHash = ContentHash.mix(ContentHash.mix(groupHash, firstHalf ?? 0), seen)
            firstHalf = nil
        case .consumerPending(0): tasks.removeLast()
        case .consumerPending(let left):
            guard let high = cursor.bigEndian(UInt64.self), let low = cursor.bigEndian(UInt64.self) else {
                return false
            }
            tasks[tasks.count - 1] = .consumerPending(left - 1)
            groupHash = ContentHash.mix(ContentHash.mix(groupHash, high), low)
        default: break
        }
        return true
    }

    private func lengths(_ count: Int, _ cursor: inout ByteCursor) throws(RDBProblem) -> [UInt64]? {
        var found: [UInt64] = []
        for _ in 0..<count {
            guard let length = try plainLength(&cursor) else { return nil }
            found.append(length)
        }
        return found
    }
}
