"""What must never be lost: the reports of loads and the screenings as they were answered.

Lives beside the index in a SQL database, SQLite or PostgreSQL by URL. Rows are added and finished,
never changed otherwise and never deleted.
"""

import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

METADATA = MetaData()
LOADS = Table(
    "loads",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("started", String(32), nullable=False),
    Column("finished", String(32)),
    Column("paths", Text, nullable=False),
    Column("report", Text),
)
LOAD_ITEMS = Table(
    "load_items",
    METADATA,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("load", String(32), nullable=False),
    Column("source", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("document", String(64)),
    Column("reason", Text),
    Column("pages", Integer, nullable=False),
    Column("pages_ocr", Integer, nullable=False),
    Column("pages_unread", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Index("load_items_load", "load", "status"),
)
SCREENINGS = Table(
    "screenings",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("created", String(32), nullable=False),
    Column("reference", Text, nullable=False),
    Column("input_sha256", String(64), nullable=False),
    Column("result_sha256", String(64), nullable=False),
    Column("request", Text, nullable=False),
    Column("response", Text, nullable=False),
    Index("screenings_reference", "reference"),
)

# Two processes that start in an empty home both find no tables; the second try finds them.
MAKE_TRIES = 5
# Distinct reasons that a report counts; all of them are in the items.
REASONS = 100
READ, KNOWN, UNREAD = "read", "known", "unread"


class LedgerUnavailable(Exception):
    """The ledger's database cannot be reached; nothing was recorded."""


class ScreeningNotFound(Exception):
    """No screening has this id."""


class LoadNotFound(Exception):
    """No load has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadItem:
    """What became of one file or corpus row: `read`, `known` before, or `unread` with a reason."""

    source: str
    status: str
    document: str | None = None
    reason: str | None = None
    pages: int = 0
    pages_ocr: int = 0
    pages_unread: int = 0
    words: int = 0


@dataclass(slots=True, kw_only=True)
class LoadReport:
    """One load in numbers. `finished` is None while it runs or when it was killed.

    `pages` counts pages of files that have any; `reasons` counts why files were not read.
    """

    id: str
    started: str
    paths: list[str]
    finished: str | None = None
    read: int = 0
    known: int = 0
    unread: int = 0
    words: int = 0
    pages: int = 0
    pages_ocr: int = 0
    pages_unread: int = 0
    seconds: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)

    def count(self, item: LoadItem) -> None:
        """Adds one item to the numbers."""
        if item.status == READ:
            self.read += 1
        elif item.status == KNOWN:
            self.known += 1
        else:
            self.unread += 1
        why = item.reason if item.status == UNREAD else None
        if why and (why in self.reasons or len(self.reasons) < REASONS):
            self.reasons[why] = self.reasons.get(why, 0) + 1
        self.words += item.words
        self.pages += item.pages
        self.pages_ocr += item.pages_ocr
        self.pages_unread += item.pages_unread


def now() -> str:
    """The present time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ledger:
    """The ledger behind a SQLAlchemy URL; tables are made if missing.

    Raises LedgerUnavailable when the database cannot be reached.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise LedgerUnavailable(f"{url!r} is no database URL: use sqlite:///PATH") from error
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine: Engine = create_engine(parsed)
        if parsed.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _durable)
        shown = parsed.render_as_string(hide_password=True)
        try:
            _make_tables(self._engine)
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error)
            raise LedgerUnavailable(f"the ledger at {shown} cannot be opened: {why}") from error

    @contextmanager
    def _db(self) -> Iterator[Connection]:
        """A transaction; raises LedgerUnavailable for whatever the database raises."""
        try:
            with self._engine.begin() as db:
                yield db
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error)
            raise LedgerUnavailable(f"the ledger cannot be read or written: {why}") from error

    def start_load(self, paths: Iterable[str]) -> LoadReport:
        """A new load, recorded as running."""
        report = LoadReport(id=uuid.uuid4().hex[:12], started=now(), paths=list(paths))
        with self._db() as db:
            db.execute(
                insert(LOADS).values(
                    id=report.id,
                    started=report.started,
                    paths=orjson.dumps(report.paths).decode(),
                )
            )
        return report

    def add_items(self, report: LoadReport, items: Iterable[LoadItem]) -> None:
        """Records what became of some files and counts them in the report."""
        rows = []
        for item in items:
            report.count(item)
            rows.append(
                {
                    "load": report.id,
                    "source": item.source,
                    "status": item.status,
                    "document": item.document,
                    "reason": item.reason,
                    "pages": item.pages,
                    "pages_ocr": item.pages_ocr,
                    "pages_unread": item.pages_unread,
                    "words": item.words,
                }
            )
        if rows:
            with self._db() as db:
                db.execute(insert(LOAD_ITEMS), rows)

    def finish_load(self, report: LoadReport) -> None:
        """Records the report as final."""
        report.finished = now()
        with self._db() as db:
            db.execute(
                update(LOADS)
                .where(LOADS.c.id == report.id)
                .values(finished=report.finished, report=orjson.dumps(report).decode())
            )

    def loads(self, limit: int = 50) -> list[LoadReport]:
        """The latest loads, newest first; one that was killed has no end and is counted anew."""
        with self._db() as db:
            rows = db.execute(select(LOADS).order_by(LOADS.c.started.desc()).limit(limit)).all()
        return [self._report(row) for row in rows]

    def load(self, load_id: str) -> LoadReport:
        """The report of one load; raises LoadNotFound."""
        with self._db() as db:
            row = db.execute(select(LOADS).where(LOADS.c.id == load_id)).first()
        if row is None:
            raise LoadNotFound(f"no load {load_id!r}: `evidence loads` lists them")
        return self._report(row)

    def _report(self, row: Any) -> LoadReport:
        if row.report:
            return LoadReport(**orjson.loads(row.report))
        report = LoadReport(id=row.id, started=row.started, paths=orjson.loads(row.paths))
        c = LOAD_ITEMS.c
        with self._db() as db:
            counted = db.execute(
                select(
                    c.status,
                    func.count(),
                    func.sum(c.words),
                    func.sum(c.pages),
                    func.sum(c.pages_ocr),
                    func.sum(c.pages_unread),
                )
                .where(c.load == row.id)
                .group_by(c.status)
            ).all()
        for status, count, words, pages, ocr, unread in counted:
            setattr(report, status, count)
            report.words += words
            report.pages += pages
            report.pages_ocr += ocr
            report.pages_unread += unread
        return report

    def items(
        self,
        load_id: str,
        statuses: Iterable[str] = (UNREAD,),
        limit: int = 1000,
        *,
        remarkable: bool = False,
    ) -> list[LoadItem]:
        """What became of the files of a load, those of the given statuses, in order; with
        `remarkable` only those unread, read in part, or read with a warning."""
        c = LOAD_ITEMS.c
        odd = or_(c.status == UNREAD, c.reason.is_not(None), c.pages_unread > 0)
        with self._db() as db:
            rows = db.execute(
                select(LOAD_ITEMS)
                .where(c.load == load_id, c.status.in_(list(statuses)))
                .where(odd if remarkable else true())
                .order_by(c.n)
                .limit(limit)
            ).all()
        return [
            LoadItem(
                source=r.source,
                status=r.status,
                document=r.document,
                reason=r.reason,
                pages=r.pages,
                pages_ocr=r.pages_ocr,
                pages_unread=r.pages_unread,
                words=r.words,
            )
            for r in rows
        ]

    def freeze(
        self,
        *,
        screening_id: str,
        created: str,
        reference: str,
        input_sha256: str,
        result_sha256: str,
        request: bytes,
        response: bytes,
    ) -> None:
        """Keeps a screening as it was answered."""
        with self._db() as db:
            db.execute(
                insert(SCREENINGS).values(
                    id=screening_id,
                    created=created,
                    reference=reference,
                    input_sha256=input_sha256,
                    result_sha256=result_sha256,
                    request=request.decode(),
                    response=response.decode(),
                )
            )

    def screening(self, screening_id: str) -> bytes:
        """The answer of a past screening, byte for byte; raises ScreeningNotFound."""
        with self._db() as db:
            row = db.execute(
                select(SCREENINGS.c.response).where(SCREENINGS.c.id == screening_id)
            ).first()
        if row is None:
            raise ScreeningNotFound(f"no screening {screening_id!r}")
        return str(row.response).encode()

    def close(self) -> None:
        """Releases the connections."""
        self._engine.dispose()


def _make_tables(engine: Engine) -> None:
    """Makes the tables that are missing; another process may be making them at the same time."""
    for attempt in range(MAKE_TRIES):
        try:
            METADATA.create_all(engine)
            return
        except OperationalError:
            if attempt == MAKE_TRIES - 1:
                raise
            time.sleep(0.1)


def _durable(connection: Any, _record: Any) -> None:
    """SQLite that survives a killed process and lets readers read while one writes."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA busy_timeout = 60000")
    cursor.close()
