// SPDX-License-Identifier: Apache-2.0

#if Logging
public import Logging
internal import MigrationCore

/// Writes what happens at the start to a logger of swift-log: each event at its level, its facts as metadata.
///
/// Failures are errors; a database that needs a newer build, and warnings of its server, are warnings; a wait for the lock is a
/// notice; what begins and what was applied is info; the rest is debug or, for progress, trace.
public struct MigrationLog: StartupObserver {
    private let logger: Logger

    /// Takes the logger to write to.
    public init(_ logger: Logger) {
        self.logger = logger
    }

    public func observe(_ event: StartupEvent) {
        if case .run(.progressEnded) = event { return }
        logger.log(
            level: event.importance.level, "\(event.text)",
            metadata: event.facts.mapValues { Logger.MetadataValue.string($0) })
    }
}

extension StartupEvent.Importance {
    fileprivate var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
#endif
