// SPDX-License-Identifier: Apache-2.0

extension ScannerCase {
    /// Strings in single quotes, with `standard_conforming_strings` on and off.
    static let strings: [ScannerCase] = [
        ScannerCase("SELECT 'a;b'; x;", ["SELECT 'a;b';", "x;"]),
        ScannerCase("SELECT 'a''b;'; x;", ["SELECT 'a''b;';", "x;"]),
        ScannerCase("SELECT ''; SELECT ''''; SELECT ''';';", ["SELECT '';", "SELECT '''';", "SELECT ''';';"]),
        ScannerCase("SELECT 'a\\'; x;", ["SELECT 'a\\';", "x;"]),
        ScannerCase("SELECT E'a\\'; x;'; y;", ["SELECT E'a\\'; x;';", "y;"]),
        ScannerCase("SELECT e'a\\\\'; x;", ["SELECT e'a\\\\';", "x;"]),
        ScannerCase("SELECT E'a''\\';'; x;", ["SELECT E'a''\\';';", "x;"]),
        ScannerCase("SELECT E'\\u00e9\\x41\\101\\';'; x;", ["SELECT E'\\u00e9\\x41\\101\\';';", "x;"]),
        ScannerCase("SELECT E'a\\\n'; x;", ["SELECT E'a\\\n';", "x;"]),
        ScannerCase("SELECT E'a\\\r\n'; x;", ["SELECT E'a\\\r\n';", "x;"]),
        ScannerCase("SELECT E'\\ü\\';'; x;", ["SELECT E'\\ü\\';';", "x;"]),
        ScannerCase("SELECT E'a\\", ["!string@8"]),
        ScannerCase("SELECT E 'a\\'; x;", ["SELECT E 'a\\';", "x;"]),
        ScannerCase("SELECT someE'a\\'; x;", ["SELECT someE'a\\';", "x;"]),
        ScannerCase("SELECT _E'a\\'; x;", ["SELECT _E'a\\';", "x;"]),
        ScannerCase("SELECT üE'a\\'; x;", ["SELECT üE'a\\';", "x;"]),
        ScannerCase("SELECT t.E'a\\'; x;'; y;", ["SELECT t.E'a\\'; x;';", "y;"]),
        ScannerCase("SELECT (E'a\\';');", ["SELECT (E'a\\';');"]),
        ScannerCase("SELECT 'x'E'a\\';'; y;", ["SELECT 'x'E'a\\';';", "y;"]),
        ScannerCase("SELECT \"x\"E'a\\';'; y;", ["SELECT \"x\"E'a\\';';", "y;"]),
        ScannerCase("E'\\';'; y;", ["E'\\';';", "y;"]),
        ScannerCase("E'\\';", ["!string@1"]),
        ScannerCase("SELECT N'a\\'; x;", ["SELECT N'a\\';", "x;"]),
        ScannerCase("SELECT B'01;'; SELECT X'1F;';", ["SELECT B'01;';", "SELECT X'1F;';"]),
        ScannerCase("SELECT b'0''1;'; x;", ["SELECT b'0''1;';", "x;"]),
        ScannerCase("SELECT U&'a;\\0041\\'; x;", ["SELECT U&'a;\\0041\\';", "x;"]),
        ScannerCase("SELECT u&'a''b;' UESCAPE '!'; x;", ["SELECT u&'a''b;' UESCAPE '!';", "x;"]),
        ScannerCase("SELECT 1 &'a;'; x;", ["SELECT 1 &'a;';", "x;"]),
        ScannerCase("SELECT 'a\n;\n\n;b'; x;", ["SELECT 'a\n;\n\n;b';", "x;"]),
        ScannerCase("SELECT 'a'\n'b;'; x;", ["SELECT 'a'\n'b;';", "x;"]),
        // psql does not see that the second line continues an E'' string.
        ScannerCase("SELECT E'a'\n'b\\'; x;", ["SELECT E'a'\n'b\\';", "x;"]),
        ScannerCase("SELECT E'a' \n'b\\'; x;", ["SELECT E'a' \n'b\\';", "x;"]),
        ScannerCase("SELECT E'a'\r'b\\'; x;'; y;", ["SELECT E'a'\r'b\\'; x;';", "y;"]),
        ScannerCase("SELECT E'a' \t\r \r 'b\\'; x;'; y;", ["SELECT E'a' \t\r \r 'b\\'; x;';", "y;"]),
        ScannerCase("SELECT E'a'\r\n'b\\'; x;", ["SELECT E'a'\r\n'b\\';", "x;"]),
        ScannerCase("SELECT E'a'\n\r'b\\';'; y;", ["SELECT E'a'\n\r'b\\';';", "y;"]),
        ScannerCase("SELECT E'a'\n\n\n\r 'b\\';'; y;", ["SELECT E'a'\n\n\n\r 'b\\';';", "y;"]),
        ScannerCase("SELECT E'a' \n\r'b\\'; y;", ["SELECT E'a' \n\r'b\\';", "y;"]),
        ScannerCase("SELECT E'a'\n \r'b\\';'; y;", ["SELECT E'a'\n \r'b\\';';", "y;"]),
        ScannerCase("SELECT E'a' --c\r'b\\';'; y;", ["SELECT E'a' --c\r'b\\';';", "y;"]),
        ScannerCase("SELECT E'a' --c\n'b\\'; y;", ["SELECT E'a' --c\n'b\\';", "y;"]),
        ScannerCase("SELECT E'a' --c\r--d\r\r'b\\';'; y;", ["SELECT E'a' --c\r--d\r\r'b\\';';", "y;"]),
        ScannerCase("SELECT E'a'\r-'b\\'; y;", ["SELECT E'a'\r-'b\\';", "y;"]),
        ScannerCase("SELECT E'a' /**/\r'b\\'; y;", ["SELECT E'a' /**/\r'b\\';", "y;"]),
        ScannerCase("SELECT E'a'--;\n; y;", ["SELECT E'a'--;\n;", "y;"]),
        ScannerCase("SELECT 'a", ["!string@7"]),
        ScannerCase("SELECT 'a''", ["!string@7"]),
        ScannerCase("SELECT 'a'", ["SELECT 'a'"]),
        ScannerCase("SELECT 1;\n SELECT 'it's; x;", ["SELECT 1;", "SELECT 'it's;", "x;"]),
        ScannerCase("'", ["!string@0"]),
        ScannerCase("''", ["''"]),
        ScannerCase(
            "SET standard_conforming_strings = off;\nSELECT 'a\\';'; x;",
            ["SET standard_conforming_strings = off;", "SELECT 'a\\';';", "x;"]),
        ScannerCase(
            "SET standard_conforming_strings TO 'off'; SELECT 'a\\';\nSELECT 'b\\';';",
            ["SET standard_conforming_strings TO 'off';", "SELECT 'a\\';", "SELECT 'b\\';';"]),
        ScannerCase(
            "SET standard_conforming_strings = off;\nSELECT 'a'\r'\\';', U&'\\', b'\\'; x",
            ["SET standard_conforming_strings = off;", "SELECT 'a'\r'\\';', U&'\\', b'\\';", "x"]),
        ScannerCase(
            "SET standard_conforming_strings = off;\nSELECT B'0''\\';'; x;",
            ["SET standard_conforming_strings = off;", "SELECT B'0''\\';';", "x;"]),
        ScannerCase(
            "SET standard_conforming_strings = off;\nSELECT N'\\';', X'\\', 1.E'\\';';",
            ["SET standard_conforming_strings = off;", "SELECT N'\\';', X'\\', 1.E'\\';';"]),
        ScannerCase(
            "SET standard_conforming_strings = off;\nSET standard_conforming_strings = on; SELECT '\\';';\nSELECT '\\';",
            [
                "SET standard_conforming_strings = off;", "SET standard_conforming_strings = on;", "SELECT '\\';';",
                "SELECT '\\';",
            ]),
        ScannerCase(
            "SET standard_conforming_strings = off; SELECT 'a\n\\', '\\';';\nx;",
            ["SET standard_conforming_strings = off;", "SELECT 'a\n\\', '\\';';", "x;"]),
        ScannerCase(
            "SET standard_conforming_strings = off;\nSELECT 'a\\\n'; x;",
            ["SET standard_conforming_strings = off;", "SELECT 'a\\\n';", "x;"]),
    ]
}
