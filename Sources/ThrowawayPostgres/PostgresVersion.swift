// SPDX-License-Identifier: Apache-2.0

/// The version of a PostgreSQL installation.
public struct PostgresVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The major version: 17 of `17.2`.
    public let major: Int

    /// The minor version: 2 of `17.2`, 0 of `18beta1`.
    public let minor: Int

    /// The version as the program prints it, with what the packager added: `15.18 (Debian 15.18-0+deb12u1)`.
    public let description: String

    /// Reads what `postgres --version` prints; `nil` if it is something else.
    ///
    /// - Parameter output: The program's output, such as `postgres (PostgreSQL) 17.2`.
    public init?(parsing output: String) {
        let marker = "(PostgreSQL) "
        guard let line = output.split(whereSeparator: \.isNewline).first(where: { $0.contains(marker) }),
            let start = line.ranges(of: marker).first?.upperBound
        else { return nil }
        let text = line[start...]
        let numbers = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".")
        guard let first = numbers.first, let major = Int(first) else { return nil }
        self.major = major
        self.minor = numbers.dropFirst().first.flatMap { Int($0) } ?? 0
        self.description = String(text)
    }

    /// Whether one version is older than the other; the packager's addition does not count.
    public static func < (left: PostgresVersion, right: PostgresVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
