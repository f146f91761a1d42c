# SPDX-License-Identifier: Apache-2.0
"""saves.py FOLDER BEFORE: a store whose index was saved with other elements just now, and a copy of it from before that."""
import glob
import hashlib
import shutil
import sys

from common import client, vector


def index(folder):
    return [hashlib.sha256(open(f, "rb").read()).digest() for f in sorted(glob.glob(f"{folder}/*/*.*"))]


c = client(sys.argv[1]).create_collection("live", metadata={"hnsw:sync_threshold": 100, "hnsw:batch_size": 10})
for start in range(0, 1500, 100):
    ids = [f"a{i}" for i in range(start, start + 100)]
    c.add(ids=ids, embeddings=[vector(n) for n in ids])
c.delete(ids=[f"a{i}" for i in range(80)])
shutil.copytree(sys.argv[1], sys.argv[2])
for start in range(0, 200, 10):
    ids = [f"b{i}" for i in range(start, start + 10)]
    c.add(ids=ids, embeddings=[vector(n) for n in ids])
    if index(sys.argv[1]) != index(sys.argv[2]):
        sys.exit(0)
sys.exit("the index was not saved")
