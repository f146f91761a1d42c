# SPDX-License-Identifier: Apache-2.0
"""hold.py FOLDER [SQL]: keeps SQLite's file open, and locked when told with what, until it is ended."""
import sqlite3
import sys
import time

db = sqlite3.connect(f"{sys.argv[1]}/chroma.sqlite3", timeout=0, isolation_level=None)
for statement in sys.argv[2:] or ["SELECT count(*) FROM collections"]:
    db.execute(statement).fetchall()
print("ready", flush=True)
while True:
    time.sleep(600)
