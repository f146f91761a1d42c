#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times strata beside psql, in turn, on the throw-away server that the PG variables name.

usage: bench.py BIN_FOLDER [NAME...]     names: boot small single distant copy traffic backup
"""
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import backup
import traffic
from delay_proxy import DelayProxy

STRATA = os.path.join(sys.argv[1], "strata")
BINARIES = subprocess.run(["pg_config", "--bindir"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
# Debian's /usr/bin/psql is a wrapper script; the program itself is the fair reference.
PSQL = os.path.join(BINARIES, "psql") if os.path.exists(os.path.join(BINARIES, "psql")) else shutil.which("psql")
HISTORY = "SELECT component, version::text, checksum, description, applied_at::text FROM \"public\".\"schema_versions\""
CREATE_HISTORY = """CREATE TABLE schema_versions (component varchar(100) NOT NULL DEFAULT 'core', version bigint NOT NULL,
checksum varchar(128) NOT NULL, applied_at timestamp DEFAULT CURRENT_TIMESTAMP, description text,
PRIMARY KEY (component, version));
"""


def environment(database, **more):
    kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return {**kept, "PGDATABASE": database, **more}


def psql(database, sql):
    subprocess.run([PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], env=environment(database), check=True)


def fresh(database):
    psql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    psql("postgres", f"CREATE DATABASE {database}")


def seconds(command, **more):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    return time.perf_counter() - start


def write_migrations(folder, count):
    """Small migrations: a table, an index or a column each. Returns (file name, statement, checksum)."""
    os.makedirs(folder)
    made = []
    for number in range(1, count + 1):
        table = f"item_{(number - 1) // 4:04d}"
        statement = [
            f"CREATE TABLE {table} (id bigint PRIMARY KEY, name text NOT NULL);",
            f"ALTER TABLE {table} ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();",
            f"CREATE INDEX ON {table} (name);",
            f"COMMENT ON TABLE {table} IS 'made by migration {number}';",
        ][(number - 1) % 4]
        name = f"{number:04d}_step.sql"
        text = f"-- step {number}\n{statement}\n"
        with open(os.path.join(folder, name), "w") as out:
            out.write(text)
        made.append((name, statement, hashlib.sha256(text.encode()).hexdigest()))
    return made


def write_session(path, made, single):
    with open(path, "w") as out:
        out.write(CREATE_HISTORY)
        if single:
            out.write("BEGIN;\n")
        for number, (name, statement, checksum) in enumerate(made, 1):
            row = (f"INSERT INTO schema_versions (component, version, checksum, description) "
                   f"VALUES ('core', {number}, '{checksum}', '{name}');")
            out.write(f"{statement}\n{row}\n" if single else f"BEGIN;\n{statement}\n{row}\nCOMMIT;\n")
        if single:
            out.write("COMMIT;\n")


def report(what, ours, reference, aim):
    ratios = [a / b for a, b in zip(ours, reference)]
    ratio = statistics.median(ratios)
    print(f"{what}\n    strata {statistics.median(ours) * 1000:10.1f} ms    psql {statistics.median(reference) * 1000:10.1f} ms"
          f"    ratio {ratio:.2f} (min {min(ratios):.2f}, max {max(ratios):.2f}; aim {aim}; {len(ratios)} runs)", flush=True)


def bench_boot(folder):
    migrations = os.path.join(folder, "boot")
    write_migrations(migrations, 200)
    fresh("bench_boot")
    command = [STRATA, "migrate", "--migrations", migrations]
    seconds(command, env=environment("bench_boot"))
    ours, reference = [], []
    for _ in range(41):
        reference.append(seconds([PSQL, "-X", "-c", HISTORY], env=environment("bench_boot")))
        ours.append(seconds(command, env=environment("bench_boot")))
    report("nothing pending, 200 applied files, whole process", ours, reference, "at most 1.3")


def compare(folder, what, aim, *, single=False, runs=5, **more):
    migrations = os.path.join(folder, "small")
    made = write_migrations(migrations, 1000) if not os.path.exists(migrations) else None
    session = os.path.join(folder, f"session-{single}.sql")
    if made is None:
        shutil.rmtree(migrations)
        made = write_migrations(migrations, 1000)
    write_session(session, made, single)
    command = [STRATA, "migrate", "--migrations", migrations] + (["--single-transaction"] if single else [])
    ours, reference = [], []
    for _ in range(runs):
        fresh("bench_small")
        reference.append(seconds([PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", session],
                                 env=environment("bench_small", **more)))
        fresh("bench_small")
        ours.append(seconds(command, env=environment("bench_small", **more)))
    report(what, ours, reference, aim)


def bench_small(folder):
    compare(folder, "1,000 small migrations, one transaction each", "at most 1.05")


def bench_single(folder):
    compare(folder, "1,000 small migrations, --single-transaction", "at most 1.05", single=True)


def bench_distant(folder):
    with DelayProxy(os.path.join(os.environ["PGHOST"], f".s.PGSQL.{os.environ['PGPORT']}"), 0.002) as proxy:
        compare(folder, "1,000 small migrations, every message delayed by 2 ms", "at most 0.4", runs=3,
                PGHOST=proxy.folder, PGPORT="5432")


def write_copy_file(path, size):
    """A table and so many bytes of COPY data: numbers, texts of some length, a timestamp, now and then NULL and an escape."""
    words = ["account", "invoice", "of the", "größe", "status", "a longer remark about what happened", "tab\\tand", "\\\\"]
    lines = []
    for number in range(20_000):
        remark = " ".join(words[(number * 7 + step * 3) % len(words)] for step in range(6))
        note = "\\N" if number % 9 == 0 else words[number % len(words)]
        lines.append(f"{number}\t{remark}\t{number % 977}.{number % 100:02d}\t2024-03-{number % 28 + 1:02d} 12:{number % 60:02d}:07\t{note}\n")
    block = "".join(lines).encode()
    with open(path, "wb") as out:
        out.write(b"CREATE TABLE large (id int, remark text, amount numeric, at timestamp, note text);\nCOPY large FROM stdin;\n")
        for _ in range(size // len(block)):
            out.write(block)
        out.write(b"\\.\n")


def seconds_and_megabytes(command, **more):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def bench_copy(folder):
    migrations = os.path.join(folder, "copy")
    os.makedirs(migrations)
    script = os.path.join(migrations, "0001_large.sql")
    write_copy_file(script, 1_000_000_000)
    ours, reference, memory = [], [], []
    for turn in range(4):
        for is_ours in (False, True):
            fresh("bench_copy")
            psql("postgres", "CHECKPOINT")
            command = ([STRATA, "migrate", "--migrations", migrations] if is_ours
                       else [PSQL, "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", script])
            taken, megabytes = seconds_and_megabytes(command, env=environment("bench_copy"))
            # The first pair only warms up: the file's pages, and the server's segments of WAL.
            if turn > 0:
                (ours if is_ours else reference).append(taken)
                if is_ours:
                    memory.append(megabytes)
    psql("postgres", "DROP DATABASE bench_copy WITH (FORCE)")
    report("1 GB of COPY data in one file", ours, reference, "at most 1.11")
    print(f"    memory of strata at most {max(memory):.0f} MB (aim: less than 64 MB)", flush=True)


def bench_traffic(folder):
    def fresh_with(database, sql):
        fresh(database)
        psql(database, sql)

    traffic.run(STRATA, PSQL, os.path.join(BINARIES, "pgbench"), folder, fresh_with, environment)


def bench_backup(folder):
    backup.run(STRATA, BINARIES, folder, fresh, psql, environment)


def main():
    benches = {"boot": bench_boot, "small": bench_small, "single": bench_single, "distant": bench_distant, "copy": bench_copy,
               "traffic": bench_traffic, "backup": bench_backup}
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[2:] or benches:
            benches[name](folder)


if __name__ == "__main__":
    main()
