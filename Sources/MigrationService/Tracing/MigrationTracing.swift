// SPDX-License-Identifier: Apache-2.0

#if Tracing
internal import MigrationCore
internal import Synchronization
public import Tracing

/// Makes spans of swift-distributed-tracing: `migrate schema` for each look at the database, and in it `apply migration` for each
/// try of each migration. Failures are recorded in both.
///
/// The outer span is a child of the span in which the start was called. One value serves one start.
public final class MigrationTracing: StartupObserver {
    private struct Spans {
        var run: (any Span)?
        var migration: (any Span)?
    }

    private let tracer: any Tracer
    private let spans = Mutex(Spans())

    /// Takes the tracer that the application bootstrapped, or another.
    public init(tracer: any Tracer = InstrumentationSystem.tracer) {
        self.tracer = tracer
    }

    public func observe(_ event: StartupEvent) {
        spans.withLock { spans in
            switch event {
            case .began: spans.run = start("migrate schema", in: .current ?? .topLevel, event)
            case .run(.started):
                end(&spans.migration)
                spans.migration = start("apply migration", in: spans.run?.context ?? .topLevel, event)
            case .run(.executed): end(&spans.migration, event.facts)
            case .run(.waitingForLock):
                spans.run?.addEvent(SpanEvent(name: "waiting for lock", attributes: event.attributes))
            case .run(.retrying):
                // The next try begins with a span of its own.
                spans.migration?.setStatus(SpanStatus(code: .error, message: "gave way"))
                end(&spans.migration, event.facts)
            case .run(.planned), .lockWaitEnded: spans.run?.set(event.facts)
            case .ready: end(&spans.run, event.facts)
            case .failed(let error), .interrupted(let error):
                fail(&spans.migration, error, [:])
                fail(&spans.run, error, event.facts)
            case .needsNewerBuild(let build, _):
                spans.run?.setStatus(SpanStatus(code: .error, message: build.description))
                end(&spans.run, event.facts)
            default: break
            }
        }
    }

    private func start(_ name: String, in context: ServiceContext, _ event: StartupEvent) -> any Span {
        let span: any Span = tracer.startSpan(name, context: context)
        span.set(event.facts)
        return span
    }

    private func end(_ span: inout (any Span)?, _ facts: [String: String] = [:]) {
        span?.set(facts)
        span?.end()
        span = nil
    }

    private func fail(_ span: inout (any Span)?, _ error: MigrationError, _ facts: [String: String]) {
        span?.recordError(error)
        span?.setStatus(SpanStatus(code: .error))
        end(&span, facts)
    }
}

extension Span {
    fileprivate func set(_ facts: [String: String]) {
        updateAttributes { attributes in
            for (key, value) in facts { attributes[key] = value }
        }
    }
}

extension StartupEvent {
    fileprivate var attributes: SpanAttributes { SpanAttributes(facts.mapValues { .string($0) }) }
}
#endif
