// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an RDB file, and where.
public struct RDBError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of what can be wrong.
    public struct Code: Hashable, Sendable {
        private enum Value { case damaged, cut, unsupported }
        private let value: Value

        /// It is not what any server writes.
        public static let damaged = Self(value: .damaged)
        /// It ends before its end.
        public static let cut = Self(value: .cut)
        /// It may be whole, and this build cannot read it: too new, or of a module of another format.
        public static let unsupported = Self(value: .unsupported)
    }

    /// The kind.
    public let code: Code
    /// What is wrong.
    public let problem: String
    /// Near which byte of the file, counted from 0.
    public let offset: Int64

    public var description: String { "at byte \(offset): \(problem)" }
}
