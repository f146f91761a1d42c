# SPDX-License-Identifier: Apache-2.0
"""more.py FOLDER: enough new records in one collection that its index is written anew."""
import sys

from common import client, vector

c = client(sys.argv[1]).get_collection("by_l2", embedding_function=None)
for start in range(0, 1250, 250):
    ids = [f"more-{i}" for i in range(start, start + 250)]
    c.add(ids=ids, embeddings=[vector(n) for n in ids])
c.query(query_embeddings=[vector("more-1")], n_results=1)
