// SPDX-License-Identifier: Apache-2.0

internal import PostgresSyntax

/// What a statement outside of a transaction does, and so how the catalog tells whether it was done.
enum StatementEffect: Hashable {
    /// Builds an index; without a name PostgreSQL chooses one.
    case createsIndex(name: String?, table: QualifiedName)
    case dropsIndex(QualifiedName)
    case createsDatabase(String)
    case dropsDatabase(String)
    case createsTablespace(String)
    case dropsTablespace(String)
    case createsSubscription(String)
    case dropsSubscription(String)
    case detachesPartition(QualifiedName, from: QualifiedName)
    /// Commits or rolls back a prepared transaction.
    case endsPrepared(literal: String)
    /// Resets the session. Done by us instead, because the statement would release the run's lock.
    case resetsSession
    /// Builds new indexes beside the old ones, and leaves them invalid when it breaks off: `REINDEX CONCURRENTLY`.
    case rebuildsIndexes
    /// Repeating it does no harm: `VACUUM`, `ALTER SYSTEM`.
    case repeatable
    /// The same, but it keeps readers or writers out, those too who come while it waits: `VACUUM FULL`, `CLUSTER`, `REINDEX`.
    ///
    /// What it leaves when it is cancelled are tables and indexes that are done or as they were (PostgreSQL documentation, these
    /// commands).
    case rewrites
    /// Nothing in the catalog tells: `CALL`, a `DO` block that commits.
    case unknown

    /// What a statement of a sequence does, if it runs outside of a transaction.
    init?(outsideTransaction statement: ScriptStatement, _ text: ArraySlice<UInt8>) {
        guard statement.block == nil else { return nil }
        if statement.kind.nameOutsideTransaction != nil || statement.kind == .call {
            self.init(of: statement.kind, tokens: StatementTokens(text))
            return
        }
        guard statement.kind == .other else { return nil }
        switch StatementTokens.firstWord(of: text) {
        case "do":
            let block = DoBlock(StatementTokens(text))
            // A procedure that it calls may commit.
            guard block.endsTransactions || block.calls else { return nil }
            self = .unknown
        // Refused in a transaction when the table is partitioned, which the file does not tell.
        case "reindex", "cluster": self = .rewrites
        default: return nil
        }
    }

    init(of kind: StatementKind, tokens: StatementTokens) {
        self = Self.read(kind, tokens) ?? .unknown
    }

    private static func read(_ kind: StatementKind, _ tokens: StatementTokens) -> StatementEffect? {
        var tokens = tokens
        switch kind {
        case .outsideTransaction(let command):
            switch command {
            case .createIndexConcurrently: return index(&tokens)
            case .dropIndexConcurrently:
                guard tokens.seek("concurrently") else { return nil }
                _ = tokens.skip("if", "exists")
                return tokens.takeQualifiedName().map { .dropsIndex($0) }
            case .detachPartitionConcurrently: return detach(&tokens)
            case .createDatabase: return name(&tokens, after: "database").map { .createsDatabase($0) }
            case .dropDatabase: return name(&tokens, after: "database").map { .dropsDatabase($0) }
            case .createTablespace: return name(&tokens, after: "tablespace").map { .createsTablespace($0) }
            case .dropTablespace: return name(&tokens, after: "tablespace").map { .dropsTablespace($0) }
            case .createSubscription: return name(&tokens, after: "subscription").map { .createsSubscription($0) }
            case .dropSubscription: return name(&tokens, after: "subscription").map { .dropsSubscription($0) }
            case .alterSubscription: return subscriptionChange(&tokens)
            case .discardAll: return .resetsSession
            case .reindexConcurrently: return .rebuildsIndexes
            case .reindexMany, .clusterAll: return .rewrites
            case .vacuum: return isFullVacuum(&tokens) ? .rewrites : .repeatable
            default: return .repeatable
            }
        case .commitPrepared, .rollbackPrepared:
            return tokens.all.first { $0.kind == .string }.map { .endsPrepared(literal: $0.text) }
        default: return nil
        }
    }

    /// `VACUUM FULL`, `VACUUM (FULL)`, `VACUUM (VERBOSE, FULL true)`
    private static func isFullVacuum(_ tokens: inout StatementTokens) -> Bool {
        guard tokens.skip("vacuum") else { return false }
        guard tokens.skip(mark: "(") else { return tokens.skip("full") }
        var isFull = false
        while let token = tokens.take(), token.text != ")" {
            guard token.keyword == "full" else { continue }
            let value = tokens.next?.text.lowercased() ?? ""
            isFull = !["false", "off", "0", "'false'", "'off'"].contains(value)
        }
        return isFull
    }

    private static func name(_ tokens: inout StatementTokens, after word: String) -> String? {
        guard tokens.seek(word) else { return nil }
        _ = tokens.skip("if", "exists")
        return tokens.take()?.identifier
    }

    /// `CREATE [UNIQUE] INDEX CONCURRENTLY [[IF NOT EXISTS] name] ON [ONLY] table`
    private static func index(_ tokens: inout StatementTokens) -> StatementEffect? {
        guard tokens.seek("concurrently") else { return nil }
        _ = tokens.skip("if", "not", "exists")
        var name: String?
        if tokens.next?.keyword != "on" { name = tokens.take()?.identifier }
        guard tokens.skip("on") else { return nil }
        _ = tokens.skip("only")
        return tokens.takeQualifiedName().map { .createsIndex(name: name, table: $0) }
    }

    /// `ALTER TABLE [IF EXISTS] [ONLY] parent DETACH PARTITION child CONCURRENTLY`
    private static func detach(_ tokens: inout StatementTokens) -> StatementEffect? {
        guard tokens.seek("table") else { return nil }
        _ = tokens.skip("if", "exists")
        if tokens.skip("only") { _ = tokens.skip(mark: "(") }
        guard let parent = tokens.takeQualifiedName(), tokens.seek("partition"),
            let child = tokens.takeQualifiedName()
        else { return nil }
        return .detachesPartition(child, from: parent)
    }

    /// What is set may be set again; a publication that was added or dropped may not be so twice.
    private static func subscriptionChange(_ tokens: inout StatementTokens) -> StatementEffect? {
        guard tokens.seek("subscription"), tokens.take() != nil else { return nil }
        return tokens.skip("refresh") || tokens.skip("set") ? .repeatable : nil
    }
}
