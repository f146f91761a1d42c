// SPDX-License-Identifier: Apache-2.0

extension ScannerCase {
    /// COPY with inline data.
    static let copies: [ScannerCase] = [
        ScannerCase("COPY t FROM STDIN;\n1;\t'\n\\.\nx;", ["COPY t FROM STDIN;", "data:1;\t'\n", "x;"]),
        ScannerCase("COPY t FROM STDIN;\r\n1\r\n\\.\r\nx;", ["COPY t FROM STDIN;", "data:1\r\n", "x;"]),
        ScannerCase("COPY t FROM STDIN;\n\\.\nx;", ["COPY t FROM STDIN;", "data:", "x;"]),
        ScannerCase("COPY t FROM STDIN;\n1\n\\.", ["COPY t FROM STDIN;", "data:1\n"]),
        ScannerCase("COPY t FROM STDIN;\n1\n2", ["COPY t FROM STDIN;", "data to the end:1\n2"]),
        ScannerCase("COPY t FROM STDIN;\n", ["COPY t FROM STDIN;", "data to the end:"]),
        ScannerCase("COPY t FROM STDIN;", ["COPY t FROM STDIN;", "data to the end:"]),
        ScannerCase("COPY t FROM STDIN", ["COPY t FROM STDIN", "data to the end:"]),
        ScannerCase(
            "COPY t FROM STDIN;\n\\. \n \\.\n\\..\n\\\n\\.\nx;",
            ["COPY t FROM STDIN;", "data:\\. \n \\.\n\\..\n\\\n", "x;"]),
        ScannerCase("COPY t FROM STDIN;\na\\.\n\\N\n\\.\nx;", ["COPY t FROM STDIN;", "data:a\\.\n\\N\n", "x;"]),
        ScannerCase(
            "COPY t FROM STDIN; SELECT 1; -- c\n1\n\\.\nx;", ["COPY t FROM STDIN;", "SELECT 1;", "data:1\n", "x;"]),
        ScannerCase(
            "COPY a FROM STDIN; COPY b FROM STDIN;\n1\n\\.\n2\n\\.\nx;",
            ["COPY a FROM STDIN;", "COPY b FROM STDIN;", "data:1\n", "data:2\n", "x;"]),
        ScannerCase("COPY a FROM STDIN; SELECT 'b\n1\n\\.\nc';", ["COPY a FROM STDIN;", "misplaced@19"]),
        ScannerCase("COPY a FROM STDIN; SELECT 1\n1\n\\.\n;", ["COPY a FROM STDIN;", "misplaced@19"]),
        ScannerCase("COPY a FROM STDIN;\n\n\n\\.\n\nx;", ["COPY a FROM STDIN;", "data:\n\n", "x;"]),
        ScannerCase(
            "COPY a FROM STDIN;\n\u{FEFF}ü\n\\.\nCOPY b FROM STDIN;\n2\n\\.\n",
            ["COPY a FROM STDIN;", "data:\u{FEFF}ü\n", "COPY b FROM STDIN;", "data:2\n"]),
    ]

    /// Numbers that run into something else.
    static let numbers: [ScannerCase] = [
        ScannerCase("SELECT 1E'a\\'; x;", ["SELECT 1E'a\\';", "x;"]),
        ScannerCase("SELECT 1.E'a\\'; x;", ["SELECT 1.E'a\\';", "x;"]),
        ScannerCase("SELECT 1..E'\\';'; x;", ["SELECT 1..E'\\';';", "x;"]),
        ScannerCase("SELECT 1.2.E'\\';'; x;", ["SELECT 1.2.E'\\';';", "x;"]),
        ScannerCase("SELECT .2.E'\\';'; x;", ["SELECT .2.E'\\';';", "x;"]),
        ScannerCase("SELECT a1.E'\\';'; x;", ["SELECT a1.E'\\';';", "x;"]),
        ScannerCase("SELECT 1e+E'\\';'; x;", ["SELECT 1e+E'\\';';", "x;"]),
        ScannerCase("SELECT 1e+5E'\\'; x;", ["SELECT 1e+5E'\\';", "x;"]),
        ScannerCase("SELECT 1e+5.E'\\';'; x;", ["SELECT 1e+5.E'\\';';", "x;"]),
        ScannerCase("SELECT 0xE'\\'; x;", ["SELECT 0xE'\\';", "x;"]),
        ScannerCase("SELECT $1E'\\'; x;", ["SELECT $1E'\\';", "x;"]),
        ScannerCase("SELECT $1.E'\\';'; x;", ["SELECT $1.E'\\';';", "x;"]),
        // The sign belongs to the malformed number, so no comment begins.
        ScannerCase("SELECT 1e--;\n; x;", ["SELECT 1e--;", "∅;", "x;"]),
        ScannerCase("SELECT 1.5e---;\n; x;", ["SELECT 1.5e---;\n;", "x;"]),
        ScannerCase("SELECT a1e--;\n; x;", ["SELECT a1e--;\n;", "x;"]),
        ScannerCase("1e--;\n; x;", ["1e--;", "∅;", "x;"]),
        ScannerCase("SELECT 1e-/*;*/; x;", ["SELECT 1e-/*;*/;", "x;"]),
        ScannerCase("SELECT $1e--;\n; x;", ["SELECT $1e--;\n;", "x;"]),
    ]
}
