// SPDX-License-Identifier: Apache-2.0

extension BackslashCommand {
    /// What to write instead of a command that is refused.
    var advice: String {
        switch name {
        case "copy": return "write COPY ... FROM stdin; with the data on the lines after it, and a line \\. behind them"
        case "i", "include", "ir", "include_relative":
            return "put that file's text here, or make it a migration of its own"
        case "c", "connect":
            return "a migration runs in one database; remove the line, and make dumps without pg_dump's option --create"
        case "set", "unset", "gset", "prompt", "getenv", "setenv": return "remove it and write the values themselves"
        case "g", "gx", "gdesc", "p", "r", "w", "watch", "bind", "parse", "crosstabview":
            return "end the statement with a semicolon"
        case "gexec": return "execute the statements in a DO block: FOR ... LOOP EXECUTE ...; END LOOP"
        case "if", "elif", "else", "endif": return "use IF in a DO block"
        case "echo", "qecho", "warn": return "remove it, or use RAISE NOTICE in a DO block"
        case "encoding": return "a migration is UTF-8; remove it"
        case ".": return "it ends the data of a COPY ... FROM stdin, and there is none here; remove it"
        case "lo_import": return "use lo_from_bytea"
        case "lo_unlink": return "use lo_unlink() in a SELECT"
        case "", "\\": return "remove the backslash"
        default:
            if name.hasPrefix(";") || name.hasPrefix(":") { return "remove the backslash" }
            return "remove it: only \\restrict and \\unrestrict, as pg_dump writes them, are accepted"
        }
    }
}
