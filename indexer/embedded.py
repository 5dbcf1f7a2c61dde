"""The engine that needs no server: SQLite with FTS5, one file.

A document is added in one transaction, so that a process killed at any moment leaves whole
documents only. One process writes at a time; readers never wait for it (write-ahead log).
"""

import hashlib
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import Stemmer

from indexer.engine import (
    FACETS,
    Candidate,
    Coverage,
    DocumentNotFound,
    EngineUnavailable,
    FacetValue,
    Filler,
    Highlight,
    Hit,
    IndexVersionMismatch,
    Involvement,
    Query,
    Results,
)
from indexer.fields import INDEX_VERSION, IndexedPassage, Victims, indexed_passages
from indexer.packing import entity_from_json, entity_to_json, pack, unpack
from nlp.knowledge.loader import Knowledge, load
from nlp.names import keys
from nlp.records import Document, Entity, Event, Response, Role, Span
from nlp.terms import Clause, highlights, index_terms, parse

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, media_type TEXT NOT NULL,
    title TEXT, publisher TEXT, published TEXT, url TEXT, source_type TEXT, licence TEXT,
    country TEXT, language TEXT NOT NULL, pipeline TEXT NOT NULL, original TEXT NOT NULL,
    shown_title TEXT, text TEXT NOT NULL, found BLOB NOT NULL
);
CREATE TABLE passages (
    n INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents, start INTEGER NOT NULL,
    end INTEGER NOT NULL, page INTEGER NOT NULL, language TEXT NOT NULL, events TEXT
);
CREATE INDEX passages_document ON passages (document);
CREATE VIRTUAL TABLE terms USING fts5 (
    folded, stemmed, content='',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
);
CREATE TABLE facet_values (n INTEGER PRIMARY KEY, field TEXT NOT NULL, value TEXT NOT NULL);
CREATE UNIQUE INDEX facet_values_value ON facet_values (field, value);
CREATE TABLE passage_values (
    passage INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (passage, value)
) WITHOUT ROWID;
CREATE INDEX passage_values_value ON passage_values (value, passage);
CREATE TABLE mentions (
    entity TEXT NOT NULL, document INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    PRIMARY KEY (entity, document, start)
) WITHOUT ROWID;
CREATE INDEX mentions_document ON mentions (document);
CREATE TABLE events (
    n INTEGER PRIMARY KEY, document INTEGER NOT NULL, passage INTEGER NOT NULL, kind TEXT NOT NULL,
    assertion TEXT NOT NULL, attribution TEXT NOT NULL, score REAL NOT NULL, date TEXT,
    trigger_start INTEGER NOT NULL, trigger_end INTEGER NOT NULL,
    quote_start INTEGER NOT NULL, quote_end INTEGER NOT NULL,
    response TEXT, response_start INTEGER, response_end INTEGER, arguments TEXT NOT NULL,
    victims TEXT NOT NULL
);
CREATE INDEX events_document ON events (document);
CREATE TABLE involvements (
    entity TEXT NOT NULL, role TEXT NOT NULL, event INTEGER NOT NULL,
    PRIMARY KEY (entity, role, event)
) WITHOUT ROWID;
CREATE INDEX involvements_event ON involvements (event);
CREATE TABLE entities (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, country TEXT, source TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE entity_keys (
    key TEXT NOT NULL, entity TEXT NOT NULL, PRIMARY KEY (key, entity)
) WITHOUT ROWID;
CREATE INDEX entity_keys_entity ON entity_keys (entity);
"""

# Weight of the folded and of the stemmed column in BM25: the word as written tells more.
COLUMN_WEIGHTS = (2.0, 1.0)
# SQLite takes at most 32,766 parameters in one statement.
CHUNK = 10_000
# A name key that more entities share tells nothing ("ministry"), and is left out while a rarer
# one is there.
COMMON_KEY = 2_000
# Kinds of entity that a party on a licence can be.
PARTY_KINDS = ("GOVERNMENT", "VENDOR", "ORG", "PERSON")
# Characters of an id that a person may type instead of all 64.
SHORTEST_ID = 8
# Stems of another Snowball would match nothing that is indexed, and could not be taken out again.
VERSION = f"{INDEX_VERSION}, stems {Stemmer.version()}"
MODULUS = 1 << 128
DOCUMENT_COLUMNS = (
    "id, source, media_type, title, publisher, published, url, source_type, licence, country, "
    "language, pipeline, original"
)


class EmbeddedEngine:
    """The index in one SQLite file, or in memory for an empty path.

    Raises EngineUnavailable when the file cannot be opened as an index, IndexVersionMismatch when
    another version wrote it.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path) or ":memory:"
        self._threads = threading.local()
        self._connections: dict[int, tuple[threading.Thread, sqlite3.Connection]] = {}
        self._memory = self._connect() if self.path == ":memory:" else None
        self._writing = threading.RLock()
        if self._memory is None:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._prepare(load())
        except sqlite3.DatabaseError as error:
            raise EngineUnavailable(
                f"{self.path} cannot be opened as an index: {error}. "
                "Move the file away to start an empty one."
            ) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        # Safe against a killed process; a lost power supply may lose the last documents, whole.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA mmap_size = 1073741824")
        return connection

    @property
    def _db(self) -> sqlite3.Connection:
        """The connection of this thread; those of threads that have ended are closed."""
        if self._memory is not None:
            return self._memory
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = self._threads.connection = self._connect()
            with self._writing:
                self._close_ended()
                thread = threading.current_thread()
                self._connections[id(connection)] = thread, connection
        return connection

    def _close_ended(self) -> None:
        """A server makes and ends threads all day; their files must not stay open."""
        for key, (thread, connection) in list(self._connections.items()):
            if not thread.is_alive():
                connection.close()
                del self._connections[key]

    @contextmanager
    def consistent(self) -> Iterator[None]:
        """Inside it, all that is read in this thread is of one moment, whatever is written."""
        db = self._db
        if db.in_transaction or self._memory is not None:
            yield
            return
        db.execute("BEGIN")
        try:
            yield
        finally:
            db.rollback()

    def _prepare(self, knowledge: Knowledge) -> None:
        """Makes the schema in an empty file, and brings the known parties up to date."""
        db = self._db
        with db:
            db.execute("BEGIN IMMEDIATE")
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                for statement in SCHEMA.split(";"):
                    db.execute(statement)
                self._set_meta("index_version", VERSION)
                self._set_meta("content", "0")
            written = self._meta("index_version")
            if written != VERSION:
                raise IndexVersionMismatch(
                    f"{self.path} was written as index version {written}, this program reads "
                    f"{VERSION}. Load the originals into a new index."
                )
            if self._meta("knowledge") != knowledge.version:
                self._seed(knowledge)

    def _seed(self, knowledge: Knowledge) -> None:
        """Known parties can be matched before anything is loaded."""
        db = self._db
        for (entity,) in db.execute(
            "SELECT id FROM entities WHERE source = 'gazetteer'"
        ).fetchall():
            db.execute("DELETE FROM entity_keys WHERE entity = ?", (entity,))
            db.execute("DELETE FROM entities WHERE id = ?", (entity,))
        for entity in knowledge.entities:
            self._put_entity(entity)
        self._set_meta("knowledge", knowledge.version)

    def _meta(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # ---------------------------------------------------------------- writing

    def add(self, documents: Iterable[Document]) -> int:
        """The number of documents added; all of them appear at once, or none."""
        added = 0
        with self._writing, self._db as db:
            db.execute("BEGIN IMMEDIATE")
            for document in documents:
                added += self._add(document)
        return added

    def replace(self, documents: Iterable[Document]) -> int:
        """The number of documents written, in place of those of the same id where there are any."""
        written = 0
        with self._writing, self._db as db:
            db.execute("BEGIN IMMEDIATE")
            for document in documents:
                self._delete(document.id)
                written += self._add(document)
        return written

    def _add(self, document: Document) -> int:
        db = self._db
        victims = Victims(document)
        row = (
            document.id, document.source, document.media_type, document.title,
            document.publisher, document.published, document.url, document.source_type,
            document.licence, document.country, document.language, document.pipeline,
            document.original, victims.masked(document.title), document.text, pack(document),
        )  # fmt: skip
        cursor = db.execute(
            f"INSERT OR IGNORE INTO documents ({DOCUMENT_COLUMNS}, shown_title, text, found) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            row,
        )
        if not cursor.rowcount:
            return 0
        n = cursor.lastrowid
        for indexed in indexed_passages(document):
            self._add_passage(document, victims, n, indexed)
        db.executemany(
            "INSERT OR IGNORE INTO mentions VALUES (?, ?, ?, ?)",
            [(m.link.entity, n, m.span.start, m.span.end) for m in document.mentions if m.link],
        )
        for entity in document.entities:
            self._put_entity(entity)
        self._move_content(row, +1)
        return 1

    def _add_passage(
        self, document: Document, victims: Victims, n: int | None, indexed: IndexedPassage
    ) -> None:
        db = self._db
        passage = indexed.passage
        kinds = " ".join(sorted({e.kind for e in indexed.events})) or None
        here = db.execute(
            "INSERT INTO passages (document, start, end, page, language, events) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (n, passage.span.start, passage.span.end, passage.page, passage.language, kinds),
        ).lastrowid
        db.execute(
            "INSERT INTO terms (rowid, folded, stemmed) VALUES (?, ?, ?)",
            (here, *index_terms(document.quote(passage.span), passage.language)),
        )
        db.executemany(
            "INSERT OR IGNORE INTO passage_values VALUES (?, ?)",
            sorted((here, self._value(field, value)) for field, value in indexed.values),
        )
        hidden = victims.spans(indexed) if indexed.events else []
        for event in indexed.events:
            self._add_event(document, hidden, n, here, event)

    def _value(self, field: str, value: str) -> int:
        """The number of a facet value, made when it is new."""
        db = self._db
        row = db.execute(
            "SELECT n FROM facet_values WHERE field = ? AND value = ?", (field, value)
        ).fetchone()
        if row:
            return int(row[0])
        inserted = db.execute(
            "INSERT INTO facet_values (field, value) VALUES (?, ?)", (field, value)
        )
        return int(inserted.lastrowid or 0)

    def _add_event(
        self,
        document: Document,
        victims: Sequence[Span],
        n: int | None,
        passage: int | None,
        event: Event,
    ) -> None:
        fillers = []
        for argument in event.arguments:
            m = document.mentions[argument.mention]
            entity = m.link.entity if m.link else None
            fillers.append(
                [argument.role, m.name, m.kind, m.span.start, m.span.end, entity, m.category]
            )
        quotes = [event.quote, *([event.response.quote] if event.response else [])]
        hidden = [s for s in victims if any(q.overlaps(s) for q in quotes)]
        response = event.response
        answered = (
            (response.status, response.quote.start, response.quote.end)
            if response
            else (None, None, None)
        )
        number = self._db.execute(
            "INSERT INTO events (document, passage, kind, assertion, attribution, score, date, "
            "trigger_start, trigger_end, quote_start, quote_end, response, response_start, "
            "response_end, arguments, victims) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                n,
                passage,
                event.kind,
                event.assertion,
                event.attribution,
                event.score,
                event.date,
                event.trigger.start,
                event.trigger.end,
                event.quote.start,
                event.quote.end,
                *answered,
                orjson.dumps(fillers).decode(),
                orjson.dumps([(s.start, s.end) for s in hidden]).decode(),
            ),
        ).lastrowid
        self._db.executemany(
            "INSERT OR IGNORE INTO involvements VALUES (?, ?, ?)",
            [(f[5], f[0], number) for f in fillers if f[5]],
        )

    def _put_entity(self, entity: Entity) -> None:
        """Stores an entity; of two spellings of one corpus entity the first by alphabet stays."""
        db = self._db
        row = db.execute("SELECT source, body FROM entities WHERE id = ?", (entity.id,)).fetchone()
        if row and (row[0] == "gazetteer" or entity.source == "gazetteer"):
            return
        if row:
            before = entity_from_json(orjson.loads(row[1]))
            names = tuple(sorted({*before.names, *entity.names}, key=lambda n: (n.text, n.kind)))
            entity = replace(min(before, entity, key=lambda e: e.name), names=names)
            if entity == before:
                return
        db.execute(
            "INSERT OR REPLACE INTO entities VALUES (?, ?, ?, ?, ?)",
            (
                entity.id,
                entity.kind,
                entity.country,
                entity.source,
                orjson.dumps(entity_to_json(entity)).decode(),
            ),
        )
        if entity.kind in PARTY_KINDS:
            found = {
                k for name in (entity.name, *(n.text for n in entity.names)) for k in keys(name)
            }
            db.executemany(
                "INSERT OR IGNORE INTO entity_keys VALUES (?, ?)",
                [(key, entity.id) for key in sorted(found)],
            )

    def _move_content(self, row: Sequence[Any], sign: int) -> None:
        """Adds all that is stored of a document to, or takes it from, the order-free sum that
        names a snapshot. `row` holds the columns of `documents` but its number."""
        digest = hashlib.sha256()
        for value in row:
            part = value if isinstance(value, bytes) else str(value).encode()
            digest.update(len(part).to_bytes(8) + part)
        value = int(self._meta("content") or 0) + sign * int.from_bytes(digest.digest()[:16])
        self._set_meta("content", str(value % MODULUS))

    def delete(self, document_ids: Iterable[str]) -> int:
        """The number of documents removed, with the corpus entities only they named."""
        removed = 0
        with self._writing, self._db as db:
            db.execute("BEGIN IMMEDIATE")
            for document_id in document_ids:
                removed += self._delete(document_id)
        return removed

    def _delete(self, document_id: str) -> int:
        db = self._db
        row = db.execute("SELECT n FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            return 0
        n = row[0]
        stored = db.execute(
            f"SELECT {DOCUMENT_COLUMNS}, shown_title, text, found FROM documents WHERE n = ?", (n,)
        ).fetchone()
        document = self.get(document_id)
        for number, start, end, language in db.execute(
            "SELECT n, start, end, language FROM passages WHERE document = ?", (n,)
        ).fetchall():
            # A table without content forgets a row only when told what the row held.
            db.execute(
                "INSERT INTO terms (terms, rowid, folded, stemmed) VALUES ('delete', ?, ?, ?)",
                (number, *index_terms(document.text[start:end], language)),
            )
            db.execute("DELETE FROM passage_values WHERE passage = ?", (number,))
        db.execute(
            "DELETE FROM involvements WHERE event IN (SELECT n FROM events WHERE document = ?)",
            (n,),
        )
        for table in ("passages", "events", "mentions"):
            db.execute(f"DELETE FROM {table} WHERE document = ?", (n,))
        db.execute("DELETE FROM documents WHERE n = ?", (n,))
        for entity in document.entities:
            if not db.execute(
                "SELECT 1 FROM mentions WHERE entity = ? LIMIT 1", (entity.id,)
            ).fetchone():
                db.execute("DELETE FROM entity_keys WHERE entity = ?", (entity.id,))
                db.execute("DELETE FROM entities WHERE id = ?", (entity.id,))
        self._move_content(stored, -1)
        return 1

    # ---------------------------------------------------------------- reading

    def known(self, document_ids: Sequence[str]) -> set[str]:
        """Those of `document_ids` that are in the index."""
        found: set[str] = set()
        for i in range(0, len(document_ids), CHUNK):
            chunk = document_ids[i : i + CHUNK]
            rows = self._rows(
                f"SELECT id FROM documents WHERE id IN ({_marks(chunk)})", tuple(chunk)
            )
            found.update(row[0] for row in rows)
        return found

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._db.execute(sql, tuple(parameters)).fetchall()
        except sqlite3.DatabaseError as error:
            raise EngineUnavailable(f"the index at {self.path} cannot be read: {error}") from error

    def search(self, query: Query) -> Results:
        """The passages that hold all the terms and filters of `query`, best first."""
        with self.consistent():
            return self._search(query)

    def _search(self, query: Query) -> Results:
        clauses = parse(query.text, self._languages())
        matches, parameters = to_sql(query, clauses)
        if query.text.strip() and not clauses:
            return Results(total=0, hits=(), facets={})
        total, facets = self._count(matches, parameters, query.facets)
        rows = self._rows(
            f"WITH matches AS MATERIALIZED ({matches}) "
            "SELECT d.id, d.title, d.publisher, d.published, d.source_type, d.url, d.source, "
            "d.media_type, p.language, p.page, p.start, p.end, "
            "substr(d.text, p.start + 1, p.end - p.start), "
            "m.rank, p.events FROM matches m JOIN passages p ON p.n = m.n "
            "JOIN documents d ON d.n = p.document "
            "ORDER BY m.rank, d.published DESC, d.id, p.start LIMIT ? OFFSET ?",
            (*parameters, query.limit, query.offset),
        )
        return Results(total=total, hits=tuple(_hit(row, clauses) for row in rows), facets=facets)

    def _languages(self) -> list[str]:
        rows = self._rows("SELECT value FROM facet_values WHERE field = 'language' ORDER BY value")
        return [row[0] for row in rows] or ["en"]

    def _count(
        self, matches: str, parameters: Sequence[Any], with_facets: bool
    ) -> tuple[int, dict[str, tuple[FacetValue, ...]]]:
        """How many passages match, and how many of them have each facet value."""
        if not with_facets:
            return self._rows(f"SELECT count(*) FROM ({matches})", parameters)[0][0], {}
        rows = self._rows(
            f"WITH matches AS MATERIALIZED ({matches}) "
            "SELECT NULL, NULL, count(*) FROM matches UNION ALL "
            "SELECT v.field, v.value, c.n FROM (SELECT pv.value, count(*) AS n FROM matches m "
            "CROSS JOIN passage_values pv ON pv.passage = m.n GROUP BY pv.value) c "
            "JOIN facet_values v ON v.n = c.value",
            parameters,
        )
        found: dict[str, list[FacetValue]] = defaultdict(list)
        labels = load().labels
        for field, value, count in rows[1:]:
            found[field].append(FacetValue(value, labels.get(value, value), count))
        facets = {
            field: tuple(sorted(found[field], key=lambda v: (-v.count, v.value)))
            for field in FACETS
            if field in found
        }
        return rows[0][2], self._named(facets)

    def _named(
        self, facets: dict[str, tuple[FacetValue, ...]]
    ) -> dict[str, tuple[FacetValue, ...]]:
        """The facets whose values are entities with the entities' names as labels."""
        for field in ("government", "vendor", "product"):
            # A page shows a few dozen; the tail keeps its id as label.
            top = facets.get(field, ())[:50]
            names = self.entities([v.value for v in top])
            if top:
                facets[field] = tuple(
                    replace(v, label=names[v.value].name) if v.value in names else v
                    for v in facets[field]
                )
        return facets

    def get(self, document_id: str) -> Document:
        """The whole document of an id, or of the one id that begins so; raises DocumentNotFound."""
        rows = self._rows(
            f"SELECT {DOCUMENT_COLUMNS}, text, found FROM documents "
            "WHERE id >= ? AND id <= ? || '~' LIMIT 2",
            (document_id, document_id),
        )
        if len(rows) != 1 or len(document_id) < SHORTEST_ID:
            found = "more than one document begins" if len(rows) > 1 else "no document begins"
            raise DocumentNotFound(f"{found} with {document_id!r} in this index")
        return _document(rows[0])

    def documents(self) -> Iterator[Document]:
        """Every document, in the order of ids, one in memory at a time."""
        for (document_id,) in self._rows("SELECT id FROM documents ORDER BY id"):
            yield self.get(document_id)

    def candidates(self, names: Sequence[str], limit: int = 20) -> list[Candidate]:
        """Entities that share name keys with any of `names`, most telling first.

        A key weighs the less the more entities share it; very common ones only count when there
        is nothing rarer.
        """
        wanted = sorted({key for name in names for key in keys(name)})
        if not wanted:
            return []
        sharing: dict[str, list[str]] = defaultdict(list)
        for key in wanted:
            rows = self._rows(
                "SELECT entity FROM entity_keys WHERE key = ? LIMIT ?", (key, COMMON_KEY + 1)
            )
            sharing[key] = [row[0] for row in rows]
        rare = {k: e for k, e in sharing.items() if 0 < len(e) <= COMMON_KEY}
        weights: dict[str, float] = defaultdict(float)
        for _, entities in sorted((rare or sharing).items()):
            for entity in entities:
                weights[entity] += 1.0 / (1 + len(entities)) ** 0.5
        best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:limit]
        found = self.entities([entity for entity, _ in best])
        return [Candidate(entity=found[e], weight=w) for e, w in best if e in found]

    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        """The entities of these ids; an unknown id is left out."""
        found: dict[str, Entity] = {}
        for i in range(0, len(ids), CHUNK):
            chunk = list(ids[i : i + CHUNK])
            rows = self._rows(f"SELECT id, body FROM entities WHERE id IN ({_marks(chunk)})", chunk)
            found.update((row[0], entity_from_json(orjson.loads(row[1]))) for row in rows)
        return found

    def involvements(
        self, entity_id: str, roles: Sequence[Role] = (), limit: int = 1000
    ) -> list[Involvement]:
        """Events in which the entity fills one of `roles` (any when empty), newest first."""
        among = f"AND i.role IN ({_marks(roles)}) " if roles else ""
        rows = self._rows(
            "SELECT i.role, e.kind, e.assertion, e.attribution, e.score, e.date, "
            "e.trigger_start, e.trigger_end, e.quote_start, e.quote_end, e.response, "
            "e.response_start, e.response_end, e.arguments, e.victims, p.page, p.language, "
            "substr(d.text, e.quote_start + 1, e.quote_end - e.quote_start), "
            "substr(d.text, e.response_start + 1, e.response_end - e.response_start), "
            + ", ".join(f"d.{c}" for c in (*DOCUMENT_COLUMNS.split(", "), "shown_title"))
            + " FROM involvements i JOIN events e ON e.n = i.event "
            "JOIN passages p ON p.n = e.passage JOIN documents d ON d.n = e.document "
            f"WHERE i.entity = ? {among}ORDER BY coalesce(e.date, d.published) DESC, d.id, "
            "e.trigger_start, e.kind, i.role LIMIT ?",
            (entity_id, *roles, limit),
        )
        return [_involvement(row) for row in rows]

    def coverage(self) -> Coverage:
        """What the index holds now; `snapshot` is the same for the same documents and versions."""
        documents, earliest, latest = self._rows(
            "SELECT count(*), min(published), max(published) FROM documents"
        )[0]
        passages = self._rows("SELECT count(*) FROM passages")[0][0]
        languages = self._rows(
            "SELECT language, count(*) FROM documents GROUP BY language ORDER BY language"
        )
        sources = self._rows(
            "SELECT coalesce(publisher, '(publisher not stated)'), count(*) FROM documents "
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"
        )
        state = f"{self._meta('content')} {self._meta('knowledge')} {INDEX_VERSION}"
        return Coverage(
            snapshot=hashlib.sha256(state.encode()).hexdigest()[:16],
            documents=documents,
            passages=passages,
            languages=dict(languages),
            sources=dict(sources),
            earliest=earliest,
            latest=latest,
        )

    def close(self) -> None:
        """Closes every connection this engine opened."""
        if self._memory is not None:
            self._memory.close()
        for _, connection in self._connections.values():
            connection.close()
        self._connections.clear()
        self._threads = threading.local()


def to_sql(query: Query, clauses: Sequence[Clause]) -> tuple[str, list[Any]]:
    """A SELECT of `n` and `rank` of the matching passages (a lower rank is better), and its values.

    Without words every passage matches, ranked alike.
    """
    where: list[str] = []
    parameters: list[Any] = []
    wanted = [_match(c) for c in clauses if not c.excluded]
    unwanted = [_match(c) for c in clauses if c.excluded]
    if wanted:
        source, rank = "terms", f"bm25(terms, {COLUMN_WEIGHTS[0]}, {COLUMN_WEIGHTS[1]})"
        where.append("terms MATCH ?")
        parameters.append(" AND ".join(wanted))
        number = "terms.rowid"
    else:
        source, rank, number = "passages", "0.0", "passages.n"
    if unwanted:
        where.append(f"{number} NOT IN (SELECT rowid FROM terms WHERE terms MATCH ?)")
        parameters.append(" OR ".join(unwanted))
    for field, values in sorted((query.filters or {}).items()):
        where.append(
            f"{number} IN (SELECT passage FROM passage_values WHERE value IN (SELECT n FROM "
            f"facet_values WHERE field = ? AND value IN ({_marks(values)})))"
        )
        parameters += [field, *values]
    for bound, compare in ((query.since, ">="), (query.until, "<=")):
        if bound:
            where.append(
                f"{number} IN (SELECT p.n FROM passages p JOIN documents d ON d.n = p.document "
                f"WHERE substr(d.published, 1, {len(bound)}) {compare} ?)"
            )
            parameters.append(bound)
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return f"SELECT {number} AS n, {rank} AS rank FROM {source}{condition}", parameters


def _match(clause: Clause) -> str:
    """A clause in FTS5's query language. Terms hold letters, marks and digits only."""
    phrase = f'folded : "{" ".join(clause.words)}"'
    if clause.prefix:
        return f"({phrase} *)"
    return "(" + " OR ".join([phrase, *(f'stemmed : "{s}"' for s in clause.stems)]) + ")"


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _hit(row: Any, clauses: Sequence[Clause]) -> Hit:
    (document, title, publisher, published, source_type, url, source, media_type, language, page,
     start, end, text, rank, events) = row  # fmt: skip
    return Hit(
        document=document,
        title=title,
        publisher=publisher,
        published=published,
        source_type=source_type,
        url=url,
        source=source,
        media_type=media_type,
        language=language,
        page=page,
        start=start,
        end=end,
        text=text,
        score=round(-rank, 6),
        events=tuple(events.split()) if events else (),
        highlights=tuple(Highlight(start=a, end=b) for a, b in highlights(text, language, clauses)),
    )


def _document(row: Any) -> Document:
    (id_, source, media_type, title, publisher, published, url, source_type, licence, country,
     language, pipeline, original, *rest) = row  # fmt: skip
    text, found = rest if rest else ("", None)
    return Document(
        id=id_,
        source=source,
        media_type=media_type,
        text=text,
        title=title,
        publisher=publisher,
        published=published,
        url=url,
        source_type=source_type,
        licence=licence,
        country=country,
        language=language,
        pipeline=pipeline,
        original=original,
        **(unpack(found, text) if found is not None else {}),
    )


def _involvement(row: Any) -> Involvement:
    (role, kind, assertion, attribution, score, date, trigger_start, trigger_end, quote_start,
     quote_end, response, response_start, response_end, arguments, victims, page, language, quote,
     response_text, *document, shown_title) = row  # fmt: skip
    fillers: dict[str, list[Filler]] = defaultdict(list)
    for filler_role, name, filler_kind, start, end, entity, category in orjson.loads(arguments):
        fillers[filler_role].append(
            Filler(
                name=name,
                kind=filler_kind,
                span=Span(start, end),
                entity=entity,
                category=category,
            )
        )
    return Involvement(
        document=_document(document),
        event_kind=kind,
        role=role,
        assertion=assertion,
        attribution=attribution,
        score=score,
        date=date,
        trigger=Span(trigger_start, trigger_end),
        quote=Span(quote_start, quote_end),
        quote_text=quote,
        page=page,
        language=language,
        arguments={name: tuple(group) for name, group in fillers.items()},
        response=Response(response, Span(response_start, response_end)) if response else None,
        response_text=response_text if response else None,
        victims=tuple(Span(*pair) for pair in orjson.loads(victims)),
        shown_title=shown_title,
    )
