// SPDX-License-Identifier: Apache-2.0

extension ScannerCase {
    /// SQL-standard bodies of functions and procedures.
    static let routines: [ScannerCase] = [
        ScannerCase("BEGIN; SELECT 1; END; x;", ["BEGIN;", "SELECT 1;", "END;", "x;"]),
        ScannerCase(
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; x;",
            ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;", "x;"]),
        ScannerCase(
            "create or replace procedure p()\nbegin atomic\n  insert into t values (1);\nend;\nx;",
            ["create or replace procedure p()\nbegin atomic\n  insert into t values (1);\nend;", "x;"]),
        ScannerCase(
            "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END END; SELECT 1; END; x;",
            [
                "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END END; SELECT 1; END;",
                "x;",
            ]),
        ScannerCase(
            "CREATE FUNCTION f() BEGIN ATOMIC SELECT (CASE WHEN a THEN 1 END); END; x;",
            ["CREATE FUNCTION f() BEGIN ATOMIC SELECT (CASE WHEN a THEN 1 END); END;", "x;"]),
        ScannerCase("CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; x;", ["!block@20"]),
        ScannerCase("CREATE FUNCTION f() BEGIN ATOMIC SELECT (1; END; x;", ["!parenthesis@40"]),
        ScannerCase(
            "CREATE /*c*/ OR -- d\n REPLACE FUNCTION f() BEGIN a; END; x;",
            ["CREATE /*c*/ OR -- d\n REPLACE FUNCTION f() BEGIN a; END;", "x;"]),
        ScannerCase("CREATE TABLE f (a int); BEGIN; END;", ["CREATE TABLE f (a int);", "BEGIN;", "END;"]),
        ScannerCase("CREATE TEMP FUNCTION f() BEGIN a; END;", ["CREATE TEMP FUNCTION f() BEGIN a;", "END;"]),
        ScannerCase("CREATE OR FUNCTION f() BEGIN a; END;", ["CREATE OR FUNCTION f() BEGIN a;", "END;"]),
        ScannerCase("CREATE OR REPLACE VIEW f AS BEGIN a; END;", ["CREATE OR REPLACE VIEW f AS BEGIN a;", "END;"]),
        ScannerCase("CREATE REPLACE FUNCTION f() BEGIN a; END;", ["CREATE REPLACE FUNCTION f() BEGIN a;", "END;"]),
        ScannerCase("CREATE AGGREGATE f() BEGIN a; END;", ["CREATE AGGREGATE f() BEGIN a;", "END;"]),
        ScannerCase("CREATE FUNCTION (f) BEGIN a; END; x;", ["CREATE FUNCTION (f) BEGIN a; END;", "x;"]),
        ScannerCase(
            "CREATE FUNCTION f(begin int) RETURNS int AS 'x'; y;",
            ["CREATE FUNCTION f(begin int) RETURNS int AS 'x';", "y;"]),
        ScannerCase("CREATE FUNCTION begin() AS 'x'; y;", ["!block@16"]),
        ScannerCase("CREATE FUNCTION \"begin\"() AS 'x'; y;", ["CREATE FUNCTION \"begin\"() AS 'x';", "y;"]),
        ScannerCase("CREATE FUNCTION f() AS $$ BEGIN a; $$; y;", ["CREATE FUNCTION f() AS $$ BEGIN a; $$;", "y;"]),
        ScannerCase("CREATE FUNCTION f() AS 'BEGIN a;'; y;", ["CREATE FUNCTION f() AS 'BEGIN a;';", "y;"]),
        ScannerCase(
            "CREATE FUNCTION f() /* BEGIN */ -- BEGIN\n; y;", ["CREATE FUNCTION f() /* BEGIN */ -- BEGIN\n;", "y;"]),
        ScannerCase("CREATE FUNCTION f() CASE END; y;", ["CREATE FUNCTION f() CASE END;", "y;"]),
        ScannerCase(
            "CREATE FUNCTION f() BEGIN BEGIN END; END; y;", ["CREATE FUNCTION f() BEGIN BEGIN END; END;", "y;"]),
        ScannerCase("CREATE FUNCTION f() BEGIN a.end; x;", ["CREATE FUNCTION f() BEGIN a.end;", "x;"]),
        ScannerCase(
            "CREATE FUNCTION f() BEGIN ending; begins; END; x;",
            ["CREATE FUNCTION f() BEGIN ending; begins; END;", "x;"]),
        ScannerCase("CREATE FUNCTION f() BEGIN end$; x; END; y;", ["CREATE FUNCTION f() BEGIN end$; x; END;", "y;"]),
        ScannerCase("CREATE FUNCTION f() BEGIN $end; y;", ["CREATE FUNCTION f() BEGIN $end;", "y;"]),
        ScannerCase("CREATE FUNCTION f() BEGIN 1end; END; y;", ["CREATE FUNCTION f() BEGIN 1end; END;", "y;"]),
        ScannerCase("CREATE FUNCTION f() END BEGIN a; END; y;", ["CREATE FUNCTION f() END BEGIN a; END;", "y;"]),
        ScannerCase("n'x' CREATE FUNCTION f() begin; end; y;", ["n'x' CREATE FUNCTION f() begin; end;", "y;"]),
        ScannerCase("u&\"x\" CREATE FUNCTION f() begin; end; y;", ["u&\"x\" CREATE FUNCTION f() begin; end;", "y;"]),
        ScannerCase("E'x' CREATE FUNCTION f() begin; end; y;", ["E'x' CREATE FUNCTION f() begin; end;", "y;"]),
        ScannerCase("x CREATE FUNCTION f() begin; end; y;", ["x CREATE FUNCTION f() begin;", "end;", "y;"]),
        ScannerCase("(x) CREATE FUNCTION f() begin; end;", ["(x) CREATE FUNCTION f() begin;", "end;"]),
        ScannerCase("1 CREATE FUNCTION f() begin; end; y;", ["1 CREATE FUNCTION f() begin; end;", "y;"]),
        ScannerCase("1e+ CREATE FUNCTION f() begin; end; y;", ["1e+ CREATE FUNCTION f() begin; end;", "y;"]),
        ScannerCase("1..e CREATE FUNCTION f() begin; end;", ["1..e CREATE FUNCTION f() begin;", "end;"]),
        ScannerCase(
            "CREATE OR (REPLACE) FUNCTION f() begin; end; y;", ["CREATE OR (REPLACE) FUNCTION f() begin; end;", "y;"]),
        ScannerCase(
            "CREATE PROCEDURE p() BEGIN ATOMIC\n\n  SELECT E'\\';END;';\nEND;\ny;",
            ["CREATE PROCEDURE p() BEGIN ATOMIC\n\n  SELECT E'\\';END;';\nEND;", "y;"]),
    ]
}
