# SPDX-License-Identifier: Apache-2.0
"""small.py FOLDER: one collection, whose index is saved; a store that is read and copied at once."""
import sys

from common import client, vector

db = client(sys.argv[1])
notes = db.create_collection("notes", metadata={"hnsw:batch_size": 2, "hnsw:sync_threshold": 4})
for n in "abcdef":
    notes.add(ids=[n], embeddings=[vector(n)], documents=[f"note {n}"])
