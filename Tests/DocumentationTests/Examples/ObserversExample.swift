// SPDX-License-Identifier: Apache-2.0

#if Logging && Metrics && Tracing
import Logging
import MigrationService

func observers(_ logger: Logger) -> [any StartupObserver] {
    [MigrationLog(logger), MigrationMetrics(), MigrationTracing()]
}
#endif
