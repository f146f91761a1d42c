// SPDX-License-Identifier: Apache-2.0

internal import MigrationCore

/// How the dump of a set is restored with PostgreSQL's own programs, for the set's `RESTORE.md`.
struct PostgresManual {
    let details: PostgresDetails
    let serverVersion: String

    /// What is built before it takes the database's place.
    static let replacement = "strata_restored"

    var text: String {
        """
        \(introduction)

        Say first which server it is, and who you are there: a superuser, or the owner of everything. Then run the steps in this folder.

        ```sh
        export PGHOST="${PGHOST-localhost}" PGPORT="${PGPORT-5432}" PGUSER="${PGUSER-postgres}"
        ```
        \(globals)
        An empty database, beside the one that may be there:

        ```sh
        createdb --template=template0 \(locale) \(Self.replacement)
        ```

        \(settings)Everything in it; where this fails, nothing is lost but that new database:

        ```sh
        \(restore)
        ```

        \(traits)Then it takes its place. Sessions in the old one have to be ended before, and it stays as `\(Self.shown(before))`:

        ```sh
        psql --no-psqlrc --set=ON_ERROR_STOP=1 --dbname=postgres <<'END'
        SELECT format('ALTER DATABASE %I RENAME TO %I', datname, \(Self.oneLine("'", before)))
            FROM pg_database WHERE datname = \(Self.oneLine("'", details.database)) \\gexec
        ALTER DATABASE \(Self.replacement) RENAME TO \(Self.oneLine("\"", details.database));
        END
        ```

        On a server that has no database of that name, `\(recreate)` creates it, with its privileges, settings and comment, instead of all \
        steps after the roles.

        """
    }

    private var introduction: String {
        let major = details.programMajor
        let what = details.format == "directory" ? "is a folder in the directory format" : "is in the custom format"
        let how =
            details.isZstandard
            ? "is in the custom format, compressed by `zstd`, which has to be installed;" : "\(what) of `pg_dump`:"
        return """
            `\(details.dump)` \(how) `pg_restore` of PostgreSQL \(major) or newer reads it. The server was PostgreSQL \
            \(serverVersion); restore into that version or a newer one.
            """
    }

    private var before: String { SwapNames.shortened(details.database, tail: "_before_restore") }

    private var globals: String {
        guard let path = details.globals else {
            return """

                Roles and tablespaces are not in this set. Those that own something in the database, or are granted something, have \
                to be there; without them, `pg_restore` takes `--no-owner --no-privileges`.

                """
        }
        return """

            Roles and tablespaces; that some exist already is no error. Passwords that are not in the file are set afterwards:

            ```sh
            psql --no-psqlrc --dbname=postgres --file=\(Self.quoted(path))
            ```

            """
    }

    private var locale: String {
        var words = [
            "--encoding=\(Self.quoted(details.encoding))", "--lc-collate=\(Self.quoted(details.collation))",
            "--lc-ctype=\(Self.quoted(details.characterType))",
        ]
        switch details.localeProvider {
        case "icu":
            words += ["--locale-provider=icu", "--icu-locale=\(Self.quoted(details.locale))"]
            if !details.localeRules.isEmpty { words.append("--icu-rules=\(Self.quoted(details.localeRules))") }
        case "builtin": words += ["--locale-provider=builtin", "--builtin-locale=\(Self.quoted(details.locale))"]
        // A cluster may have been made with another provider as its default.
        default: if serverMajor >= 15 { words.append("--locale-provider=libc") }
        }
        return words.joined(separator: " ")
    }

    private var serverMajor: Int { Int(serverVersion.prefix { $0.isNumber }) ?? 0 }

    private var restore: String { command("pg_restore --exit-on-error --dbname=\(Self.replacement)") }
    private var recreate: String { command("pg_restore --exit-on-error --create --dbname=postgres") }

    private func command(_ program: String) -> String {
        let file = Self.quoted(details.dump)
        return details.isZstandard ? "zstd -dc \(file) | \(program)" : "\(program) \(file)"
    }

    /// A name in prose: what would end the line, or begin a block of commands, is left out.
    private static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 0x20 && $0 != "`" }))
    }

    /// A name in SQL that a shell reads line by line, in a block of Markdown: a line of a name could be the one that ends either.
    private static func oneLine(_ quote: Unicode.Scalar, _ name: String) -> String {
        let codes: [Unicode.Scalar: String] = ["\n": #"\000A"#, "\r": #"\000D"#, "`": #"\0060"#]
        guard codes.keys.contains(where: { name.hasByte($0) }) else {
            return quote == "'" ? SQLLiteral.string(name) : SQLLiteral.identifier(name)
        }
        let escapes = codes.merging([quote: "\(quote)\(quote)", "\\": #"\\"#]) { first, _ in first }
        return "U&\(quote)\(name.replacingBytes(escapes))\(quote)"
    }

    /// A word of the shell.
    private static func quoted(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-/".unicodeScalars.contains(scalar))
        }
        return plain && !text.isEmpty
            ? text : "'\(text.replacingBytes(["'": #"'\''"#]))'"
    }
}
