// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// Two programs, of which the second reads what the first writes.
///
/// Both have ended when a run is over, however that went.
struct ProgramPair: Sendable {
    /// How the two ended.
    struct Ends: Hashable, Sendable {
        /// `nil`: it was stopped because the second had ended.
        var first: ProcessEnd?
        /// `nil`: it was stopped because the first had failed.
        var second: ProcessEnd?

        /// Whether both came to their end, and well.
        var areSuccess: Bool { first?.isSuccess == true && second?.isSuccess == true }
        fileprivate var haveFailure: Bool { first?.isSuccess == false || second?.isSuccess == false }
    }

    private struct FirstFailed: Error {}
    private enum End { case first(ProcessEnd?), second(ProcessEnd?) }

    var first: ProcessCommand
    var second: ProcessCommand
    /// Whether the second may have enough before the first is done, which is then stopped; else it is only done with all.
    var mayStopEarly = false

    /// Runs both.
    ///
    /// - Parameters:
    ///   - input: Gives what the first reads from standard input.
    ///   - pipe: Leads from the first to the second.
    ///   - intake: Takes what the first writes and hands it on to the pipe; `nil`: the pipe itself.
    ///   - flush: Lets the intake hand on what it still has, when the first has ended well.
    ///   - output: Takes what the second writes.
    func run(
        launcher: any ProcessLauncher, input: (any ByteSource)? = nil, pipe: BytePipe = BytePipe(),
        intake: (any ByteSink)? = nil,
        flush: @escaping @Sendable () async throws -> Void = {}, output: (any ByteSink)?,
        firstMessage: @escaping @Sendable (String) -> Void, secondMessage: @escaping @Sendable (String) -> Void
    ) async throws -> Ends {
        let intake = intake ?? pipe
        return try await withThrowingTaskGroup(of: End.self) { group in
            group.addTask { .first(try await runFirst(launcher, input, intake, flush, pipe, firstMessage)) }
            group.addTask { .second(try await runSecond(launcher, pipe, output, secondMessage)) }
            var ends = Ends()
            var failure: (any Error)?
            while let result = await group.nextResult() {
                switch result {
                case .success(.first(let end)): ends.first = end
                case .success(.second(let end)): ends.second = end
                // What is thrown first is the cause, what follows are its consequences.
                case .failure(let error): failure = failure ?? (ends.haveFailure ? nil : error)
                }
                // The other one may wait for something that takes long.
                if failure != nil || ends.haveFailure { group.cancelAll() }
            }
            try Task.checkCancellation()
            if let failure { throw failure }
            return ends
        }
    }

    private func runFirst(
        _ launcher: any ProcessLauncher, _ input: (any ByteSource)?, _ intake: any ByteSink,
        _ flush: @Sendable () async throws -> Void, _ pipe: BytePipe,
        _ message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd? {
        do {
            let end = try await launcher.run(first, input: input, output: intake, message: message)
            if end.isSuccess { try await flush() }
            // What a failed program wrote must not look whole to the second one.
            pipe.finish(end.isSuccess ? .success(()) : .failure(FirstFailed()))
            return end
        } catch is BytePipe.ReaderGone {
            return nil
        } catch {
            pipe.finish(.failure(error))
            throw error
        }
    }

    private func runSecond(
        _ launcher: any ProcessLauncher, _ pipe: BytePipe, _ output: (any ByteSink)?,
        _ message: @escaping @Sendable (String) -> Void
    ) async throws -> ProcessEnd? {
        do {
            let end = try await launcher.run(second, input: pipe, output: output, message: message)
            pipe.stopReading(discarding: end.isSuccess && !mayStopEarly)
            return end
        } catch is FirstFailed {
            return nil
        } catch {
            pipe.stopReading(discarding: false)
            throw error
        }
    }
}
