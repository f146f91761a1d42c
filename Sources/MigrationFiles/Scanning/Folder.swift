// SPDX-License-Identifier: Apache-2.0

internal import SystemPackage

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A folder on disk: what is in it, and what kind of thing each of them is.
struct Folder {
    let path: FilePath

    /// The names in the folder that do not begin with a dot, sorted, so that nothing depends on the order on disk.
    func names() throws(FolderFailure) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path.string)
        } catch {
            throw FolderFailure(path)
        }
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// What a name in the folder stands for, links followed.
    func kind(of name: String) throws(Errno) -> FileType {
        try Stat(path.appending(name)).type
    }

    /// Whether the name is still there as a link that leads nowhere; otherwise it was removed in the meantime.
    func isLink(_ name: String) -> Bool {
        (try? Stat(path.appending(name), followTargetSymlink: false))?.type == .symbolicLink
    }
}
