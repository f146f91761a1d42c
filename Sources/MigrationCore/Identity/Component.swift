// SPDX-License-Identifier: Apache-2.0

/// A namespace of migrations with ascending versions of its own.
///
/// `core` is the component of everything that names none; `seed` holds seed data, which takes part in a run
/// only when it is asked for.
public struct Component: Hashable, Sendable, CustomStringConvertible {
    /// The name, as the history table records it.
    public let name: String

    /// Makes a component of the given name. The name is taken as it is: a source checks what it reads.
    public init(_ name: String) {
        self.name = name
    }

    /// The component of migrations that name none.
    public static let core = Component("core")

    /// Seed data: listed always, applied only on request.
    public static let seed = Component("seed")

    public var description: String { name }
}

extension Component: Comparable {
    /// `core` first, then the others by name, then `seed`: the order in which a plan prefers components.
    public static func < (left: Component, right: Component) -> Bool {
        (left.rank, left.name) < (right.rank, right.name)
    }

    private var rank: Int {
        switch self {
        case .core: 0
        case .seed: 2
        default: 1
        }
    }
}

extension Component: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) {
        self.init(value)
    }
}
