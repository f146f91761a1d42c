// SPDX-License-Identifier: Apache-2.0

/// What is run with ChromaDB's own Python, to see a folder through ChromaDB's eyes.
///
/// Before ChromaDB opens the folder, and perhaps converts it, the script reads from the files themselves which vector each record has. Then
/// it asks ChromaDB for everything. It prints a JSON document for each collection; the digests are those of ``RecordBytes``.
enum ProofScript {
    static let text = #"""
        import faulthandler, hashlib, json, os, pickle, sqlite3, struct, sys, urllib.parse
        import numpy, chromadb
        from chromadb.config import Settings

        folder, patience = sys.argv[1], float(sys.argv[2])

        def say(**values):
            print(json.dumps(values), flush=True)

        class Labels(pickle.Unpickler):
            """Makes plain objects of whatever class is asked for: nothing of the file is executed."""
            def find_class(self, module, name):
                if module.startswith("chromadb.") and name == "PersistentData":
                    return type("Plain", (), {})
                raise pickle.UnpicklingError(f"{module}.{name}")

        class Stored:
            """The vectors of a collection: in the queue, else in the index."""
            def __init__(self, sqlite, collection, segment):
                def number(value):
                    return int.from_bytes(value[-8:], "big") if isinstance(value, bytes) else value
                row = sqlite.execute("SELECT seq_id FROM max_seq_id WHERE segment_id = ?", (segment,)).fetchone()
                done = number(row[0]) if row else -1
                self.read_index(segment)
                self.queued = {}
                for name, operation, vector in sqlite.execute(
                        "SELECT id, operation, vector FROM embeddings_queue WHERE topic LIKE '%/' || ? AND seq_id > ?"
                        " ORDER BY seq_id", (collection, done)):
                    # An add of an id that is there changes nothing, nor does an update of one that is not; a delete makes room for a new one.
                    if operation == 3:
                        self.queued[name] = None
                    elif vector is not None and operation != (0 if self.has(name) else 1):
                        self.queued[name] = numpy.frombuffer(vector, dtype="<f4")

            def read_index(self, segment):
                self.labels, self.rows = {}, {}
                path = os.path.join(folder, segment, "index_metadata.pickle")
                if os.path.exists(path):
                    with open(path, "rb") as file:
                        content = Labels(file).load()
                    content = content if isinstance(content, dict) else content.__dict__
                    self.labels = content["id_to_label"]
                    with open(os.path.join(folder, segment, "header.bin"), "rb") as file:
                        header = struct.unpack("<iQQQQQQ", file.read(52))
                    count, size, label, vector = header[3], header[4], header[5], header[6]
                    data = numpy.fromfile(os.path.join(folder, segment, "data_level0.bin"), dtype=numpy.uint8)
                    data = data[:count * size].reshape(count, size)
                    numbers = data[:, label:label + 8].copy().view("<u8").reshape(-1)
                    self.rows = {int(n): i for i, n in enumerate(numbers)}
                    self.vectors = data[:, vector:label].copy().view("<f4")

            def has(self, name):
                return self.queued[name] is not None if name in self.queued else name in self.labels

            def vector(self, name):
                if name in self.queued:
                    return self.queued[name]
                row = self.rows.get(self.labels.get(name))
                return None if row is None else self.vectors[row]

        def field(data):
            return str(len(data)).encode() + b":" + data

        def value(v):
            if isinstance(v, bool):
                return b"b" + field(b"1" if v else b"0")
            if isinstance(v, int):
                return b"i" + field(str(v).encode())
            if isinstance(v, float):
                return b"f" + field(format(struct.unpack(">Q", struct.pack(">d", v))[0], "x").encode())
            if isinstance(v, (list, tuple)):
                return b"a" + b"".join(value(e) for e in v) + b"e"
            return b"s" + field(str(v).encode())

        def record(name, metadata, document, uri):
            # What has a name like ChromaDB's own, some versions keep to themselves.
            entries = {k: v for k, v in (metadata or {}).items() if not k.startswith("chroma:")}
            if document is not None:
                entries["chroma:document"] = document
            if uri is not None:
                entries["chroma:uri"] = uri
            data = field(name.encode())
            for key, v in sorted((k.encode(), v) for k, v in entries.items() if v is not None):
                data += field(key) + value(v)
            return int.from_bytes(hashlib.sha256(data).digest(), "big")

        def same(found, expected):
            if numpy.allclose(found, expected, rtol=1e-5, atol=1e-6):
                return True
            a, b = numpy.linalg.norm(found), numpy.linalg.norm(expected)
            # A collection that measures angles may keep vectors of length 1, and return them so or as they were.
            if not a or not b or (abs(a - 1) > 1e-3 and abs(b - 1) > 1e-3):
                return False
            return numpy.allclose(found / a, expected / b, rtol=1e-4, atol=1e-5)

        def distances(a, b):
            a, b = numpy.asarray(a, dtype="f8"), numpy.asarray(b, dtype="f8")
            length = numpy.linalg.norm(a) * numpy.linalg.norm(b)
            return ((a - b) ** 2).sum(), 1 - a @ b, 1 - (a @ b / length if length else 0)

        def queries(collection, stored, names, count):
            """Asks for what is near a few records, and computes the distances that are answered."""
            problems, fits = [], [True, True, True]
            sample = [n for n in sorted(names, key=lambda n: hashlib.sha256(n.encode()).digest())
                      if stored.vector(n) is not None][:5]
            if not sample:
                return 0, problems
            answer = collection.query(
                query_embeddings=[stored.vector(n).tolist() for n in sample], n_results=min(10, count),
                include=["distances"])
            for name, ids, given in zip(sample, answer["ids"], answer["distances"]):
                # An approximate index with many deleted elements may find fewer than were asked for.
                if not ids:
                    problems.append("a query finds nothing")
                for other, distance in zip(ids, given):
                    vector = stored.vector(other)
                    if vector is None:
                        problems.append(f"a query finds the record {other!r}, which is not there")
                        continue
                    for i, d in enumerate(distances(stored.vector(name), vector)):
                        fits[i] = fits[i] and abs(d - distance) <= 1e-3 * (1 + abs(d))
            if not any(fits):
                problems.append("the distances that queries answer are not those of the vectors")
            return len(sample), problems

        def limit(records):
            """Ends this process when nothing comes of a collection: ChromaDB may hang where no signal is looked at."""
            faulthandler.dump_traceback_later(patience * (1 + records / 30000), exit=True)

        def examine(client, row, stored, pending):
            identity, name, metadata = row["id"], row["name"], row["metadata"]
            collection, problems = client.get_collection(name, embedding_function=None), []
            if str(collection.id) != identity:
                problems.append("it has another id")
            found = {k: v for k, v in (collection.metadata or {}).items() if v is not None}
            if any(found.get(k) != v for k, v in metadata.items()):
                problems.append("its metadata are others")
            names, count = collection.get(include=[])["ids"], collection.count()
            if count != len(names):
                problems.append(f"it counts {count} records and names {len(names)}")
            total, vectors, wrong, lost = 0, 0, 0, 0
            for start in range(0, len(names), 500):
                part = collection.get(
                    ids=names[start:start + 500], include=["embeddings", "documents", "metadatas", "uris"])
                lost += len(names[start:start + 500]) - len(part["ids"])
                uris = part.get("uris") or [None] * len(part["ids"])
                for i, n in enumerate(part["ids"]):
                    if n not in pending:
                        total += record(n, part["metadatas"][i], part["documents"][i], uris[i])
                    expected = stored.vector(n)
                    vectors += 1
                    if expected is None or not same(numpy.asarray(part["embeddings"][i], dtype="f4"), expected):
                        wrong += 1
            if lost:
                problems.append(f"{lost} records cannot be read")
            if wrong:
                problems.append(f"{wrong} of {vectors} vectors are not those of the index")
            asked, more = queries(collection, stored, names, count)
            say(id=identity, name=collection.name, count=len(names), pending=sum(1 for n in names if n in pending),
                digest=format(total % (1 << 256), "064x"), vectors=vectors, queries=asked, problems=problems + more)

        def main():
            say(version=chromadb.__version__)
            path = urllib.parse.quote(os.path.join(folder, "chroma.sqlite3"))
            sqlite = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
            jobs = []
            for identity, name, database, tenant in sqlite.execute(
                    "SELECT c.id, c.name, d.name, d.tenant_id FROM collections c JOIN databases d ON d.id = c.database_id"):
                segments = dict(sqlite.execute("SELECT scope, id FROM segments WHERE collection = ?", (identity,)))
                done = sqlite.execute(
                    "SELECT seq_id FROM max_seq_id WHERE segment_id = ?", (segments.get("METADATA"),)).fetchone()
                done = -1 if done is None else int.from_bytes(done[0][-8:], "big") if isinstance(done[0], bytes) else done[0]
                pending = {r[0] for r in sqlite.execute(
                    "SELECT id FROM embeddings_queue WHERE topic LIKE '%/' || ? AND seq_id > ?", (identity, done))}
                metadata = {}
                for key, text, integer, number, truth in sqlite.execute(
                        "SELECT key, str_value, int_value, float_value, bool_value FROM collection_metadata"
                        " WHERE collection_id = ?", (identity,)):
                    metadata[key] = bool(truth) if truth is not None else next(
                        (v for v in (text, integer, number) if v is not None), None)
                metadata = {k: v for k, v in metadata.items() if v is not None}
                jobs.append((dict(id=identity, name=name, database=database, tenant=tenant, metadata=metadata),
                             Stored(sqlite, identity, segments.get("VECTOR", "")), pending))
            sqlite.close()
            clients = {}
            for row, stored, pending in jobs:
                say(asking=row["id"])
                limit(len(stored.labels) + len(stored.queued))
                place = (row["tenant"], row["database"])
                if place not in clients:
                    clients[place] = chromadb.PersistentClient(
                        path=folder, settings=Settings(anonymized_telemetry=False), tenant=place[0], database=place[1])
                try:
                    examine(clients[place], row, stored, pending)
                except Exception as error:
                    say(id=row["id"], problems=[f"ChromaDB cannot read it: {error!s:.300}"])
            faulthandler.cancel_dump_traceback_later()
            say(done=True)

        main()
        """#
}
