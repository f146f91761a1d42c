# SPDX-License-Identifier: Apache-2.0
"""dump.py FOLDER: everything that ChromaDB returns, in an order that does not depend on how it is stored."""
import json
import sys

from common import client, vector

db = client(sys.argv[1])
for name in ["by_l2", "by_cosine", "by_ip", "few", "empty"]:
    c = db.get_collection(name, embedding_function=None)
    print(json.dumps([name, str(c.id), c.metadata, c.count()], sort_keys=True))
    all = c.get(include=["embeddings", "documents", "metadatas"])
    rows = []
    for i, n in enumerate(all["ids"]):
        rows.append([n, all["documents"][i], all["metadatas"][i], [float(x) for x in all["embeddings"][i]]])
    for row in sorted(rows, key=lambda r: r[0]):
        print(json.dumps(row, sort_keys=True))
    if rows:
        found = c.query(query_embeddings=[vector("question"), vector("other")], n_results=min(10, len(rows)))
        print(json.dumps([found["ids"], found["distances"]]))
