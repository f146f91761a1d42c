// SPDX-License-Identifier: Apache-2.0

/// What a statement does to the transaction and the session that it runs in, as far as its tokens tell.
///
/// More cases may come; a `switch` over it should have a `default`.
public enum StatementKind: Sendable, Hashable {
    /// `BEGIN` or `START TRANSACTION`; `hasModes` says whether modes such as `ISOLATION LEVEL` are given.
    case begin(hasModes: Bool)
    /// `COMMIT` or `END`; `chain` says whether a new transaction begins at once (`AND CHAIN`).
    case commit(chain: Bool)
    /// `ROLLBACK` or `ABORT`, of the whole transaction.
    case rollback(chain: Bool)
    /// `ROLLBACK TO SAVEPOINT`
    case rollbackToSavepoint
    /// `SAVEPOINT`
    case savepoint
    /// `RELEASE SAVEPOINT`
    case release
    /// `PREPARE TRANSACTION`, which ends the transaction for this session.
    case prepareTransaction
    /// `COMMIT PREPARED`, which cannot run in a transaction block.
    case commitPrepared
    /// `ROLLBACK PREPARED`, which cannot run in a transaction block.
    case rollbackPrepared
    /// `COPY … FROM STDIN`; its data follows on the next line.
    case copyFromStdin
    /// `SET` or `RESET` of a setting that changes how the text behind it is read.
    case setSetting(SettingChange)
    /// `CALL`; whether the procedure ends transactions cannot be seen from here.
    case call
    /// `ALTER TYPE … ADD VALUE`; the new value cannot be used in the same transaction.
    case alterTypeAddValue
    /// A command that PostgreSQL refuses in a transaction block.
    case outsideTransaction(OutsideTransactionCommand)
    /// Anything else.
    case other

    /// Classifies one statement by its tokens; most need only the first.
    ///
    /// - Parameters:
    ///   - statement: The bytes of one statement, with or without its `;`. Comments may stand anywhere.
    ///   - standardConformingStrings: Whether a backslash in `'…'` is an ordinary character.
    public static func classify(_ statement: Span<UInt8>, standardConformingStrings: Bool = true) -> StatementKind {
        ByteView.withBytes(statement) { view in
            classify(view, 0..<view.count, standardStrings: standardConformingStrings)
        }
    }

    static func classify(_ bytes: ByteView, _ range: Range<Int>, standardStrings: Bool) -> StatementKind {
        var classifier = StatementClassifier(
            reader: TokenReader(
                bytes: bytes, index: range.lowerBound, end: range.upperBound, standardStrings: standardStrings))
        return classifier.classify()
    }
}
