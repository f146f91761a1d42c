# SPDX-License-Identifier: Apache-2.0
"""A proxy between a client and a Unix socket that hands every message on some time after it came."""
import os
import queue
import shutil
import socket
import tempfile
import threading
import time


class DelayProxy:
    def __init__(self, target, delay):
        self.target, self.delay = target, delay

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="delay")
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(os.path.join(self.folder, ".s.PGSQL.5432"))
        self.server.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(self.target)
            for source, sink in ((client, upstream), (upstream, client)):
                waiting = queue.Queue()
                threading.Thread(target=self._read, args=(source, waiting), daemon=True).start()
                threading.Thread(target=self._write, args=(sink, waiting), daemon=True).start()

    def _read(self, source, waiting):
        while True:
            try:
                data = source.recv(1 << 16)
            except OSError:
                data = b""
            waiting.put((time.perf_counter() + self.delay, data))
            if not data:
                return

    def _write(self, sink, waiting):
        while True:
            due, data = waiting.get()
            rest = due - time.perf_counter()
            if rest > 0:
                time.sleep(rest)
            try:
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(data)
            except OSError:
                return
