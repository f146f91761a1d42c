// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

extension MigrationReadiness.State {
    /// The state after an event.
    func after(_ event: StartupEvent) -> Self {
        switch event {
        case .began:
            // Another look at a database that needs a newer build has not found anything else yet.
            if case .needsNewerBuild = self { self } else { .checking }
        case .run(let event): after(event)
        case .lockWaitEnded: self
        case .ready: .ready
        case .failed(let error): .failed(MigrationReadiness.Failure(error))
        case .interrupted: .interrupted
        case .needsNewerBuild(let build, _): .needsNewerBuild(build)
        }
    }

    private func after(_ event: MigrationEvent) -> Self {
        switch event {
        case .waitingForLock(let holder): .waitingForLock(holder: holder)
        case .planned: .checking
        case .started(let migration, let index, let total):
            .migrating(
                MigrationReadiness.Step(
                    path: migration.path, index: index, total: total, retry: retry(of: migration.path)))
        case .progress(let progress): with { $0.progress = progress }
        case .progressEnded: with { $0.progress = nil }
        case .retrying(let retry):
            with { step in
                step.progress = nil
                step.retry = retry
            }
        // What else a run tells changes nothing for somebody who waits for its end.
        default: self
        }
    }

    /// That this migration gave way before: it begins again, and may do so again.
    private func retry(of path: String) -> StoreRetry? {
        if case .migrating(let step) = self, step.path == path { step.retry } else { nil }
    }

    private func with(_ change: (inout MigrationReadiness.Step) -> Void) -> Self {
        guard case .migrating(var step) = self else { return self }
        change(&step)
        return .migrating(step)
    }
}
