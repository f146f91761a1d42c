# SPDX-License-Identifier: Apache-2.0
"""Follows Docs/DisasterRecovery.md on empty machines: with Strata (section 3), and without it (section 4).

usage: recovery.py STRATA, beside a PostgreSQL server that the PG variables name; as root

Makes a set of PostgreSQL, Redis and ChromaDB; installs an empty Debian 12 in a folder; and runs every command of the page there, as they
stand. The page has to bring back what was saved.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

STRATA = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHROMA = os.path.join(ROOT, ".build/chroma/1.5.9/bin")
# Of a user of Redis, who has to be able to log in afterwards.
PASSWORD = "of the worker"
MIRROR = os.environ.get("STRATA_DEBIAN_MIRROR", "http://deb.debian.org/debian")


def psql(database, *commands):
    words = [word for command in commands for word in ("-c", command)]
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, *words], check=True)


def make_set(folder):
    """A set in folder/backups: its name."""
    socket = os.path.join(folder, "redis.sock")
    server = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "", "--repl-diskless-sync-delay", "0"],
        stdout=subprocess.DEVNULL)
    try:
        while not os.path.exists(socket):
            time.sleep(0.05)
        for command in [["RPUSH", "queue", "a", "b"], ["ACL", "SETUSER", "worker", "on", f">{PASSWORD}", "~queue", "+lrange"]]:
            subprocess.run(["redis-cli", "-s", socket, *command], check=True, stdout=subprocess.DEVNULL)
        user = f"&user={os.environ['PGUSER']}" if "PGUSER" in os.environ else ""
        variables = {
            "DATABASE_URL": f"postgresql:///app?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}{user}",
            "REDIS_URL": f"unix://{socket}", "CHROMA_PATH": os.path.join(folder, "chroma"),
            "BACKUP_DIR": os.path.join(folder, "backups"),
        }
        script = ("import chromadb, sys; c = chromadb.PersistentClient(sys.argv[1]).create_collection('notes'); "
                  "c.add(ids=['a', 'b'], documents=['first', 'second'], embeddings=[[1, 0], [0, 1]])")
        subprocess.run([f"{CHROMA}/python", "-c", script, variables["CHROMA_PATH"]], check=True)
        psql("postgres", "CREATE ROLE owner LOGIN PASSWORD 'hush'", "CREATE DATABASE app OWNER owner",
             "ALTER DATABASE app SET work_mem = '5MB'", "REVOKE CONNECT ON DATABASE app FROM PUBLIC")
        migrations = os.path.join(folder, "migrations")
        os.mkdir(migrations)
        with open(os.path.join(migrations, "0001_users.sql"), "w") as file:
            file.write("CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users SELECT generate_series(1, 1000);\n"
                       "ALTER TABLE users OWNER TO owner;\n")
        environment = {**os.environ, **variables}
        subprocess.run([STRATA, "migrate", "--migrations", migrations], env=environment, check=True)
        subprocess.run([STRATA, "backup", "--only", "postgres,redis,chroma"], env=environment, check=True)
        return next(name for name in os.listdir(variables["BACKUP_DIR"]) if name.startswith("backup_"))
    finally:
        server.terminate()
        server.wait()


def commands(sections, name):
    """The page's commands of these sections, for a shell that stops where one fails."""
    with open(os.path.join(ROOT, "Docs/DisasterRecovery.md")) as file:
        head, *rest = file.read().split("\n## ")
    lines = ["set -e", "cd /root"]
    for section in [head] + [section for section in rest if section[0] in sections]:
        for block in re.findall(r"```text\n(.*?)```", section, re.S):
            for line in block.strip().split("\n"):
                line = line.replace("backup_20250916_123000", name)
                lines += ["echo '$ '" + "'" + line.replace("'", "'\\''") + "'", line]
    # What has to be there then.
    lines += [
        "test \"$(su - postgres -c \"psql -d app -Atc 'SELECT count(*) FROM users'\")\" = 1000",
        "su - postgres -c \"psql -d app -Atc 'SHOW work_mem'\" | grep -x 5MB",
        "su - postgres -c \"psql -Atc \\\"SELECT pg_get_userbyid(datdba), has_database_privilege('public', oid, 'connect') "
        "FROM pg_database WHERE datname = 'app'\\\"\" | grep -x 'owner|f'",
        "test \"$(redis-cli LRANGE queue 0 -1 | tr '\\n' ' ')\" = 'a b '",
        f"test \"$(redis-cli --user worker --pass '{PASSWORD}' --no-auth-warning LRANGE queue 0 -1 | tr '\\n' ' ')\" = 'a b '",
        # A server as the page starts it, asked over the network.
        "/opt/chroma/bin/chroma run --path /srv/chroma --port 8765 > /root/chroma.log 2>&1 & chroma=$!",
        f"/opt/chroma/bin/python -c {shlex.quote(CHROMA_CHECK)} || {{ cat /root/chroma.log; kill $chroma; exit 1; }}",
        "kill $chroma",
        "echo 'everything is there again'",
    ]
    return "\n".join(lines) + "\n"


# What a client of the restored ChromaDB has to get: documents, vectors, and the nearest one. The server needs a moment to start.
CHROMA_CHECK = """
import chromadb, time
for attempt in range(300):
    try:
        notes = chromadb.HttpClient(port=8765).get_collection("notes")
        break
    except Exception as error:
        if attempt == 299: raise
        time.sleep(0.2)
found = notes.get(include=["documents", "embeddings"])
assert found["ids"] == ["a", "b"] and found["documents"] == ["first", "second"], found
assert [list(map(float, vector)) for vector in found["embeddings"]] == [[1, 0], [0, 1]], found
assert notes.query(query_embeddings=[[0, 2]], n_results=1)["ids"] == [["b"]]
"""
# No init system runs in a folder; what the page asks of it is done by the scripts of Debian's packages.
SYSTEMCTL = '#!/bin/sh\nservice "$2" "$1" >/dev/null 2>&1 || true\n'
INSIDE = """
mount -t proc proc proc; mount -t tmpfs tmpfs dev/shm
# The second machine need not download what the first one did.
mkdir -p "$FOLDER/pip" ".$PIP_CACHE_DIR"; mount --bind "$FOLDER/pip" ".$PIP_CACHE_DIR"
chroot . bash /root/page.sh; status=$?
chroot . sh -c 'service postgresql stop; service redis-server stop' >/dev/null 2>&1
exit $status
"""


def follow(machine, sections, folder, name):
    shutil.copytree(os.path.join(folder, "backups", name), os.path.join(machine, "root", name))
    shutil.copy(STRATA, os.path.join(machine, "usr/local/bin/strata"))
    with open(os.path.join(machine, "usr/local/bin/systemctl"), "w") as file:
        file.write(SYSTEMCTL)
    os.chmod(os.path.join(machine, "usr/local/bin/systemctl"), 0o755)
    with open(os.path.join(machine, "root/page.sh"), "w") as file:
        file.write(commands(sections, name))
    variables = {variable: value for variable, value in os.environ.items() if variable.startswith("PIP_")}
    variables |= {"PATH": os.environ["PATH"], "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8", "FOLDER": folder,
                  "PIP_CACHE_DIR": "/root/.cache/pip", "ANONYMIZED_TELEMETRY": "False"}
    # Namespaces of its own: what was mounted or started in there is gone afterwards.
    done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--propagation", "private", "sh", "-c", INSIDE], cwd=machine,
                          env=variables)
    if done.returncode != 0:
        sys.exit(f"following sections {', '.join(sections)} of Docs/DisasterRecovery.md failed: see the last command above")


def main():
    folder = tempfile.mkdtemp(prefix="strata-recovery-", dir="/var/tmp")
    os.chmod(folder, 0o755)
    try:
        name = make_set(folder)
        empty = os.path.join(folder, "empty")
        subprocess.run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", empty, MIRROR], check=True,
                       stdout=subprocess.DEVNULL)
        # How this machine reaches the packages.
        for settings in os.listdir("/etc/apt/apt.conf.d"):
            if "docker" not in settings:
                shutil.copy(os.path.join("/etc/apt/apt.conf.d", settings), os.path.join(empty, "etc/apt/apt.conf.d"))
        for settings in ["/etc/pip.conf", os.environ.get("PIP_CERT", "")]:
            if os.path.isfile(settings):
                os.makedirs(empty + os.path.dirname(settings), exist_ok=True)
                shutil.copy(settings, empty + settings)
        for sections in ("1235", "1245"):
            machine = os.path.join(folder, "machine")
            subprocess.run(["cp", "-a", empty, machine], check=True)
            follow(machine, sections, folder, name)
            shutil.rmtree(machine)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
