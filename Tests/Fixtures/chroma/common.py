# SPDX-License-Identifier: Apache-2.0
"""What the scripts for tests share: vectors that follow from an id and a version."""
import random

SIZE = 16


def vector(name, version=0):
    source = random.Random(f"{name}/{version}")
    return [source.gauss(0, 1) for _ in range(SIZE)]


def client(path):
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=path, settings=Settings(anonymized_telemetry=False))


def steps():
    """What the writer does, without an end: what kind of step it is, and to which records."""
    cycle = 0
    while True:
        yield "add", [f"w{i}" for i in range(50 * cycle, 50 * cycle + 50)]
        if cycle > 3:
            yield "update", [f"w{i}" for i in range(50 * (cycle - 2), 50 * (cycle - 2) + 10)]
            yield "delete", [f"w{i}" for i in range(50 * (cycle - 3) + 20, 50 * (cycle - 3) + 25)]
        cycle += 1
