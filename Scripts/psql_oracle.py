#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ask the real psql how it splits an SQL file into statements.

psql is pointed at a stub server that speaks just enough of the PostgreSQL
version 3 protocol to answer every query with success. Each Query message that
psql sends, and the data that it streams for COPY ... FROM STDIN, is recorded.
No database is needed and nothing is executed.

usage: psql_oracle.py [--psql PATH] [--together N] [--standard-strings on|off] FILE... > oracle.jsonl

With --together, N files are given to one psql, which is much faster; between two files
the settings go back to their defaults. --standard-strings is the default of
standard_conforming_strings. A file named @LIST stands for the files that LIST names, one a
line.

One JSON object a line, in the order of the arguments:
  {"file": NAME, "statements": [{"sql": TEXT, "copy": TEXT or absent,
   "standard_strings": what the server reported after it, or absent}, ...],
   "exit": psql's exit status}

A file that uses psql's meta-commands is run by psql as usual (so \\i, \\set and
\\gexec act); \\connect is answered like any other connection.
"""
import argparse
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

COPY_FROM_STDIN = re.compile(
    r"(?is)^(?:\s|--[^\n]*\n|/\*.*?\*/)*copy\b.*\bfrom\s+stdin\b")
SET_SCS = re.compile(
    r"(?i)\bset\s+(?:local\s+|session\s+)?standard_conforming_strings\s*(?:to|=)\s*'?(\w+)")
# Sent between two files. No file holds it.
BOUNDARY = "RESET standard_conforming_strings /* next file, says the oracle */"
RESET_SCS = re.compile(r"(?i)\breset\s+standard_conforming_strings\b")


def message(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


def parameter(name, value):
    return message(b"S", name.encode() + b"\0" + value.encode() + b"\0")


def read_exactly(connection, count):
    data = bytearray()
    while len(data) < count:
        chunk = connection.recv(count - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)


def read_message(connection):
    kind = read_exactly(connection, 1)
    (length,) = struct.unpack("!I", read_exactly(connection, 4))
    return kind, read_exactly(connection, length - 4)


def handshake(connection, standard_strings):
    while True:
        (length,) = struct.unpack("!I", read_exactly(connection, 4))
        body = read_exactly(connection, length - 4)
        (code,) = struct.unpack("!I", body[:4])
        if code in (80877103, 80877104):  # SSLRequest, GSSENCRequest
            connection.sendall(b"N")
            continue
        break
    connection.sendall(
        message(b"R", struct.pack("!I", 0))
        + parameter("server_version", "15.0")
        + parameter("server_encoding", "UTF8")
        + parameter("client_encoding", "UTF8")
        + parameter("standard_conforming_strings", standard_strings)
        + parameter("integer_datetimes", "on")
        + parameter("DateStyle", "ISO, MDY")
        + message(b"K", struct.pack("!II", 1, 1))
        + message(b"Z", b"I"))


def serve(connection, statements, next_file, standard_strings):
    handshake(connection, standard_strings)
    while True:
        kind, body = read_message(connection)
        if kind == b"X":
            return
        if kind != b"Q":
            continue
        sql = body[:-1].decode("utf-8", "replace")
        if sql == BOUNDARY:
            statements = next_file()
            reply = parameter("standard_conforming_strings", standard_strings)
            connection.sendall(reply + message(b"C", b"OK\0") + message(b"Z", b"I"))
            continue
        entry = {"sql": sql}
        statements.append(entry)
        if COPY_FROM_STDIN.match(sql):
            connection.sendall(message(b"G", b"\0" + struct.pack("!H", 0)))
            data = bytearray()
            while True:
                kind, body = read_message(connection)
                if kind == b"d":
                    data += body
                elif kind in (b"c", b"f"):
                    break
            entry["copy"] = data.decode("utf-8", "replace")
            connection.sendall(message(b"C", b"COPY 0\0") + message(b"Z", b"I"))
            continue
        reply = b""
        setting = SET_SCS.search(sql)
        if setting:
            value = setting.group(1).lower()
            on = (standard_strings if value == "default" else value) in ("on", "true", "yes", "1")
            reply = parameter("standard_conforming_strings", "on" if on else "off")
            entry["standard_strings"] = on
        elif RESET_SCS.search(sql):
            reply = parameter("standard_conforming_strings", standard_strings)
            entry["standard_strings"] = standard_strings == "on"
        connection.sendall(reply + message(b"C", b"OK\0") + message(b"Z", b"I"))


def record(psql, paths, standard_strings):
    lists = [[]]

    def next_file():
        lists.append([])
        return lists[-1]

    with tempfile.TemporaryDirectory() as folder:
        server = socket.socket(socket.AF_UNIX)
        server.bind(os.path.join(folder, ".s.PGSQL.5432"))
        server.listen(8)

        def accept():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.settimeout(60)
                try:
                    serve(connection, lists[-1], next_file, standard_strings)
                except (EOFError, OSError):
                    pass
                finally:
                    connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        # Nothing that a file can say may start an editor, a pager or a shell.
        environment.update(PSQL_EDITOR="true", PAGER="cat", SHELL="/bin/false")
        arguments = []
        for path in paths:
            arguments += ["-c", BOUNDARY, "-f", os.path.abspath(path)]
        done = subprocess.run(
            [psql, "-X", "-q", "-h", folder, "-p", "5432", "-U", "x", "-d", "x"] + arguments,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment, cwd=folder, timeout=300)
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
    if len(lists) != len(paths) + 1:
        raise SystemExit(f"psql came to file {len(lists) - 1} of {len(paths)} only (exit {done.returncode}), "
                         f"after {paths[max(len(lists) - 2, 0)]}")
    return [{"file": path, "statements": statements, "exit": done.returncode}
            for path, statements in zip(paths, lists[1:])]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--psql", default=shutil.which("psql") or "psql")
    parser.add_argument("--together", type=int, default=1)
    parser.add_argument("--standard-strings", choices=("on", "off"), default="on")
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()
    files = []
    for name in arguments.files:
        if name.startswith("@"):
            with open(name[1:]) as listing:
                files += listing.read().splitlines()
        else:
            files.append(name)
    for start in range(0, len(files), arguments.together):
        for result in record(arguments.psql, files[start:start + arguments.together], arguments.standard_strings):
            json.dump(result, sys.stdout)
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
