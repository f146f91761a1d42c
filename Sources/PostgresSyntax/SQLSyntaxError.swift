// SPDX-License-Identifier: Apache-2.0

/// A text that cannot be taken apart into statements.
public struct SQLSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, for programs.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// A string is not closed.
        public static let unterminatedString = Self("unterminatedString")
        /// A quoted identifier is not closed.
        public static let unterminatedQuotedIdentifier = Self("unterminatedQuotedIdentifier")
        /// A block comment is not closed.
        public static let unterminatedComment = Self("unterminatedComment")
        /// A dollar-quoted string is not closed.
        public static let unterminatedDollarQuote = Self("unterminatedDollarQuote")
        /// A parenthesis is not closed.
        public static let unterminatedParenthesis = Self("unterminatedParenthesis")
        /// The BEGIN of a routine's body has no END.
        public static let unterminatedBlock = Self("unterminatedBlock")
        /// There is a byte of value 0.
        public static let nulByte = Self("nulByte")
        /// There is a backslash command of psql.
        public static let backslashCommand = Self("backslashCommand")
        /// There is a variable of psql.
        public static let variableReference = Self("variableReference")
        /// psql would send this statement as a part of the one before it, and the server would execute it all the same.
        public static let statementInsideRoutine = Self("statementInsideRoutine")
        /// psql and the server would read the backslashes of this statement in different ways.
        public static let readTwoWays = Self("readTwoWays")
        /// The data of a COPY would begin inside another statement.
        public static let misplacedCopyData = Self("misplacedCopyData")
    }

    /// What is wrong, for programs.
    public var code: Code
    /// Where.
    public var position: SourcePosition
    /// What is wrong and what to do, for people.
    public var message: String

    /// Makes an error from its parts.
    public init(code: Code, position: SourcePosition, message: String) {
        self.code = code
        self.position = position
        self.message = message
    }

    /// The line, from 1.
    public var line: Int { position.line }
    /// The column, from 1, in characters.
    public var column: Int { position.column }
    /// The place and the message.
    public var description: String { "line \(line), column \(column): \(message)" }
}
