// SPDX-License-Identifier: Apache-2.0

/// What is known about the server, from the requests made and the lines the supervisor writes. Pure: it decides, others act.
struct SupervisorConversation: Sendable, Hashable {
    /// What the server does.
    enum Phase: Sendable, Hashable {
        case stopped
        case starting
        case running(processID: Int32)
        case stopping(processID: Int32)
    }

    private(set) var phase = Phase.stopped
    private var text: [String] = []

    /// The postmaster's process, while it accepts connections or stops.
    var processID: Int32? {
        switch phase {
        case .running(let processID), .stopping(let processID): processID
        case .stopped, .starting: nil
        }
    }

    /// Notes a request, or refuses one that does not fit.
    mutating func begin(_ request: SupervisorRequest) throws(ThrowawayPostgresError) {
        switch (request, phase) {
        case (.launch, .stopped), (.start, .stopped):
            phase = .starting
            text = []
        case (.stop, .running(let processID)):
            phase = .stopping(processID: processID)
        case (.stop, .stopped):
            throw ThrowawayPostgresError(
                .wrongState, "The server does not run, so it cannot be stopped. Start it first.")
        case (.launch, _), (.start, _):
            throw ThrowawayPostgresError(.wrongState, "The server runs, starts or stops already. Stop it first.")
        case (.stop, _):
            throw ThrowawayPostgresError(
                .wrongState, "The server is being started or stopped. Wait for that call to end.")
        }
    }

    /// Takes in a line; returns the reply to the request that it completes, if any.
    mutating func receive(_ line: String) -> SupervisorReply? {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = words.count > 1 ? String(words[1]) : ""
        switch words.first {
        case "ready":
            guard phase == .starting, let processID = Int32(rest) else { return nil }
            phase = .running(processID: processID)
            return .ready
        case "exited":
            defer { phase = .stopped }
            switch phase {
            case .starting: return .failed(stage: "server", text: text.joined(separator: "\n"))
            case .stopping: return .stopped
            case .running, .stopped: return nil
            }
        case "failed":
            defer { phase = .stopped }
            return phase == .starting ? .failed(stage: rest, text: text.joined(separator: "\n")) : nil
        case "text":
            text.append(rest)
            return nil
        default:
            // The rest of a message with an unusual line break in it.
            text.append(line)
            return nil
        }
    }
}
