// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// What a set's metadata says of a PostgreSQL database beside what it says of every store.
///
/// In the metadata: `database`, `format` (`custom` or `directory`), `dump` and `globals` (paths within the set), `program_version` (of
/// `pg_dump`), `compression`, `encoding`, `collation`, `character_type`, `locale_provider` (`libc`, `icu`, `builtin`), `locale` and
/// `locale_rules` (of other providers), `extensions` (names), `history_table` (schema, name), `tables` (schema, name), and with digests `digests`
/// (`schema`, `table`, `rows`, `digest`). Where there are such: `unlogged` and `without_digest` (tables: schema, name), `history_is_foreign`. Then what
/// ``DatabaseTraits`` and ``DumpNeeds`` say.
struct PostgresDetails: Hashable, Sendable {
    var database = ""
    var format = "custom"
    var dump = ""
    var globals: String?
    var programVersion = ""
    var compression = ""
    var encoding = ""
    var collation = ""
    var characterType = ""
    var localeProvider = "libc"
    var locale = ""
    var localeRules = ""
    var extensions: [String] = []
    var historySchema = HistoryTable.standard.schema
    var historyTable = HistoryTable.standard.name
    /// Schema and name of each table whose rows are in the dump.
    var tables: [[String]] = []
    /// Unlogged tables without their rows: of a standby, which cannot read them.
    var unlogged: [[String]] = []
    /// What belongs to the database itself; `nil` in sets of earlier versions.
    var traits: DatabaseTraits?
    /// The names of settings of the database whose values are likely to be secrets, so that those are in the dump alone.
    var secretSettings: [String] = []
    /// What a server needs to have; `nil` in sets of earlier versions.
    var needs: DumpNeeds?
    /// `nil`: none were taken.
    var digests: [TableDigest]?
    /// Tables that have none although others do: somebody was waiting to change them.
    var withoutDigest: [[String]] = []
    /// Whether the history table is another application's, with other columns.
    var historyIsForeign = false
    /// Whether the history could not be read: somebody was waiting to change it.
    var historyIsUnknown = false

    init() {}

    var history: HistoryTable { HistoryTable(schema: historySchema, name: historyTable) }

    var values: [String: BackupValue] {
        var values: [String: BackupValue] = [
            "database": .string(database), "format": .string(format), "dump": .string(dump),
            "program_version": .string(programVersion), "compression": .string(compression),
            "encoding": .string(encoding), "collation": .string(collation), "character_type": .string(characterType),
            "locale_provider": .string(localeProvider), "locale": .string(locale),
            "locale_rules": .string(localeRules),
            "extensions": .array(extensions.map(BackupValue.string)),
            "history_table": .array([.string(historySchema), .string(historyTable)]),
            "tables": .array(tables.map { .array($0.map(BackupValue.string)) }),
        ]
        if !unlogged.isEmpty { values["unlogged"] = .array(unlogged.map { .array($0.map(BackupValue.string)) }) }
        if !withoutDigest.isEmpty {
            values["without_digest"] = .array(withoutDigest.map { .array($0.map(BackupValue.string)) })
        }
        if historyIsForeign { values["history_is_foreign"] = true }
        if historyIsUnknown { values["history_is_unknown"] = true }
        if !secretSettings.isEmpty { values["secret_settings"] = .array(secretSettings.map(BackupValue.string)) }
        if let globals { values["globals"] = .string(globals) }
        if let digests { values["digests"] = .array(digests.map(\.value)) }
        return values.merging(traits?.values ?? [:]) { $1 }.merging(needs?.values ?? [:]) { $1 }
    }

    /// Reads what ``values`` wrote.
    ///
    /// - Throws: ``PostgresBackupError`` of category `damaged` when what is needed is not there.
    init(_ part: StoredPart) throws {
        let values = part.snapshot.details
        func text(_ name: String) throws -> String {
            guard let text = values[name]?.stringValue else {
                throw PostgresBackupError(
                    .damaged, "the metadata of \(part.set) does not tell \(name) of its PostgreSQL database")
            }
            return text
        }
        func texts(_ value: BackupValue?) -> [String] { value?.arrayValue?.compactMap(\.stringValue) ?? [] }
        database = try text("database")
        format = try text("format")
        dump = try text("dump")
        globals = values["globals"]?.stringValue
        programVersion = try text("program_version")
        compression = values["compression"]?.stringValue ?? ""
        encoding = try text("encoding")
        collation = values["collation"]?.stringValue ?? "C"
        characterType = values["character_type"]?.stringValue ?? "C"
        localeProvider = values["locale_provider"]?.stringValue ?? "libc"
        locale = values["locale"]?.stringValue ?? ""
        localeRules = values["locale_rules"]?.stringValue ?? ""
        extensions = texts(values["extensions"])
        let history = texts(values["history_table"])
        if history.count == 2 { (historySchema, historyTable) = (history[0], history[1]) }
        guard let tables = values["tables"]?.arrayValue else {
            throw PostgresBackupError(.damaged, "the metadata of \(part.set) does not list the tables of PostgreSQL")
        }
        self.tables = tables.map { texts($0) }
        unlogged = values["unlogged"]?.arrayValue?.map { texts($0) } ?? []
        withoutDigest = values["without_digest"]?.arrayValue?.map { texts($0) } ?? []
        historyIsForeign = values["history_is_foreign"] == true
        historyIsUnknown = values["history_is_unknown"] == true
        secretSettings = texts(values["secret_settings"])
        traits = DatabaseTraits(values)
        needs = DumpNeeds(values)
        digests = values["digests"]?.arrayValue?.compactMap(TableDigest.init)
    }

    /// Whether the dump is a file of `zstd`, which `pg_restore` cannot read by itself.
    var isZstandard: Bool { dump.hasSuffix(Zstandard.suffix) }

    /// The first number of the version of `pg_dump`.
    var programMajor: Int { Int(programVersion.prefix { $0.isNumber }) ?? 0 }
}
