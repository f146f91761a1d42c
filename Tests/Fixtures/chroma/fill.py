# SPDX-License-Identifier: Apache-2.0
"""fill.py FOLDER: collections of every metric, with records in the index and in the queue, changed and deleted ones."""
import sys

from common import client, vector

db = client(sys.argv[1])
count = 1250
for space in ["l2", "cosine", "ip"]:
    # Built by one thread and searched thoroughly, an index answers the same whenever it is loaded.
    exact = {"hnsw:num_threads": 1, "hnsw:search_ef": 1000}
    c = db.create_collection(
        f"by_{space}", metadata={"hnsw:space": space, "owner": "Zoë", "limit": 3, "open": True, **exact})
    for start in range(0, count, 250):
        ids = [f"{space}-{i}" for i in range(start, start + 250)]
        c.add(
            ids=ids,
            embeddings=[vector(n) for n in ids],
            documents=[f"Dokument {n}: äöü ☃ \n" if i % 5 else "" for i, n in enumerate(ids)],
            metadatas=[{"i": i, "half": i / 7, "even": i % 2 == 0, "text": f"ß{i}"} for i, _ in enumerate(ids)],
        )
    c.delete(ids=[f"{space}-{i}" for i in range(0, count, 10)])
    c.update(ids=[f"{space}-{i}" for i in range(1, 200, 10)], embeddings=[vector(f"{space}-{i}", 1) for i in range(1, 200, 10)])
few = db.create_collection("few")
few.add(ids=["a", "b", "c"], embeddings=[vector(n) for n in "abc"])
db.create_collection("empty")
gone = db.create_collection("gone")
gone.add(ids=["x"], embeddings=[vector("x")])
db.delete_collection("gone")
