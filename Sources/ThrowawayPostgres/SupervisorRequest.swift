// SPDX-License-Identifier: Apache-2.0

/// What the supervisor is asked to do.
enum SupervisorRequest: Sendable, Hashable {
    /// Make the cluster and start the server. It does so by itself.
    case launch

    /// Start the server again.
    case start(standby: Bool)

    /// Stop the server, and keep its folder.
    case stop(ThrowawayPostgres.ShutdownMode)

    /// The line that tells it, or `nil` if it need not be told.
    var line: String? {
        switch self {
        case .launch: nil
        case .start(let standby): standby ? "start standby" : "start primary"
        case .stop(.fast): "stop INT"
        case .stop(.immediate): "stop QUIT"
        case .stop(.kill): "stop KILL"
        }
    }
}
