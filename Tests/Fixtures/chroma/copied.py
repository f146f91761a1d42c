# SPDX-License-Identifier: Apache-2.0
"""copied.py FOLDER: keeps SQLite's file open, in a copy of itself as well, until it is ended; prints its process."""
import os
import sys
import time

file = open(f"{sys.argv[1]}/chroma.sqlite3", "rb")
process = os.getpid()
if os.fork():
    print(process, flush=True)
    while True:
        time.sleep(600)
while os.getppid() == process:
    time.sleep(0.1)
