// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Whom a store belongs to, and who may look into it: root restores what another account has to open.
struct Ownership {
    let user: uid_t
    private let group: gid_t
    private let mode: mode_t

    init(of folder: String) throws(FileError) {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw .last("look at", folder) }
        (user, group, mode) = (status.st_uid, status.st_gid, status.st_mode & 0o777)
    }

    /// Makes everything below a folder of ours as the other one is.
    ///
    /// - Parameter withRights: Whether others may look into it as they may into the other one.
    func give(to folder: String, withRights: Bool) throws {
        guard !withRights || chmod(folder, mode | 0o700) == 0 else {
            throw FileError.last("change the rights of", folder)
        }
        // Nobody else can give files away.
        guard geteuid() == 0 else { return }
        for path in try StoreFolder.files(below: folder) {
            try change("\(folder)/\(path)")
            var parents = path.split(separator: "/").dropLast()
            while !parents.isEmpty {
                try change("\(folder)/\(parents.joined(separator: "/"))")
                parents = parents.dropLast()
            }
        }
        try change(folder)
    }

    private func change(_ path: String) throws(FileError) {
        guard lchown(path, user, group) == 0 else { throw .last("give away", path) }
    }
}
