// SPDX-License-Identifier: Apache-2.0

/// What a plan covers.
public struct PlanOptions: Hashable, Sendable {
    /// Go no further than this migration: it, its predecessors in its component, and what they depend on.
    public var target: MigrationID?
    /// Let the component `seed` take part.
    public var includesSeed: Bool
    /// Let a pending migration run although a newer one of its component is applied.
    public var allowsOutOfOrder: Bool
    /// Only these components; `nil` means all but `seed`.
    public var components: Set<Component>?

    /// Makes options; by default everything but seed data takes part.
    public init(
        target: MigrationID? = nil, includesSeed: Bool = false, allowsOutOfOrder: Bool = false,
        components: Set<Component>? = nil
    ) {
        self.target = target
        self.includesSeed = includesSeed
        self.allowsOutOfOrder = allowsOutOfOrder
        self.components = components
    }

    /// Whether a component's migrations take part.
    public func covers(_ component: Component) -> Bool {
        if component == target?.component { return true }
        if component == .seed && includesSeed { return true }
        return components.map { $0.contains(component) } ?? (component != .seed)
    }
}
