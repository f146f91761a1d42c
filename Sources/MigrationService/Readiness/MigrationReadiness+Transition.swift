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
            .migrating(MigrationReadiness.Step(path: migration.path, index: index, total: total))
        case .progress(let progress): with(progress)
        case .progressEnded: with(nil)
        // What else a run tells changes nothing for somebody who waits for its end.
        default: self
        }
    }

    private func with(_ progress: StoreProgress?) -> Self {
        guard case .migrating(var step) = self else { return self }
        step.progress = progress
        return .migrating(step)
    }
}
