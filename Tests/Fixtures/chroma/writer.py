# SPDX-License-Identifier: Apache-2.0
"""writer.py FOLDER: writes without an end, and prints a line for each step that ChromaDB has acknowledged."""
import sys

from common import client, steps, vector

c = client(sys.argv[1]).get_or_create_collection("live")
for number, (kind, ids) in enumerate(steps()):
    if kind == "add":
        c.add(ids=ids, embeddings=[vector(n) for n in ids], metadatas=[{"v": 0} for _ in ids], documents=ids)
    elif kind == "update":
        c.update(ids=ids, embeddings=[vector(n, 1) for n in ids], metadatas=[{"v": 1} for _ in ids])
    else:
        c.delete(ids=ids)
    print(number, flush=True)
