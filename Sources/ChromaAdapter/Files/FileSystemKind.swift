// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#endif

/// Whether locks on a file system keep everybody else out.
enum FileSystemKind: Hashable, Sendable {
    /// Of this machine.
    case local
    /// Of another machine, with this name: locks may not reach who writes there.
    case network(String)

    /// - Parameter path: Without links.
    static func of(_ path: String) -> FileSystemKind {
        #if os(Linux)
        return classify(type(of: path, mounts: mounts) ?? "")
        #elseif canImport(Darwin)
        var status = statfs()
        guard statfs(path, &status) == 0 else { return .local }
        return classify(
            withUnsafeBytes(of: status.f_fstypename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        #else
        return .local
        #endif
    }

    /// Whether something is mounted at a path: it cannot be renamed then.
    ///
    /// - Parameter path: Without links.
    static func isMountPoint(_ path: String) -> Bool {
        let parent = "/\(path.split(separator: "/").dropLast().joined(separator: "/"))"
        if let its = try? Folders.device(of: path), let parents = try? Folders.device(of: parent), its != parents {
            return true
        }
        #if os(Linux)
        // A folder of the same file system may be mounted there.
        return points(in: mounts).contains { $0.point == path }
        #else
        return false
        #endif
    }

    #if os(Linux)
    private static var mounts: String {
        var text: [UInt8] = []
        if var file = (try? OpenFile.read("/proc/self/mounts")).map({ BufferedFile($0) }) {
            while let byte = try? file.next() { text.append(byte) }
        }
        return String(decoding: text, as: UTF8.self)
    }
    #endif

    static func classify(_ type: String) -> FileSystemKind {
        let shared: Set<String> = [
            "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "fuse.cephfs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs",
            "gfs2",
            "lustre", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "virtiofs", "webdav",
        ]
        return shared.contains(type) ? .network(type) : .local
    }

    /// The type of the file system of a path, from what Linux says is mounted; `nil` when that is not said.
    static func type(of path: String, mounts: String) -> String? {
        var best: (length: Int, type: String)?
        for (point, type) in points(in: mounts)
        where point == "/" || path == point || path.hasPrefix("\(point)/") {
            // The last of those that are mounted over one another is the one that is seen.
            if point.utf8.count >= best?.length ?? 0 { best = (point.utf8.count, type) }
        }
        return best?.type
    }

    private static func points(in mounts: String) -> [(point: String, type: String)] {
        mounts.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 3 else { return nil }
            let point = fields[1].replacing("\\040", with: " ").replacing("\\011", with: "\t").replacing(
                "\\134", with: "\\")
            return (String(point), String(fields[2]))
        }
    }
}
