// SPDX-License-Identifier: Apache-2.0

/// Whether a build can work with the schema after a migration that it does not have.
///
/// A build is named by the newest migrations that its source has. A migration declares the oldest build that can work with the
/// schema after it (``Migration/Directives/compatibleWith``), and the history keeps that for builds which have no such file.
public enum BuildCompatibility: Hashable, Sendable {
    /// The build is at least the oldest one that can.
    case compatible
    /// The build is older than this, the oldest one that can.
    case needs(MigrationID)
    /// The migration declared nothing: only builds that have it are known to work.
    case undeclared
    /// The history has a text here that names no migration. Counts as nothing declared.
    case unreadable(String)

    /// What follows from an entry and the newest versions that the source has.
    init(of entry: HistoryEntry, newestKnown: [Component: MigrationID]) {
        guard let text = entry.compatibleWith else {
            self = .undeclared
            return
        }
        guard let oldest = MigrationID(text, defaultComponent: entry.id.component) else {
            self = .unreadable(text)
            return
        }
        // A build without the component is older than everything in it.
        let isReached = newestKnown[oldest.component].map { $0.version >= oldest.version } ?? false
        self = isReached ? .compatible : .needs(oldest)
    }
}

extension MigrationStatus {
    /// The oldest build that can work with the schema after this migration, if this one cannot: it has to have the migration
    /// that is returned, or a newer one of its component.
    public var neededBuild: MigrationID? {
        switch compatibility {
        case nil: state == .ahead ? id : nil
        case .compatible: nil
        case .needs(let oldest): oldest
        case .undeclared, .unreadable: id
        }
    }

    /// Whether the history has what the migration declares of older builds.
    var isRecordedAsDeclared: Bool { migration?.directives.compatibleWith?.description == entry?.compatibleWith }

    /// Whether the migration makes the schema too new for this build.
    public var isTooNew: Bool { takesPart && neededBuild != nil }

    /// What the history says to this build, as the end of a line: `compatible with this build`.
    public var compatibilityText: String? {
        switch compatibility {
        case nil: nil
        case .compatible: "compatible with this build"
        case .needs(let oldest): "needs a build that has \(oldest) or later"
        case .undeclared: "needs a build that has \(id) or later: it declares no older one"
        case .unreadable(let text):
            "needs a build that has \(id) or later: compatible-with is \"\(Self.visible(text))\", which names no migration"
        }
    }

    /// A text of unknown origin in one line.
    private static func visible(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? "?" : $0 }
        return String(String.UnicodeScalarView(scalars)) + (text.unicodeScalars.count > scalars.count ? "…" : "")
    }
}
