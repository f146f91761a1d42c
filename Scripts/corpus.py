#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rebuild a set of real migrations, and the schema that psql makes of it.

The SQL of other projects is not kept here. corpora/<set>/files.tsv names every
file by its git blob and SHA-256; a local copy of the repository named in
corpora/<set>/ORIGIN.md holds the bytes.

  corpus.py extract SET_FOLDER GIT_DIR INTO   write the files of the set into INTO
  corpus.py schema FOLDER DATABASE_URL        apply FOLDER with psql, one file after the
                                              other, and print the normalised schema
  corpus.py normalise < DUMP                  normalise a pg_dump --schema-only

The normalised schema is pg_dump --schema-only --no-owner --no-privileges without
comment lines, \\restrict lines, SET lines and repeated blank lines.
"""
import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys


def files_of(folder):
    with open(os.path.join(folder, "files.tsv"), newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def extract(folder, git_dir, into):
    os.makedirs(into, exist_ok=True)
    wrong = 0
    for row in files_of(folder):
        done = subprocess.run(["git", "--git-dir", git_dir, "cat-file", "blob", row["blob"]],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode or hashlib.sha256(done.stdout).hexdigest() != row["sha256"]:
            print(f"{row['file']}: not in this copy of the repository, or changed", file=sys.stderr)
            wrong += 1
            continue
        with open(os.path.join(into, row["file"]), "wb") as out:
            out.write(done.stdout)
    prelude = os.path.join(folder, "0000_prelude.sql")
    if os.path.exists(prelude):
        shutil.copy(prelude, os.path.join(os.path.dirname(os.path.abspath(into)) or ".",
                                          os.path.basename(os.path.abspath(into)) + ".prelude.sql"))
    print(f"{len(files_of(folder)) - wrong} files, {wrong} missing")
    return 1 if wrong else 0


def number(name):
    return int(re.match(r"\d+", name).group()), name


def normalise(dump):
    kept, dollar, blank = [], None, False
    for line in dump.splitlines():
        if dollar is None:
            if line.startswith(("--", "\\restrict", "\\unrestrict", "SET ", "SELECT pg_catalog.set_config")):
                continue
            if not line.strip():
                blank = True
                continue
        if blank and kept:
            kept.append("")
        blank = False
        kept.append(line)
        for tag in re.findall(r"\$(?:[A-Za-z_]\w*)?\$", line):
            if dollar is None:
                dollar = tag
            elif tag == dollar:
                dollar = None
    return "\n".join(kept) + "\n"


def schema(folder, url):
    names = sorted((n for n in os.listdir(folder) if re.match(r"\d+.*\.sql$", n)), key=number)
    for name in names:
        path = os.path.join(folder, name)
        base = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
        done = subprocess.run(base + ["-f", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:  # a few files need to be one transaction
            done = subprocess.run(base + ["-1", "-f", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            print(f"{name}: {done.stderr.strip()}", file=sys.stderr)
            return 1
    dump = subprocess.run(["pg_dump", "--schema-only", "--no-owner", "--no-privileges", "-d", url],
                          stdout=subprocess.PIPE, text=True, check=True)
    sys.stdout.write(normalise(dump.stdout))
    return 0


def main():
    verbs = {"extract": (extract, 3), "schema": (schema, 2)}
    if sys.argv[1:] == ["normalise"]:
        sys.stdout.write(normalise(sys.stdin.read()))
        return 0
    verb, count = verbs.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if verb is None or len(sys.argv) != 2 + count:
        print(__doc__, file=sys.stderr)
        return 64
    return verb(*sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
