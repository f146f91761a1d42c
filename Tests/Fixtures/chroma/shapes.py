# SPDX-License-Identifier: Apache-2.0
"""shapes.py FOLDER: collections whose files look otherwise than after adding records alone."""
import sys

from common import client, vector

db = client(sys.argv[1])


def rows(ids, version=0):
    return {"ids": ids, "embeddings": [vector(n, version) for n in ids]}


# Fewer elements than the files were made for.
c = db.create_collection("few", metadata={"hnsw:num_threads": 1})
for version in range(30):
    c.upsert(**rows([f"u{i}" for i in range(50)], version))
c = db.create_collection("changed", metadata={"hnsw:num_threads": 1})
for start in range(0, 900, 100):
    c.add(**rows([f"c{i}" for i in range(start, start + 100)]))
c.update(**rows([f"c{i}" for i in range(150)], 1))
# In the queue: records that are there already, records that are not there to be changed, some that go and come.
c = db.create_collection("again", metadata={"hnsw:num_threads": 1})
ids = [f"a{i}" for i in range(1200)]
for start in range(0, 1200, 200):
    c.add(**rows(ids[start : start + 200]))
c.query(query_embeddings=[vector("a1")], n_results=1)
c.add(**rows(ids[:20], 1))
c.update(**rows(["nobody"], 1))
c.delete(ids=ids[20:25])
c.add(**rows(ids[20:23], 2))
c.add(**rows(ids[20:23], 3))
# A name like those of ChromaDB itself.
c = db.create_collection("names")
c.add(**rows(["n"]), documents=["text"], metadatas=[{"chroma:mine": "1", "other": 2}])
