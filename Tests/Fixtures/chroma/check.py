# SPDX-License-Identifier: Apache-2.0
"""check.py FOLDER: prints after which step of the writer the store looks so, or what is wrong with it."""
import sys

from common import client, steps, vector

c = client(sys.argv[1]).get_collection("live", embedding_function=None)
everything = c.get(include=["embeddings", "documents", "metadatas"])
state = {}
for i, name in enumerate(everything["ids"]):
    version = everything["metadatas"][i]["v"]
    state[name] = version
    if everything["documents"][i] != name:
        sys.exit(f"the document of {name} is another one")
    if max(abs(a - b) for a, b in zip(everything["embeddings"][i], vector(name, version))) > 1e-5:
        sys.exit(f"the vector of {name} is not that of version {version}")
if c.count() != len(state):
    sys.exit(f"{c.count()} are counted, {len(state)} are there")
# The index answers nearly always with the nearest (HNSW): every vector is there, as was seen above, and hardly any is not found.
asked = list(state)[::97]
lost = []
for name in asked:
    found = c.query(query_embeddings=[vector(name, state[name])], n_results=min(50, len(state)))
    if name not in found["ids"][0]:
        lost.append(name)
if len(lost) > 1 + len(asked) // 20:
    sys.exit(f"of {len(asked)} queries these did not find what they asked for: {lost}")
model = {}
for number, (kind, ids) in enumerate(steps()):
    for name in ids:
        if kind == "delete":
            model.pop(name, None)
        else:
            model[name] = 1 if kind == "update" else 0
    if model == state:
        print(number)
        break
    if number > 100_000:
        sys.exit(f"{len(state)} records are of no instant")
