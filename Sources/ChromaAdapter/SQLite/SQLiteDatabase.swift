// SPDX-License-Identifier: Apache-2.0

// The only file that sees SQLite. Everything else works with Swift values.
internal import CSQLite

/// A connection to a file of SQLite. Used from one thread at a time; closed by `close()` or when nobody holds it any more.
final class SQLiteDatabase {
    /// How a file is opened.
    enum Access: Hashable, Sendable {
        /// To read what others may be writing.
        case readOnly
        /// To take locks, too.
        case readWrite
        /// To read a file that nobody writes to, without a lock and without any change to its folder: files of sets.
        case immutable
    }

    let path: String
    private var handle: OpaquePointer?
    private let interruption: Interruption?

    /// Opens a file, which has to be there.
    ///
    /// - Parameters:
    ///   - interruption: Ends statements with an error of kind `interrupted` when it is set.
    ///   - patience: For how long a statement waits for a lock, in milliseconds.
    init(
        _ path: String, _ access: Access, interruption: Interruption? = nil, patience: Int32 = 0
    ) throws(SQLiteError) {
        self.path = path
        self.interruption = interruption
        let mode = access == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        let uri = "file:\(Self.escaped(path))\(access == .immutable ? "?immutable=1" : "")"
        let status = sqlite3_open_v2(uri, &handle, mode | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        guard status == SQLITE_OK else {
            let error = error(status)
            close()
            throw error
        }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, patience)
        guard let interruption else { return }
        // This object outlives the handle, which is closed by it, and holds the interruption.
        sqlite3_progress_handler(
            handle, 10_000,
            { given in
                guard let given else { return 0 }
                return Unmanaged<Interruption>.fromOpaque(given).takeUnretainedValue().isSet ? 1 : 0
            },
            Unmanaged.passUnretained(interruption).toOpaque())
    }

    deinit { close() }

    /// Closes the file and lets go of every lock. Nothing happens the second time.
    func close() {
        sqlite3_close_v2(handle)
        handle = nil
    }

    /// Whether the file can only be read, although more was asked for: `BEGIN IMMEDIATE` takes no lock then, and says nothing.
    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") != 0 }

    /// Runs a statement and tells every row of its answer.
    func query(
        _ sql: String, _ arguments: [SQLiteValue] = [], _ row: (SQLiteRow) throws -> Void = { _ in }
    ) throws {
        var statement: OpaquePointer?
        let prepared = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard prepared == SQLITE_OK, let statement else { throw error(prepared) }
        defer { sqlite3_finalize(statement) }
        for (index, argument) in arguments.enumerated() {
            let status = Self.bind(argument, to: statement, Int32(index + 1))
            guard status == SQLITE_OK else { throw error(status) }
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try row(SQLiteRow(statement: statement))
            case SQLITE_DONE: return
            case let status:
                if interruption?.isSet == true { throw CancellationError() }
                throw error(status)
            }
        }
    }

    /// The first column of all rows, as text.
    func texts(_ sql: String, _ arguments: [SQLiteValue] = []) throws -> [String] {
        var texts: [String] = []
        try query(sql, arguments) { texts.append($0.text(0) ?? "") }
        return texts
    }

    /// The number in the only column of the only row; `nil` when there is no row, or it is NULL.
    func number(_ sql: String, _ arguments: [SQLiteValue] = []) throws -> Int64? {
        var number: Int64?
        try query(sql, arguments) { number = $0.isNull(0) ? nil : $0.integer(0) }
        return number
    }

    /// SQLite takes a path as an address: `?`, `#` and `%` mean something there.
    private static func escaped(_ path: String) -> String {
        // By scalars: what follows may combine with the sign.
        let meanings: [Unicode.Scalar: String] = ["%": "%25", "?": "%3f", "#": "%23"]
        return path.unicodeScalars.map { meanings[$0] ?? String($0) }.joined()
    }

    private static func bind(_ value: SQLiteValue, to statement: OpaquePointer, _ index: Int32) -> Int32 {
        switch value {
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .text(let text):
            // SQLITE_TRANSIENT: it makes a copy.
            let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            return sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), copies)
        }
    }

    private func error(_ status: Int32) -> SQLiteError {
        let message =
            handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? String(cString: sqlite3_errstr(status))
        let kind: SQLiteError.Kind =
            switch status & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_READONLY, SQLITE_PERM: .readOnly
            case SQLITE_CANTOPEN: .cannotOpen
            case SQLITE_CORRUPT: .damaged
            case SQLITE_NOTADB: .notADatabase
            case SQLITE_FULL: .full
            case SQLITE_INTERRUPT: .interrupted
            default: .other
            }
        return SQLiteError(kind: kind, path: path, message: message)
    }
}

/// What is put into a statement.
enum SQLiteValue: Hashable, Sendable {
    case integer(Int64)
    case text(String)
}

/// A row of an answer, valid until the next one.
struct SQLiteRow {
    fileprivate let statement: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func double(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

    /// The bytes of a text or blob, NULs among them; `nil` for NULL.
    func bytes(_ column: Int32) -> [UInt8]? {
        if isNull(column) { return nil }
        let start = sqlite3_column_blob(statement, column)
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    func text(_ column: Int32) -> String? { bytes(column).map { String(decoding: $0, as: UTF8.self) } }

    /// A sequence number: ChromaDB 1.x writes an integer, 0.5 its bytes, the most significant first.
    func sequenceNumber(_ column: Int32) -> Int64? {
        guard sqlite3_column_type(statement, column) == SQLITE_BLOB else {
            return isNull(column) ? nil : integer(column)
        }
        return bytes(column).map { $0.suffix(8).reduce(0) { $0 << 8 | Int64($1) } }
    }
}
