// SPDX-License-Identifier: Apache-2.0

extension PostgresManual {
    /// Settings of the database, which what is restored may need.
    var settings: String {
        guard var traits = details.traits else { return "" }
        // Nothing could be restored with it.
        traits.settings.removeAll { $0.role != nil || $0.name == "default_transaction_read_only" }
        return block(
            "Its settings, which may be needed by what is restored:", traits.settingStatements(for: Self.replacement))
    }

    /// What else belongs to the database itself.
    var traits: String {
        guard let traits = details.traits, let owner = traits.owner else { return "" }
        let database = SQLLiteral.identifier(Self.replacement)
        return block(
            "Owner, privileges, settings and comment of the database itself; what names a role that is not there is left out:",
            ["ALTER DATABASE \(database) OWNER TO \(SQLLiteral.identifier(owner))"]
                + traits.settingStatements(for: Self.replacement)
                + traits.otherStatements(for: Self.replacement, owner: owner)
                + traits.limitStatements(for: Self.replacement))
    }

    private func block(_ heading: String, _ statements: [String]) -> String {
        guard !statements.isEmpty else { return "" }
        let sql = statements.map { "\($0);\n" }.joined()
        var end = "END"
        while sql.contains(end) { end += "_" }
        return """
            \(heading)

            ```sh
            psql --no-psqlrc --dbname=postgres <<'\(end)'
            \(sql)\(end)
            ```


            """
    }
}
