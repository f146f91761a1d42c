// SPDX-License-Identifier: Apache-2.0

/// A place where psql would look up one of its variables.
public struct VariableReference: Sendable, Hashable {
    /// How it is written.
    public enum Form: Sendable, Hashable {
        /// `:name`
        case plain
        /// `:'name'`
        case literal
        /// `:"name"`
        case identifier
        /// `:{?name}`
        case test
    }

    /// Where the colon stands.
    public var position: SourcePosition
    /// The offset behind its last byte.
    public var end: Int
    /// How it is written.
    public var form: Form
    /// Whether it stands in square brackets, where `:name` can be the upper bound of an array slice.
    public var isInsideBrackets: Bool
    /// Whether the name is made of digits only, as in the array slice `a[1:2]`.
    ///
    /// psql does look up a variable called `2` there, which hardly anybody ever sets.
    public var isNumbered: Bool
    /// Whether this can be SQL and not a variable: a plain name or number in square brackets, or any plain number.
    public var mayBeArraySlice: Bool { form == .plain && (isInsideBrackets || isNumbered) }
}
