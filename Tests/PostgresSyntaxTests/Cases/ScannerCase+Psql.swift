// SPDX-License-Identifier: Apache-2.0

extension ScannerCase {
    /// What psql takes for itself: variables and backslash commands.
    static let psql: [ScannerCase] = [
        ScannerCase("SELECT :name; x;", [":plain@7", "SELECT :name;", "x;"]),
        ScannerCase("SELECT :'name'; x;", [":literal@7", "SELECT :'name';", "x;"]),
        ScannerCase("SELECT :\"name\"; x;", [":identifier@7", "SELECT :\"name\";", "x;"]),
        ScannerCase("SELECT :{?name}; x;", [":test@7", "SELECT :{?name};", "x;"]),
        ScannerCase("SELECT :größe, :_a1;", [":plain@7", ":plain@17", "SELECT :größe, :_a1;"]),
        ScannerCase("SELECT a::text, b :: text;", ["SELECT a::text, b :: text;"]),
        ScannerCase("SELECT f(a := 1, b:=:c);", [":plain@20", "SELECT f(a := 1, b:=:c);"]),
        ScannerCase("SELECT a:::b;", [":plain@10", "SELECT a:::b;"]),
        ScannerCase(
            "SELECT a[1:2], a[:2], a[i:j], a[ : ];",
            [":plain@10 slice", ":plain@17 slice", ":plain@25 slice", "SELECT a[1:2], a[:2], a[i:j], a[ : ];"]),
        ScannerCase("SELECT a[1: 2], a[i :: int];", ["SELECT a[1: 2], a[i :: int];"]),
        ScannerCase("SELECT a[1], :b;", [":plain@13", "SELECT a[1], :b;"]),
        ScannerCase("SELECT a[:'b'];", [":literal@9 slice", "SELECT a[:'b'];"]),
        ScannerCase(
            "SELECT ':a :b', \":c\", $$:d$$, E':e' -- :f\n/* :g */;",
            ["SELECT ':a :b', \":c\", $$:d$$, E':e' -- :f\n/* :g */;"]),
        ScannerCase("SELECT '$.a ? (@ == :x)'::jsonpath;", ["SELECT '$.a ? (@ == :x)'::jsonpath;"]),
        ScannerCase("SELECT :'a b;'; x;", ["SELECT :'a b;';", "x;"]),
        ScannerCase("SELECT :''; x;", ["SELECT :'';", "x;"]),
        ScannerCase("SELECT :'a;x;", ["!string@8"]),
        ScannerCase("SELECT :\"a b;\"; x;", ["SELECT :\"a b;\";", "x;"]),
        ScannerCase("SELECT :{?a; :{a}; :{?}; :{;", ["SELECT :{?a;", ":{a};", ":{?};", ":{;"]),
        ScannerCase("SELECT :'a''b;';", [":literal@7", "SELECT :'a''b;';"]),
        ScannerCase("SELECT :a$b$;$b$; x;", [":plain@7", "SELECT :a$b$;$b$;", "x;"]),
        ScannerCase("SELECT :E'\\'; x;", [":plain@7", "SELECT :E'\\';", "x;"]),
        ScannerCase("SELECT :$a$;$a$; x;", ["SELECT :$a$;$a$;", "x;"]),
        ScannerCase("SELECT : a; SELECT :; x:", ["SELECT : a;", "SELECT :;", "x:"]),
        ScannerCase("CREATE FUNCTION f() :begin; x;", [":plain@20", "CREATE FUNCTION f() :begin;", "x;"]),
        ScannerCase(":a; x;", [":plain@0", ":a;", "x;"]),
        ScannerCase("(:a", [":plain@1", "!parenthesis@0"]),
        ScannerCase("\\restrict abc\nSELECT 1;\n\\unrestrict abc\n", ["\\restrict@0", "SELECT 1;", "\\unrestrict@24"]),
        ScannerCase(
            "\\restrict abc\r\n-- c\nSELECT 1;\\unrestrict abc", ["\\restrict@0", "SELECT 1;", "\\unrestrict@29"]),
        ScannerCase("/* c */ \\restrict abc\nSELECT 1;", ["\\restrict@8", "SELECT 1;"]),
        ScannerCase("\\restrict\nSELECT 1;", ["\\other@0", "SELECT 1;"]),
        ScannerCase("\\restricted abc\nSELECT 1;", ["\\other@0", "SELECT 1;"]),
        ScannerCase("SELECT 1\n\\restrict abc\n+ 1;", ["\\restrict@9 inside", "SELECT 1\n\\restrict abc\n+ 1;"]),
        ScannerCase("SELECT 1; \\zzecho a; b\nSELECT 2;", ["SELECT 1;", "\\other@10", "SELECT 2;"]),
        ScannerCase("SELECT 1 \\; SELECT 2;", ["\\other@9 inside", "SELECT 1 \\; SELECT 2;"]),
        ScannerCase(
            "SELECT '\\zz', \"\\zz\", $$\\zz$$; -- \\zz\n/* \\zz */ x;",
            ["SELECT '\\zz', \"\\zz\", $$\\zz$$;", "/* \\zz */ x;"]),
        ScannerCase("\\zz", ["\\other@0"]),
        ScannerCase("SELECT a\\zz b\n, c;", ["\\other@8 inside", "SELECT a\\zz b\n, c;"]),
    ]
}
