// SPDX-License-Identifier: Apache-2.0

extension PostgresManual {
    /// Settings of the database, which what is restored may need.
    var settings: String {
        guard let traits = details.traits else { return "" }
        return block(
            "Its settings, which may be needed by what is restored:",
            traits.settingStatements(for: Self.replacement, whileRestoring: true))
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
