// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// `SHA256SUMS`: lets `sha256sum -c` compare a set with what was written, on any machine.
struct ChecksumList {
    static let fileName = "SHA256SUMS"

    let artifacts: [ArtifactRecord]

    /// Lines as `sha256sum` of GNU coreutils writes them: one that begins with `\\` has an escaped name.
    var text: String {
        artifacts.sorted { $0.path < $1.path }.map { artifact in
            let escaped = artifact.path.contains("\\")
            let path =
                escaped
                ? artifact.path.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
                : artifact.path
            return "\(escaped ? "\\" : "")\(artifact.sha256.hexadecimal)  \(path)\n"
        }.joined()
    }
}
