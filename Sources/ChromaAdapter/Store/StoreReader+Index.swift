// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension StoreReader {
    /// What does not fit together of a collection's table, its index and the queue.
    func problems(
        of collection: Collection, _ records: Records, _ queue: QueueView, newest: Int64
    ) throws -> [String] {
        let name = "the collection \"\(collection.name)\""
        guard let segment = collection.vectorSegment, collection.metadataSegment != nil else {
            return ["\(name) lacks a segment in \(prefix)\(Self.database)"]
        }
        if let done = collection.vectorDone, done > newest {
            return ["\(name) has an index that is newer than \(prefix)\(Self.database): they are of different instants"]
        }
        let index = index(segment)
        guard try Folders.kind(of: index.folder) == .folder else {
            if collection.vectorDone != nil { return ["\(index.name), the index of \(name), is missing"] }
            return lostProblem(records, name)
        }
        let problems = try index.problems(dimension: collection.dimension)
        guard problems.isEmpty else { return problems }
        guard case .file = try Folders.kind(of: "\(index.folder)/\(IndexFiles.labels)") else {
            let isFilled = try index.elements != 0 || collection.vectorDone != nil
            return isFilled ? ["\(index.name)/\(IndexFiles.labels) is missing"] : lostProblem(records, name)
        }
        // Old versions note only in the index how far that is.
        let lost = collection.vectorDone == nil ? [] : lostProblem(records, name)
        return try lost + labelProblems(index, records, queue, name)
    }

    private func lostProblem(_ records: Records, _ name: String) -> [String] {
        guard records.lost > 0 else { return [] }
        return [
            "\(name) has \(records.lost.named("record")) of \(records.stored.count) whose vectors are neither in its index nor in the queue"
        ]
    }

    private func labelProblems(
        _ index: IndexFiles, _ records: Records, _ queue: QueueView, _ name: String
    ) throws -> [String] {
        var ids = UnorderedDigest()
        var count: UInt64 = 0
        var live = try index.liveLabels(interruption)
        var unknown = 0
        let added: UInt64?
        do {
            added = try LabelFile.read("\(index.folder)/\(IndexFiles.labels)", interruption) { id, label in
                count += 1
                if live.remove(label) == nil { unknown += 1 }
                if !queue.unsettled.contains(id) { ids.add(id) }
            }
        } catch let problem as LabelFile.Problem {
            return ["\(index.name)/\(IndexFiles.labels) cannot be read (\(problem))"]
        }
        let elements = try index.elements ?? 0
        if count > elements {
            return ["\(index.name)/\(IndexFiles.labels) names \(count) ids, and the index has \(elements) elements"]
        }
        // ChromaDB saves the index first, and then which ids it has.
        if unknown > 0 || !live.isEmpty || added.map({ $0 < elements }) ?? false {
            return [
                """
                \(index.name)/\(IndexFiles.labels) is of another instant than the index: \(unknown) of its \(count) ids are not there, \
                and \(live.count) elements have none
                """
            ]
        }
        guard ids == records.settled else {
            return [
                """
                the index \(index.name) of \(name) and \(prefix)\(Self.database) have different records: \(ids.count) and \
                \(records.settled.count), without those that are being written
                """
            ]
        }
        return []
    }
}
