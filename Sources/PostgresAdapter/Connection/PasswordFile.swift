// SPDX-License-Identifier: Apache-2.0

/// A password for a program that libpq is in, as a file of libpq's `PGPASSFILE`.
final class PasswordFile: Sendable {
    private let file: ShortLivedFile

    /// For `PGPASSFILE`, as long as this lives.
    var path: String { file.path }

    /// - Returns: `nil` when the password has a line's end in it, which such a file cannot have, or there can be no file.
    init?(_ password: String) {
        guard !password.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) else { return nil }
        let escaped = password.replacingBytes([":": "\\:", "\\": "\\\\"])
        guard let file = ShortLivedFile(Array("*:*:*:*:\(escaped)\n".utf8)) else { return nil }
        self.file = file
    }
}
