// SPDX-License-Identifier: Apache-2.0

/// Sorts by identity, moving small keys instead of the elements, which are large.
enum IdentityOrder {
    private struct Key {
        let component: Int
        let version: UInt64
        let index: Int
    }

    /// Sorted by identity; where that is the same, by the tie breaker, so that the order in the input never matters.
    ///
    /// Sources and stores mostly answer in order: then looking is enough.
    static func sorted<Element>(
        _ elements: [Element], by id: (Element) -> MigrationID, then tieBreaker: (Element) -> (String, String)
    ) -> [Element] {
        let ids = elements.map(id)
        if ids.indices.dropFirst().allSatisfy({ ids[$0 - 1] < ids[$0] }) { return elements }
        let keys = keys(ids)
        let sorted = keys.sorted { left, right in
            if left.component != right.component { return left.component < right.component }
            if left.version != right.version { return left.version < right.version }
            // Equal keys are the same version, or two that are too large for them.
            let (first, second) = (ids[left.index].version, ids[right.index].version)
            guard first == second else { return first < second }
            return tieBreaker(elements[left.index]) < tieBreaker(elements[right.index])
        }
        return sorted.map { elements[$0.index] }
    }

    private static func keys(_ ids: [MigrationID]) -> [Key] {
        let components = Set(ids.map(\.component)).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: zip(components, components.indices))
        return ids.enumerated().map { index, id in
            Key(component: ranks[id.component] ?? 0, version: id.version.leading, index: index)
        }
    }
}
