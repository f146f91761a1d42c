// SPDX-License-Identifier: Apache-2.0

/// `strata-bench plan|scan`: measures what needs no server.
@main
struct StrataBench {
    static func main() {
        switch CommandLine.arguments.dropFirst().first {
        case "plan": PlanBench().run()
        case "scan": ScanBench().run()
        default: print("usage: strata-bench plan|scan")
        }
    }

    /// The median of several runs of some work, in seconds.
    static func medianSeconds(runs: Int, _ work: () -> Void) -> Double {
        let times = (0..<runs).map { _ in
            let time = ContinuousClock().measure(work)
            return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        }
        return times.sorted()[runs / 2]
    }
}
