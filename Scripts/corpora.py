#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies every set of DIR with strata and with psql, on the server that the PG variables name, and compares the schemas.

usage: corpora.py STRATA DIR
"""
import difflib
import glob
import os
import shutil
import subprocess
import sys

import corpus

STRATA, DIR = sys.argv[1:3]


def url(database):
    return f"postgresql:///{database}?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}&user={os.environ['PGUSER']}"


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def fresh(database, prelude):
    for sql in (f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', f'CREATE DATABASE "{database}"'):
        subprocess.run(["psql", "-X", "-q", "-d", "postgres", "-c", sql], check=True, stderr=subprocess.DEVNULL)
    if os.path.exists(prelude):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", prelude], check=True)


def dump(database):
    done = run(["pg_dump", "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=public.schema_versions",
                "--exclude-table=public.schema_versions_*", "-d", url(database)], check=True)
    return corpus.normalise(done.stdout)


def roles(name):
    """Roles that a set expects on the server (its ORIGIN.md lists them)."""
    path = os.path.join(DIR, f"{name}.roles")
    return open(path).read().split() if os.path.exists(path) else []


def compare(name):
    folder = os.path.join(DIR, name)
    prelude = os.path.join(DIR, f"{name}.prelude.sql")
    for role in roles(name):
        run(["psql", "-X", "-q", "-d", "postgres", "-c", f'CREATE ROLE "{role}"'])
    fresh("corpus_psql", prelude)
    expected = run([sys.executable, os.path.join(os.path.dirname(__file__), "corpus.py"), "schema", folder, url("corpus_psql")])
    if expected.returncode:
        print(f"{name}: psql itself fails: {expected.stderr}")
        return False
    fresh("corpus_strata", prelude)
    done = run([STRATA, "migrate", "--migrations", folder, "--database-url", url("corpus_strata")])
    if done.returncode:
        print(f"{name}: strata migrate ended with {done.returncode}\n{done.stderr}")
        return False
    difference = list(difflib.unified_diff(expected.stdout.splitlines(), dump("corpus_strata").splitlines(), "psql", "strata", lineterm=""))
    print(f"{name}: {len(glob.glob(os.path.join(folder, '*.sql')))} files, {done.stdout.splitlines()[-1]}, "
          f"schema {'equal to psql' if not difference else 'DIFFERENT'}")
    print("\n".join(difference[:40]), end="\n" if difference else "")
    return not difference


def main():
    if shutil.which("psql") is None:
        sys.exit("psql is not installed")
    names = sorted(e for e in os.listdir(DIR) if os.path.isdir(os.path.join(DIR, e)))
    results = [compare(name) for name in names]
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
