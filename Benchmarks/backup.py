# SPDX-License-Identifier: Apache-2.0
"""Backups: each store beside its own tool, the whole set beside its slowest store, in turn.

The variable STRATA_BENCH_MEGABYTES says how much data each store has (400).
"""
import os
import shutil
import statistics
import subprocess
import tempfile
import time

MEGABYTES = int(os.environ.get("STRATA_BENCH_MEGABYTES", "400"))
RUNS = 3


class Usage:
    """A program's time, the processor time of it and those that it started, and the most memory that one of them had."""

    def __init__(self, command, environment):
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        messages = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{command} ended with {process.returncode}: {messages}")
        self.seconds = time.perf_counter() - start
        self.processor = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss / 1024


def report(what, ours, reference, name, aim):
    ratios = [a / b for a, b in zip(ours, reference)]
    print(f"{what}\n    strata {statistics.median(ours):8.2f} s    {name} {statistics.median(reference):8.2f} s"
          f"    ratio {statistics.median(ratios):.2f} (min {min(ratios):.2f}, max {max(ratios):.2f}; aim {aim}; {len(ratios)} runs)",
          flush=True)


def report_memory(usages):
    print(f"    memory at most {max(u.megabytes for u in usages):.0f} MB (aim: less than 64 MB)", flush=True)


class Redis:
    """A server on a socket of its own, with data of several types."""

    def __init__(self, parent):
        # A socket's path is short.
        self.folder = tempfile.mkdtemp(prefix="strata-bench-", dir="/tmp")
        self.socket = os.path.join(self.folder, "s")
        self.server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "",
             "--repl-diskless-sync-delay", "0"], stdout=subprocess.DEVNULL)
        while not os.path.exists(self.socket):
            time.sleep(0.05)
        self.fill()

    def cli(self, *words, **more):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], check=True, stdout=subprocess.PIPE, **more).stdout

    def fill(self):
        script = """
            for i = ARGV[1], ARGV[2] do
                local text = redis.sha1hex(i)
                redis.call('SET', 'session:' .. i, string.rep(text, 4), 'EX', 1000000)
                redis.call('HSET', 'user:' .. i, 'name', text, 'mail', text .. '@example.org', 'visits', i)
                if i % 10 == 0 then redis.call('ZADD', 'board:' .. (i % 1000), i, text) end
            end
        """
        for start in range(0, MEGABYTES * 3000, 10_000):
            self.cli("EVAL", script, "0", str(start), str(start + 9999))

    def stop(self):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.folder)


WORDS = ("the of order invoice customer delivery late please regards thank amount total payment refund ticket support error report urgent "
         "meeting tomorrow contract account number address product quality return warranty shipment").split()


def fill_postgres(psql):
    """Rows as applications have them: orders, JSON, texts with embeddings."""
    rows = MEGABYTES * 3000
    words = "ARRAY[" + ", ".join(f"'{word}'" for word in WORDS) + "]"
    psql("bench_backup", f"""
        CREATE TABLE orders AS SELECT n AS id, n % 9973 AS customer, (n % 100000) / 100.0 AS amount,
            timestamptz '2024-01-01' + n * interval '7 seconds' AS at,
            'order ' || n || ' of ' || md5((n % 5000)::text) AS remark, md5(n::text) AS token,
            CASE WHEN n % 9 = 0 THEN NULL ELSE repeat('note ', n % 20) END AS note
            FROM generate_series(1, {rows}) n;
        CREATE TABLE customers AS SELECT n AS id, md5(n::text) AS name, jsonb_build_object('visits', n, 'tags', jsonb_build_array('a', n)) AS data
            FROM generate_series(1, {rows // 10}) n;
        CREATE TABLE documents AS SELECT n AS id,
            (SELECT string_agg(({words})[1 + floor(random() * {len(WORDS)})::int], ' ') FROM generate_series(1, 40 + n % 40) g WHERE n = n) AS body,
            (SELECT array_agg((random() * 2 - 1)::real) FROM generate_series(1, 384) g WHERE n = n) AS embedding
            FROM generate_series(1, {MEGABYTES * 60}) n;
        ALTER TABLE orders ADD PRIMARY KEY (id); CREATE INDEX ON orders (customer); ANALYZE""")


def make_chroma(folder):
    """A store of ChromaDB, where the tests' virtual environment is; the variables for it."""
    python = os.path.join(os.path.dirname(__file__), "..", ".build", "chroma", "1.5.9", "bin", "python")
    if not os.path.exists(python):
        print("ChromaDB takes no part: make chroma installs it", flush=True)
        return {}
    store = os.path.join(folder, "chroma")
    script = """
import chromadb, numpy, sys
rng = numpy.random.default_rng(1)
notes = chromadb.PersistentClient(sys.argv[1]).create_collection("notes")
for start in range(0, int(sys.argv[2]), 1000):
    names = [str(n) for n in range(start, start + 1000)]
    notes.add(ids=names, documents=["note " + n for n in names], embeddings=rng.random((1000, 384), dtype="f4").tolist())
"""
    subprocess.run([python, "-c", script, store, str(MEGABYTES * 20)], check=True, stdout=subprocess.DEVNULL)
    return {"CHROMA_PATH": store}


def prove(strata, sets, environment):
    """What a proof and a restore of all stores need."""
    chroma = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".build", "chroma", "1.5.9", "bin"))
    Usage([strata, "backup", "--backup-dir", sets], environment())
    try:
        proof = Usage([strata, "verify-backup", "--restore", "--backup-dir", sets, "--chroma-programs", chroma],
                      environment())
        # ChromaDB's own Python is the largest of what was started.
        print(f"verify-backup --restore of all stores\n    strata {proof.seconds:8.2f} s    memory at most {proof.megabytes:.0f} MB, throw-away servers included",
              flush=True)
        into = ["--into", "postgres=bench_restored"]
        restore = Usage([strata, "restore", "latest", "--only", "postgres,redis", *into, "--backup-dir", sets], environment())
        print(f"restore of PostgreSQL, into another database, and Redis\n    strata {restore.seconds:8.2f} s", flush=True)
        report_memory([restore])
    finally:
        shutil.rmtree(sets)


def walk(strata, sets, rdb, variables):
    """What it takes to find out that a set of Redis can be read, beside Redis' own program that walks through a file."""
    Usage([strata, "backup", "--backup-dir", sets, "--only", "redis"], variables)
    ours, reference = [], []
    for _ in range(RUNS):
        reference.append(Usage(["redis-check-rdb", rdb], variables))
        ours.append(Usage([strata, "verify-backup", "--backup-dir", sets], variables))
    shutil.rmtree(sets)
    report("the set of Redis, stored and readable", [u.seconds for u in ours], [u.seconds for u in reference],
           "redis-check-rdb, readable alone", "at most 1")


def run(strata, binaries, folder, fresh, psql, environment):
    sets = os.path.join(folder, "sets")

    def backup(*arguments, **more):
        usage = Usage([strata, "backup", "--backup-dir", sets, *arguments], environment("bench_backup", **more))
        shutil.rmtree(sets)
        return usage

    fresh("bench_backup")
    fill_postgres(psql)
    dump = os.path.join(folder, "reference.dump")
    pg_dump = [os.path.join(binaries, "pg_dump"), "-Fc", "-f", dump]
    ways = {"automatic": ["--no-digest"], "zstd": ["--compress", "zstd", "--no-digest"], "automatic, with digests": []}
    ours, reference = {way: [] for way in ways}, []
    for _ in range(RUNS):
        reference.append(Usage(pg_dump, environment("bench_backup")))
        for way, arguments in ways.items():
            ours[way].append(backup("--only", "postgres", *arguments))
    for way in ways:
        what = f"PostgreSQL, {os.path.getsize(dump) / 1e6:.0f} MB as pg_dump -Fc writes it; compression {way}"
        report(f"{what}: processor time of the client", [u.processor for u in ours[way]], [u.processor for u in reference],
               "pg_dump -Fc", "at most 0.33")
        # A digest of each row is the server's work, and pg_dump alone proves nothing.
        aim = "none" if "digests" in way else "at most 1"
        report(f"{what}: time", [u.seconds for u in ours[way]], [u.seconds for u in reference], "pg_dump -Fc", aim)
        report_memory(ours[way])

    redis = Redis(folder)
    try:
        variables = {"REDIS_URL": f"unix://{redis.socket}"}
        ours, reference = [], []
        rdb = os.path.join(folder, "reference.rdb")
        for _ in range(RUNS):
            # redis-cli syncs nothing: the same is asked of both.
            copy = ["sh", "-c", f'redis-cli -s "$1" --rdb "$2" && sync "$2"', "sh", redis.socket, rdb]
            reference.append(Usage(copy, environment("bench_backup")))
            ours.append(backup("--only", "redis", **variables))
        report(f"Redis, {os.path.getsize(rdb) / 1e6:.0f} MB of RDB, on disk", [u.seconds for u in ours], [u.seconds for u in reference],
               "redis-cli --rdb", "at most 1")
        report_memory(ours)
        walk(strata, sets, rdb, environment("bench_backup", **variables))

        variables.update(make_chroma(folder))
        stores = ["postgres", "redis"] + (["chroma"] if "CHROMA_PATH" in variables else [])
        ours, slowest, alone = [], [], {store: [] for store in stores}
        for _ in range(RUNS):
            for store in stores:
                alone[store].append(backup("--only", store, **variables).seconds)
            slowest.append(max(times[-1] for times in alone.values()))
            ours.append(backup(**variables))
        times = ", ".join(f"{store} {statistics.median(times):.2f} s" for store, times in alone.items())
        report(f"the whole set, with digests ({times})", [u.seconds for u in ours], slowest, "slowest store alone", "at most 1.1")
        report_memory(ours)
        prove(strata, sets, lambda: environment("bench_backup", **variables))
    finally:
        redis.stop()
    for database in ("bench_backup", "bench_restored"):
        psql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
