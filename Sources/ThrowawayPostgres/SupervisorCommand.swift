// SPDX-License-Identifier: Apache-2.0

import Subprocess

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The supervisor's command line, variables and account.
struct SupervisorCommand: Sendable {
    let options: ThrowawayPostgres.Options
    let binaries: PostgresBinaries
    let folder: ServerFolder
    let files: ServerFiles
    let account: SystemAccount?

    /// Starts a server and looks after it.
    var supervise: Configuration { configuration(task: "supervise") }

    /// Removes what a supervisor that was killed has left.
    var sweep: Configuration { configuration(task: "sweep") }

    private func configuration(task: String) -> Configuration {
        var platform = PlatformOptions()
        // Away from the terminal's signals, and from those sent to our process group.
        platform.createSession = true
        // A program changes the account: Subprocess would do it between fork and exec, where the C library on Linux waits for ever
        // when another thread was just being made. Nothing could be started any more then.
        let change = account?.changingCommand ?? []
        if let account, change.isEmpty {
            platform.userID = account.userID
            platform.groupID = account.groupID
            platform.supplementaryGroups = [account.groupID]
        }
        let role = options.standby ? "standby" : "primary"
        // The script travels in a variable: a list of processes then shows one short line.
        let command =
            change + [
                "/bin/sh", "-c", #"eval "$THROWAWAY_SCRIPT""#, "throwaway-postgres", task, folder.path, binaries.folder,
                String(options.port), options.superuser, options.encoding, options.locale, role,
            ]
        return Configuration(
            executable: .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(variables), workingDirectory: "/", platformOptions: platform)
    }

    /// Only what is needed: variables such as PGDATA or a foreign locale would change what initdb and the server do. A known time zone
    /// also saves initdb the search for it.
    private var variables: [Environment.Key: String] {
        let inherited = ProcessInfo.processInfo.environment
        var variables: [Environment.Key: String] = [
            "PATH": inherited["PATH"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/bin:/bin:/usr/sbin:/sbin",
            "LC_ALL": "C", "TZ": "UTC",
            "THROWAWAY_SCRIPT": SupervisorScript.text,
            "THROWAWAY_SETTINGS": files.settings,
            "THROWAWAY_HBA": files.hostBasedAuthentication,
        ]
        for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
            if let value = inherited[name] { variables[Environment.Key(stringLiteral: name)] = value }
        }
        return variables
    }
}
