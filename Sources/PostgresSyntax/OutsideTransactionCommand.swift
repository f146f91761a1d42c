// SPDX-License-Identifier: Apache-2.0

/// A command that PostgreSQL refuses in a transaction block.
///
/// Source: the pages of these commands in PostgreSQL's manual, and `PreventInTransactionBlock` in its source.
public struct OutsideTransactionCommand: Sendable, Hashable, CustomStringConvertible {
    /// The command as a person would name it, such as `CREATE INDEX CONCURRENTLY`.
    public let description: String

    private init(_ description: String) {
        self.description = description
    }

    /// `CREATE DATABASE`
    public static let createDatabase = Self("CREATE DATABASE")
    /// `DROP DATABASE`
    public static let dropDatabase = Self("DROP DATABASE")
    /// `ALTER DATABASE … SET TABLESPACE`
    public static let alterDatabaseSetTablespace = Self("ALTER DATABASE … SET TABLESPACE")
    /// `CREATE TABLESPACE`
    public static let createTablespace = Self("CREATE TABLESPACE")
    /// `DROP TABLESPACE`
    public static let dropTablespace = Self("DROP TABLESPACE")
    /// `CREATE SUBSCRIPTION` that creates a replication slot, which it does unless told otherwise.
    public static let createSubscription = Self("CREATE SUBSCRIPTION")
    /// `ALTER SUBSCRIPTION` with a refresh of its publications, or with an option that reaches the publisher.
    public static let alterSubscription = Self("ALTER SUBSCRIPTION")
    /// `DROP SUBSCRIPTION`, which is refused where the subscription has a replication slot.
    public static let dropSubscription = Self("DROP SUBSCRIPTION")
    /// `ALTER SYSTEM`
    public static let alterSystem = Self("ALTER SYSTEM")
    /// `CREATE INDEX CONCURRENTLY`
    public static let createIndexConcurrently = Self("CREATE INDEX CONCURRENTLY")
    /// `DROP INDEX CONCURRENTLY`
    public static let dropIndexConcurrently = Self("DROP INDEX CONCURRENTLY")
    /// `REINDEX … CONCURRENTLY`
    public static let reindexConcurrently = Self("REINDEX CONCURRENTLY")
    /// `REINDEX SCHEMA`, `DATABASE` or `SYSTEM`
    public static let reindexMany = Self("REINDEX SCHEMA, DATABASE or SYSTEM")
    /// `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`
    public static let detachPartitionConcurrently = Self("ALTER TABLE … DETACH PARTITION … CONCURRENTLY")
    /// `VACUUM`
    public static let vacuum = Self("VACUUM")
    /// `CLUSTER` without a table
    public static let clusterAll = Self("CLUSTER without a table")
    /// `DISCARD ALL`
    public static let discardAll = Self("DISCARD ALL")
}
