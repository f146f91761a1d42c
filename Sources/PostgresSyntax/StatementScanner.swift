// SPDX-License-Identifier: Apache-2.0

/// Finds where SQL statements end, exactly where psql 15 ends them when it reads the same text with `-f`.
///
/// The scanner is a value that holds no text. The caller keeps a buffer, calls `scan(_:at:isLast:)` again and again, and
/// acts on each event:
///
/// ```swift
/// var scanner = StatementScanner()
/// scanning: while true {
///     switch scanner.scan(bytes.span, isLast: true) {
///     case .statement(let span): if !span.isEmpty { send(bytes[span.byteRange]) }
///     case .end: break scanning
///     case let event: refuse(event)
///     }
/// }
/// ```
///
/// The rules (source: PostgreSQL 15, `psqlscan.l` and `mainloop.c`) include what follows from psql's reading line by line:
/// a string that ended with its line is not continued by a string on the next line, and a change of
/// `standard_conforming_strings` acts from the next line on.
public struct StatementScanner: Sendable {
    /// Where the next call goes on; nothing before it is looked at again.
    public internal(set) var offset = 0
    /// The first byte of the statement that has begun and not yet ended.
    public internal(set) var statementStart: SourcePosition?

    /// Whether a backslash in `'…'` is an ordinary character, as it is in PostgreSQL by default.
    ///
    /// It may be set between two events. As in psql, the line that is being read is still read in the old way.
    public var standardConformingStrings: Bool {
        didSet { settingChanged(from: oldValue) }
    }

    /// What the bytes at `offset` belong to.
    var state = State.normal
    /// How closely words have to be read, while `state` is `normal`.
    var phase = Phase.leading
    /// Whether the open statement holds anything besides comments.
    var hasToken = false
    /// Words seen, while it matters whether the statement begins with CREATE [OR REPLACE] FUNCTION or PROCEDURE.
    var routineWords = RoutineWords.none
    var parenthesisDepth = 0
    var bracketDepth = 0
    var blockDepth = 0
    var commentDepth = 0
    /// The string that is open, or that has just been closed.
    var stringForm = StringForm.standard
    /// How far the search for a continuation of a closed string has come.
    var continuation = Continuation.fresh
    /// The opening delimiter of the dollar quote that is open. Kept between uses, so that it allocates once.
    var dollarTag: [UInt8] = []
    /// A place where a token is known to begin; to find out what a byte belongs to, nobody looks back beyond it.
    var tokenFloor = 0

    /// The innermost string, comment, quoted identifier or dollar quote.
    var construct = OpenConstruct()
    /// The outermost open parenthesis.
    var parenthesis = OpenConstruct()
    /// The outermost open BEGIN.
    var block = OpenConstruct()

    var tracker = PositionTracker()
    /// No byte before this offset is a NUL.
    var checkedForNul = 0
    /// The value of `standardConformingStrings` for the line that is being read.
    var activeStandardStrings: Bool
    /// The offset of the newline from which on `standardConformingStrings` counts, once it is known.
    var switchOffset: Int?
    /// How far the search for that newline has come.
    var searchedForNewline = 0
    /// COPY commands whose data begins after the line that is being read.
    var pendingCopies = 0
    /// Whether `offset` is the first byte of a line of COPY data.
    var isAtCopyLineStart = true
    var ending = Ending.notReached

    /// Makes a scanner for a text that is read from its start.
    public init(standardConformingStrings: Bool = true) {
        self.standardConformingStrings = standardConformingStrings
        self.activeStandardStrings = standardConformingStrings
    }

    /// Says that the statement just reported is a `COPY … FROM STDIN`, so that its data begins on the next line.
    ///
    /// Two such statements on one line have their data one after the other.
    public mutating func expectCopyData() {
        pendingCopies += 1
    }

    /// Goes on to the next event.
    ///
    /// A buffer has to be able to grow: when `needsInput` comes back and `offset` has not moved, a single word, number, dollar
    /// tag or backslash command is longer than the buffer. Strings, comments and dollar-quoted bodies may be of any length.
    ///
    /// - Parameters:
    ///   - bytes: The text, or the part of it that the caller still holds.
    ///   - base: The absolute offset of the first of `bytes`, not greater than `offset`.
    ///   - isLast: Whether the text ends with `bytes`.
    public mutating func scan(_ bytes: Span<UInt8>, at base: Int = 0, isLast: Bool) -> ScanEvent {
        precondition(base <= offset && offset <= base + bytes.count, "the bytes at the scanner's offset are missing")
        return ByteView.withBytes(bytes) { view in
            next(Window(bytes: view, base: base, end: view.count, isFinal: isLast))
        }
    }
}
