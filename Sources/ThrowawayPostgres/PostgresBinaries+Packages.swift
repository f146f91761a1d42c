// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostgresBinaries {
    /// The folders that packages install servers in, newest version first. Only those that exist.
    static func packagedFolders(root: String = "") -> [String] {
        let patterns = [
            ("/usr/lib/postgresql", "", "/bin"),  // Debian, Ubuntu
            ("/usr", "pgsql-", "/bin"),  // Red Hat, the PostgreSQL project's own packages
            ("/opt/homebrew/opt", "postgresql@", "/bin"),  // Homebrew on Apple silicon
            ("/usr/local/opt", "postgresql@", "/bin"),  // Homebrew on Intel
        ]
        var found: [(version: Int, folder: String)] = []
        for (parent, prefix, suffix) in patterns {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root + parent)) ?? []
            for name in names where name.hasPrefix(prefix) {
                guard let version = Int(name.dropFirst(prefix.count).prefix { $0.isNumber }) else { continue }
                let folder = "\(root)\(parent)/\(name)\(suffix)"
                if FileManager.default.fileExists(atPath: folder) { found.append((version, folder)) }
            }
        }
        return found.sorted { ($0.version, $1.folder) > ($1.version, $0.folder) }.map(\.folder)
    }
}
