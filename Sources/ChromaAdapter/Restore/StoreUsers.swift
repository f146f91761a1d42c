// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Finds out whether somebody uses a store.
///
/// ChromaDB keeps SQLite's file open while it serves, but holds no lock while it is idle. So three things are asked: which processes have a
/// file of the folder open, as far as this account may know; whether SQLite's file can be locked; whether a server answers at the address.
struct StoreUsers {
    let configuration: ChromaConfiguration

    private static let patience: Int32 = 2000

    /// What other processes have open of a folder.
    struct OpenFiles {
        var found: [(number: Int32, name: String, file: String)] = []
        /// Of how many processes this account is not told.
        var hidden = 0
    }

    /// Who uses the folder, a phrase each; empty when nobody was found.
    func find(_ folder: String) throws -> [String] {
        var users = Self.processes(using: folder).found.map { "process \($0.number) (\($0.name)) has \($0.file) open" }
        if users.isEmpty, try isLocked(folder) { users.append("somebody is writing to \(StoreReader.database)") }
        if let host = configuration.host, try answers(host) {
            users.append("a server answers at \(host):\(configuration.port)")
        }
        return users
    }

    private func isLocked(_ folder: String) throws -> Bool {
        let path = "\(folder)/\(StoreReader.database)"
        guard case .file = try Folders.kind(of: path) else { return false }
        do {
            let sqlite = try SQLiteDatabase(path, .readWrite)
            defer { sqlite.close() }
            try sqlite.query("BEGIN EXCLUSIVE")
            try sqlite.query("ROLLBACK")
            return false
        } catch let error as SQLiteError {
            // A damaged store may be replaced, too.
            return error.kind == .busy
        }
    }

    /// The processes that have a file below a folder open. Of other accounts' processes only root is told.
    ///
    /// Files are told by what they are: a server in a container has another path to them. Where SQLite's file was deleted, only its path
    /// is left to tell it by.
    ///
    /// - Parameter own: Who asks, and counts for nobody: neither it, nor a copy of it that is about to become another program.
    static func processes(using folder: String, asking own: Int32 = getpid()) -> OpenFiles {
        var open = OpenFiles()
        #if os(Linux)
        var files: [FileIdentity: String] = [:]
        for path in (try? StoreFolder.files(below: folder)) ?? [] {
            if let file = FileIdentity("\(folder)/\(path)") { files[file] = path }
        }
        // As Linux calls it, by the path without links.
        let (parent, last) = (FolderNames(folder, set: "").parent, folder.split(separator: "/").last ?? "")
        let place = Folders.resolved(folder) ?? "\(Folders.resolved(parent) ?? parent)/\(last)"
        let deleted = "\(place)/\(StoreReader.database) (deleted)"
        let program = Folders.link("/proc/\(own)/exe")
        for entry in (try? Folders.entries(of: "/proc")) ?? [] {
            guard let number = Int32(entry), number != own else { continue }
            // Asked before its files: what runs another program by now has none of ours any more.
            if let program, Folders.link("/proc/\(entry)/exe") == program, Self.starter(of: entry) == own { continue }
            let descriptors: [String]
            do { descriptors = try Folders.entries(of: "/proc/\(entry)/fd") } catch {
                if error.isPermission { open.hidden += 1 }
                continue
            }
            for descriptor in descriptors {
                let path = "/proc/\(entry)/fd/\(descriptor)"
                let isDeleted = Folders.link(path) == deleted
                guard let file = isDeleted ? StoreReader.database : FileIdentity(path).flatMap({ files[$0] }) else {
                    continue
                }
                open.found.append((number, name(of: entry), file))
                break
            }
        }
        #endif
        return open
    }

    private static func name(of process: String) -> String { line("/proc/\(process)/comm") ?? "?" }

    private static func starter(of process: String) -> Int32? {
        // The name before it can hold anything, brackets too: proc_pid_stat(5).
        let fields = line("/proc/\(process)/stat").flatMap { $0.split(separator: ")").last?.split(separator: " ") }
        return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil }
    }

    private static func line(_ path: String) -> String? {
        guard var file = (try? OpenFile.read(path)).map({ BufferedFile($0) }) else { return nil }
        var bytes: [UInt8] = []
        while let byte = try? file.next(), byte != 0x0a { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether somebody takes connections at the address.
    private func answers(_ host: String) throws -> Bool {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(configuration.port)", &hints, &list)
        guard status == 0 else {
            throw ChromaBackupError(
                .configuration,
                """
                CHROMA_HOST is \(host), and where that is cannot be found out (\(String(cString: gai_strerror(status)))), so nobody knows \
                whether a server answers there. Correct it, or unset it when ChromaDB is stopped; nothing was changed.
                """)
        }
        defer { freeaddrinfo(list) }
        var next = list
        while let address = next {
            if Self.connects(address.pointee) { return true }
            next = address.pointee.ai_next
        }
        return false
    }

    private static func connects(_ address: addrinfo) -> Bool {
        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return true }
        guard errno == EINPROGRESS else { return false }
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wait, 1, patience) == 1 else { return false }
        var reason: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 && reason == 0
    }
}
