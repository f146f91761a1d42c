// SPDX-License-Identifier: Apache-2.0

/// Commands that may be refused in a transaction block.
extension StatementClassifier {
    mutating func create() -> StatementKind {
        if accept("unique") || isWord("index") {
            guard accept("index"), accept("concurrently") else { return .other }
            return .outsideTransaction(.createIndexConcurrently)
        }
        if accept("database") { return .outsideTransaction(.createDatabase) }
        if accept("tablespace") { return .outsideTransaction(.createTablespace) }
        guard accept("subscription") else { return .other }
        // It creates a replication slot unless one of these two options says no.
        let createsSlot = !hasOption("create_slot", isOff: true) && !hasOption("connect", isOff: true)
        return createsSlot ? .outsideTransaction(.createSubscription) : .other
    }

    mutating func drop() -> StatementKind {
        if accept("database") { return .outsideTransaction(.dropDatabase) }
        if accept("tablespace") { return .outsideTransaction(.dropTablespace) }
        if accept("subscription") { return .outsideTransaction(.dropSubscription) }
        if accept("index"), accept("concurrently") { return .outsideTransaction(.dropIndexConcurrently) }
        return .other
    }

    mutating func alter() -> StatementKind {
        if accept("system") { return .outsideTransaction(.alterSystem) }
        if accept("type") {
            skipName()
            return accept("add") && accept("value") ? .alterTypeAddValue : .other
        }
        if accept("database") {
            skipName()
            return accept("set") && accept("tablespace") ? .outsideTransaction(.alterDatabaseSetTablespace) : .other
        }
        if accept("table") {
            skipIfExists()
            skipRelation()
            guard accept("detach"), accept("partition") else { return .other }
            skipName()
            return isWord("concurrently") ? .outsideTransaction(.detachPartitionConcurrently) : .other
        }
        return accept("subscription") ? alterSubscription() : .other
    }

    private mutating func alterSubscription() -> StatementKind {
        skipName()
        if isWord("refresh") { return .outsideTransaction(.alterSubscription) }
        let changesPublications = accept("set") || accept("add") || accept("drop")
        if changesPublications, accept("publication") {
            // It refreshes what it reads from the publisher, unless told not to.
            return hasOption("refresh", isOff: true) ? .other : .outsideTransaction(.alterSubscription)
        }
        // PostgreSQL 17 and 18: these two options are changed at the publisher, too.
        let reachesPublisher = hasOption("failover", isOff: nil) || hasOption("two_phase", isOff: true)
        return reachesPublisher ? .outsideTransaction(.alterSubscription) : .other
    }

    mutating func reindex() -> StatementKind {
        if isPunctuation(Ascii.openParenthesis) {
            if hasOption("concurrently", isOff: false) { return .outsideTransaction(.reindexConcurrently) }
            skipParentheses()
        }
        let isMany = isWord("schema") || isWord("database") || isWord("system")
        advance()
        if isWord("concurrently") { return .outsideTransaction(.reindexConcurrently) }
        return isMany ? .outsideTransaction(.reindexMany) : .other
    }

    mutating func cluster() -> StatementKind {
        if isPunctuation(Ascii.openParenthesis) { skipParentheses() } else { accept("verbose") }
        return isAtEnd ? .outsideTransaction(.clusterAll) : .other
    }

    /// Whether an option of that name is given, in parentheses somewhere ahead; reads nothing away.
    ///
    /// - Parameter isOff: Whether it has to be switched off, or on (which a name alone is), or `nil` if that is all the same.
    private func hasOption(_ name: StaticString, isOff: Bool?) -> Bool {
        var ahead = self
        var depth = 0
        while ahead.token != nil {
            if ahead.isPunctuation(Ascii.openParenthesis) { depth += 1 }
            if ahead.isPunctuation(Ascii.closeParenthesis) { depth -= 1 }
            let isName = depth == 1 && ahead.isWord(name)
            ahead.advance()
            guard isName else { continue }
            if ahead.isPunctuation(Ascii.equals) { ahead.advance() }
            let isSwitchedOff = ["false", "off", "0", "no"].contains(ahead.literal())
            return isOff == nil || isOff == isSwitchedOff
        }
        return false
    }
}
