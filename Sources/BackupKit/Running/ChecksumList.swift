// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// `SHA256SUMS`: lets `sha256sum -c` compare a set with what was written, on any machine.
struct ChecksumList {
    static let fileName = "SHA256SUMS"

    let artifacts: [ArtifactRecord]

    /// Lines as `sha256sum` of GNU coreutils writes them: one that begins with `\\` has an escaped name.
    var text: String {
        artifacts.sorted { $0.path < $1.path }.map { artifact in
            // By bytes, as `sha256sum` reads it: a backslash with a combining mark behind it is one.
            let backslash = UInt8(ascii: "\\")
            let escaped = artifact.path.utf8.contains(backslash)
            let path = String(
                decoding: artifact.path.utf8.flatMap { $0 == backslash ? [$0, $0] : [$0] }, as: UTF8.self)
            return "\(escaped ? "\\" : "")\(artifact.sha256.hexadecimal)  \(path)\n"
        }.joined()
    }
}
