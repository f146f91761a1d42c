// SPDX-License-Identifier: Apache-2.0

import Foundation
import Subprocess

/// A program that runs, as a test sees it. A signal to one that has ended does nothing.
struct RunningProgram {
    let process: Int32
    let outputFile: String
    let messagesFile: String
    let send: (Signal) -> Void

    /// What it has written to standard output so far.
    var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }

    /// What it has written to standard error so far.
    var messages: String { (try? String(contentsOfFile: messagesFile, encoding: .utf8)) ?? "" }

    /// SIGKILL.
    func kill() { send(.kill) }

    /// SIGALRM, with which the system tells a program that its time is over.
    func alarm() { send(.alarm) }

    /// SIGINT, as Ctrl-C sends it.
    func interrupt() { send(.interrupt) }

    /// SIGTERM, as service managers send it.
    func terminate() { send(.terminate) }
}
