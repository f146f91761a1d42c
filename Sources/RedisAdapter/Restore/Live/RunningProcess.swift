// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A process of this machine, and what tells it from a later one that has got its number.
struct RunningProcess: Hashable, Sendable {
    var id: Int32
    /// The run of the system; `nil` where the system has no `/proc`.
    var boot: String?
    /// When it began, counted from the system's beginning; `nil` where that is not to be found out.
    var started: String?

    /// The one that has a number now.
    static func of(_ id: Int32) -> RunningProcess {
        RunningProcess(id: id, boot: boot, started: started(id))
    }

    /// Whether it is still there.
    var isThere: Bool {
        guard id > 0, kill(id, 0) == 0 || errno == EPERM else { return false }
        let now = RunningProcess.of(id)
        func agree(_ one: String?, _ other: String?) -> Bool { one == nil || other == nil || one == other }
        return agree(boot, now.boot) && agree(started, now.started)
    }

    private static var boot: String? {
        text("/proc/sys/kernel/random/boot_id").map { String($0.prefix { !$0.isWhitespace }) }
    }

    private static func started(_ id: Int32) -> String? {
        // Its name may have blanks and brackets; the third field comes after it, and this is the 22nd.
        guard let status = text("/proc/\(id)/stat"), let bracket = status.lastIndex(of: ")") else { return nil }
        let fields = status[status.index(after: bracket)...].split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }

    private static func text(_ path: String) -> String? {
        FolderFiles.beginning(of: path).flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
    }
}
