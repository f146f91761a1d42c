# SPDX-License-Identifier: Apache-2.0
"""What a migration does to the traffic of a table that it has to wait for."""
import os
import signal
import subprocess
import threading
import time

CLIENTS = 8
# Transactions a second; far below what two cores can do, so that what they wait for is the migration.
RATE = 200
ROWS = 1000
# Seconds.
WARM_UP, STAY, AFTERWARDS = 1, 20, 10
# A transaction that takes longer than this many seconds waited for somebody.
NOTICED = 0.1
# What a busy machine may add to a budget.
ALLOWANCE = 0.5
ALTER = "ALTER TABLE account ADD COLUMN note text"
SCRIPT = f"""\\set id random(1, {ROWS})
BEGIN;
SELECT balance FROM account WHERE id = :id;
UPDATE account SET balance = balance + 1 WHERE id = :id;
COMMIT;
"""


class Mode:
    """A way to execute the migration.

    `budget`: how long a session may have to wait at most, in seconds; None: for as long as the reader stays.
    """

    def __init__(self, name, command, budget=None):
        self.name, self.command, self.budget = name, command, budget


def modes(strata, psql, migrations):
    migrate = [strata, "migrate", "--migrations", migrations]
    return [
        Mode("psql", [psql, "-X", "-q", "-1", "-c", ALTER]),
        Mode("strata, both limits off", migrate + ["--lock-timeout", "off", "--max-queue", "off"]),
        Mode("strata, only --lock-timeout 5s", migrate + ["--max-queue", "off"], 5),
        Mode("strata", migrate, 2.25),
        Mode("strata, more than 0 for 200ms", migrate + ["--max-queue", "0", "--max-queue-time", "200ms"], 0.25),
    ]


class Reader:
    """A session that reads the table in a transaction and stays in it."""

    def __init__(self, psql, environment):
        self.process = subprocess.Popen([psql, "-XAtq", "-v", "ON_ERROR_STOP=1"], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdin.write("BEGIN;\nSELECT count(*) FROM account;\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == str(ROWS)

    def leave(self):
        self.process.stdin.write("COMMIT;\n")
        self.process.stdin.close()
        assert self.process.wait() == 0


def transactions(folder):
    """When each transaction was due, and how long it took from then on; in seconds."""
    found = []
    for name in os.listdir(folder):
        if not name.startswith("pgbench_log."):
            continue
        with open(os.path.join(folder, name)) as log:
            for line in log:
                columns = line.split()
                latency = int(columns[2]) / 1e6
                found.append((int(columns[4]) + int(columns[5]) / 1e6 - latency, latency))
    return found


def measure(mode, pgbench, psql, folder, environment):
    """Executes one migration under traffic. Returns times and figures."""
    os.makedirs(folder)
    script = os.path.join(folder, "traffic.sql")
    with open(script, "w") as out:
        out.write(SCRIPT)
    traffic = subprocess.Popen(
        [pgbench, "-n", "-c", str(CLIENTS), "-j", "1", "-R", str(RATE), "-T", "3600", "-l", "-f", script],
        env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(WARM_UP)
    reader = Reader(psql, environment)
    begin = time.time()
    left = []

    def stay():
        time.sleep(STAY)
        left.append(time.time())
        reader.leave()

    leaving = threading.Thread(target=stay)
    leaving.start()
    migration = subprocess.run(mode.command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    done = time.time()
    leaving.join()
    # Tells pgbench that its time is over: it finishes what it began, and writes its log.
    traffic.send_signal(signal.SIGALRM)
    output = traffic.communicate()[0]
    if migration.returncode != 0 or traffic.returncode != 0:
        raise SystemExit(f"{mode.name}: the migration ended with {migration.returncode}, the traffic with "
                         f"{traffic.returncode}\n{migration.stdout}\n{output}")
    if done - left[0] > AFTERWARDS:
        raise SystemExit(f"{mode.name}: the migration was done {done - left[0]:.1f} s after the reader had left")
    meanwhile = [t for t in transactions(folder) if begin - STAY <= t[0] and begin <= t[0] + t[1] and t[0] <= max(done, left[0])]
    latencies = sorted(latency for _, latency in meanwhile)
    held_up = sum(1 for due, latency in meanwhile if begin <= due <= left[0] and latency > NOTICED)
    return {
        "worst": latencies[-1], "p99": latencies[int(len(latencies) * 0.99)],
        "passed": 1 - held_up / (RATE * (left[0] - begin)), "attempts": 1 + migration.stdout.count("was undone"),
        "done": done - left[0],
    }


def check(mode, figures):
    """What is broken, in words; nothing when the budget was kept."""
    if mode.budget is None:
        return None if figures["worst"] > STAY * 0.8 else "nobody waited: this measures nothing"
    if figures["worst"] > mode.budget + ALLOWANCE:
        return f"BUDGET BROKEN: {figures['worst']:.2f} s is more than {mode.budget} s + {ALLOWANCE} s for the machine"
    return None


def run(strata, psql, pgbench, folder, fresh, environment):
    """Measures every mode.

    fresh(database, sql) makes a database; environment(database) are the variables to reach it.
    """
    migrations = os.path.join(folder, "traffic-migrations")
    os.makedirs(migrations)
    with open(os.path.join(migrations, "0001_note.sql"), "w") as out:
        out.write(ALTER + ";\n")
    print(f"ALTER TABLE behind a reader who stays {STAY} s, {RATE} transactions a second by {CLIENTS} clients\n"
          f"    {'':32}  waits at most   worst     p99   passed at once     attempts   done after the reader left")
    broken = []
    for number, mode in enumerate(modes(strata, psql, migrations)):
        fresh("bench_traffic", f"""CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL) WITH (fillfactor = 50);
            INSERT INTO account SELECT n, 0 FROM generate_series(1, {ROWS}) n""")
        figures = measure(mode, pgbench, psql, os.path.join(folder, f"traffic-{number}"), environment("bench_traffic"))
        budget = "reader's stay" if mode.budget is None else f"{mode.budget} s"
        print(f"    {mode.name:32}  {budget:>13} {figures['worst']:6.2f}s {figures['p99']:6.2f}s {figures['passed']:17.0%}"
              f" {figures['attempts']:10} {figures['done']:26.2f}s", flush=True)
        problem = check(mode, figures)
        if problem:
            broken.append(f"{mode.name}: {problem}")
    if broken:
        raise SystemExit("\n".join(broken))
