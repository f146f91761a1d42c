// SPDX-License-Identifier: Apache-2.0

/// A place where psql looks up one of its variables.
///
/// Only a variable that is set is replaced; with any other name the text is sent as it stands.
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
    /// The name that is looked up, as it is written: names of variables are case-sensitive.
    public var name: String
    /// Whether it stands in square brackets, where a colon separates the bounds of an array slice.
    public var isInsideBrackets: Bool

    /// Whether psql replaces it even when nobody gave it a variable: a test always, and the variables that psql sets itself.
    public var isReplacedAlways: Bool { form == .test || Self.ownVariables.contains(name) }

    /// What psql 12 to 18 set at their start, or after a statement (documentation of psql, "Variables").
    private static let ownVariables: Set<String> = [
        "AUTOCOMMIT", "COMP_KEYWORD_CASE", "DBNAME", "ECHO", "ECHO_HIDDEN", "ENCODING", "ERROR", "FETCH_COUNT",
        "HIDE_TABLEAM", "HIDE_TOAST_COMPRESSION", "HISTCONTROL", "HISTSIZE", "HOST", "IGNOREEOF", "LAST_ERROR_MESSAGE",
        "LAST_ERROR_SQLSTATE", "ON_ERROR_ROLLBACK", "ON_ERROR_STOP", "PIPELINE_COMMAND_COUNT", "PIPELINE_RESULT_COUNT",
        "PIPELINE_SYNC_COUNT", "PORT", "PROMPT1", "PROMPT2", "PROMPT3", "QUIET", "ROW_COUNT", "SERVER_VERSION_NAME",
        "SERVER_VERSION_NUM", "SERVICE", "SHELL_ERROR", "SHELL_EXIT_CODE", "SHOW_ALL_RESULTS", "SHOW_CONTEXT",
        "SINGLELINE", "SINGLESTEP", "SQLSTATE", "USER", "VERBOSITY", "VERSION", "VERSION_NAME", "VERSION_NUM",
        "WATCH_INTERVAL",
    ]
}
