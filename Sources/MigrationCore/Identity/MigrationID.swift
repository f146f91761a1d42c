// SPDX-License-Identifier: Apache-2.0

/// What identifies a migration: its component and its version in it.
public struct MigrationID: Hashable, Sendable {
    /// The component that the migration belongs to.
    public let component: Component
    /// The number of the migration within its component.
    public let version: MigrationVersion

    /// Makes an identity.
    public init(component: Component = .core, version: MigrationVersion) {
        self.component = component
        self.version = version
    }

    /// Reads `VERSION` or `COMPONENT:VERSION`, as people and directives write it; `nil` when it is neither.
    ///
    /// - Parameters:
    ///   - text: For instance `7`, `0007` or `billing:12`.
    ///   - defaultComponent: The component of a text that names none.
    public init?(_ text: some StringProtocol, defaultComponent: Component = .core) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let last = parts.last, let version = MigrationVersion(last) else { return nil }
        if parts.count == 2 {
            guard !parts[0].isEmpty else { return nil }
            self.init(component: Component(String(parts[0])), version: version)
        } else {
            self.init(component: defaultComponent, version: version)
        }
    }
}

extension MigrationID: Comparable {
    public static func < (left: MigrationID, right: MigrationID) -> Bool {
        left.component == right.component ? left.version < right.version : left.component < right.component
    }
}

extension MigrationID: CustomStringConvertible {
    /// `COMPONENT:VERSION`, as directives and the command line take it.
    public var description: String { "\(component):\(version)" }
}
