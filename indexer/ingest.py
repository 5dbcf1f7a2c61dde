"""The load: walk, read, annotate, add. Resumable at any point, and one bad file stops no other."""

import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from pebble import ProcessExpired, ProcessPool

from indexer.engine import Engine
from indexer.ledger import KNOWN, READ, UNREAD, Ledger, LoadItem, LoadReport
from indexer.originals import Originals, sha256_of
from indexer.readers.media import PDF
from indexer.readers.reading import (
    Metadata,
    UnreadableDocument,
    members,
    rows,
    shape,
    sniff,
)
from indexer.workers import annotate_rows, read_bytes, read_file, start_pool
from nlp.records import Document

# Bytes of a file that tell what it is; a ZIP is told from a Word file by its whole.
HEAD = 1 << 16
ZIP_HEAD = 512 << 20
# Rows go to a worker in lots of about this many characters: small enough that a killed load
# repeats little, large enough that sending them costs nothing.
LOT_CHARACTERS = 200_000
LOT_ROWS = 200
# Documents are added together until there are this many or this many seconds have passed.
COMMIT_DOCUMENTS = 32
COMMIT_SECONDS = 2.0
# Tasks under way for each worker: enough that none waits, few enough that memory stays bounded.
AHEAD = 3
# Seconds a worker may take over one file, and over each MiB of it on top.
TIMEOUT = 300.0
TIMEOUT_PER_MIB = 10.0
# A PDF may be a scan: 300 pages of it take Tesseract half an hour.
PDF_TIMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a load is: bytes of all files passed, and what came of them."""

    done: int
    total: int
    report: LoadReport


@dataclass(slots=True)
class _Task:
    """Work at a worker: a file, or some corpus rows (kept to be tried again one by one)."""

    future: "Future[Any]"
    source: str
    document_id: str | None = None
    rows: list[Document] = field(default_factory=list)
    timeout: float = TIMEOUT


class InstallationBroken(Exception):
    """A library that reading needs cannot be imported; no file is to blame."""


class _Load:
    """The state of one load: the tasks under way, what waits to be written, and the report."""

    def __init__(
        self,
        engine: Engine,
        ledger: Ledger,
        originals: Originals,
        pool: ProcessPool,
        report: LoadReport,
        limit: int,
        timeout: float,
        tell: Callable[[int], None],
        again: bool,
    ) -> None:
        self.engine = engine
        self.ledger = ledger
        self.originals = originals
        self.pool = pool
        self.report = report
        self.limit = limit
        self.timeout = timeout
        self.again = again  # known documents are read anew
        self.tell = tell  # called with the bytes of input passed
        self.passed = 0  # bytes of the files before this one
        self.position = 0  # bytes of this one
        self.tasks: deque[_Task] = deque()
        self.met: dict[str, str] = {}  # id -> source of what was sent to a worker in this load
        self.twins: dict[str, list[str]] = {}  # id -> sources of the same bytes met since
        self.failed_before: dict[str, str] = {}  # id -> why its first source could not be read
        self.documents: list[Document] = []
        self.items: list[LoadItem] = []
        self.written = time.monotonic()

    # ------------------------------------------------------------- sending

    def file(self, path: Path, source: str, columns: Mapping[str, str], defaults: Metadata) -> None:
        """Sends one file, or the rows or members of it, to the workers."""
        try:
            media_type = _media_type(path)
            form = shape(media_type)
            sha256 = sha256_of(path)
            if form == "document" and self.is_known(sha256, source):
                return
            self.originals.keep(path, sha256)
            if form == "corpus":
                with path.open("rb") as stream:
                    self.corpus(stream, source, media_type, sha256, columns, defaults)
            elif form == "archive":
                self.archive(path, source, sha256, columns, defaults)
            else:
                self.met[sha256] = source
                arguments = (path, source, media_type, defaults)
                times = PDF_TIMES if media_type == PDF else 1
                size = path.stat().st_size
                self.send(read_file, arguments, source, size, document_id=sha256, times=times)
        except UnreadableDocument as error:
            self.unread(source, error.reason)
        except OSError as error:
            self.unread(source, f"The file cannot be opened: {error.strerror or error}.")

    def is_known(self, document_id: str, source: str) -> bool:
        """True when the document is in the index or on its way; it is then counted as known."""
        if document_id in self.met:
            self.twin(document_id, source)
            return True
        if self.again or not self.engine.known([document_id]):
            return False
        self.item(LoadItem(source=source, status=KNOWN, document=document_id))
        return True

    def twin(self, document_id: str, source: str) -> None:
        """Counts a file of the same bytes as one of this load: with it, once that is read."""
        if reason := self.failed_before.get(document_id):
            self.unread(source, reason)
        else:
            self.twins.setdefault(document_id, []).append(source)

    def corpus(
        self,
        stream: BinaryIO,
        source: str,
        media_type: str,
        sha256: str,
        columns: Mapping[str, str],
        defaults: Metadata,
    ) -> None:
        """Sends the rows of a corpus in lots, leaving out those that are known."""
        lot: list[Document] = []
        size = 0
        for row in rows(stream, media_type, columns, source, defaults=defaults):
            if row.document is None:
                self.unread(f"{source}#{row.number}", row.reason or "The row cannot be read.")
                continue
            lot.append(replace(row.document, original=sha256))
            size += len(row.document.text)
            if size >= LOT_CHARACTERS or len(lot) >= LOT_ROWS:
                self.position = stream.tell()
                self.lot(lot)
                lot, size = [], 0
        self.lot(lot)

    def lot(self, documents: list[Document]) -> None:
        """Sends some rows to a worker together."""
        known = set() if self.again else self.engine.known([d.id for d in documents])
        new = []
        for document in documents:
            if document.id in self.met:
                self.twin(document.id, document.source)
            elif document.id in known:
                self.item(LoadItem(source=document.source, status=KNOWN, document=document.id))
            else:
                self.met[document.id] = document.source
                new.append(document)
        if new:
            self.send(annotate_rows, (new,), new[0].source, sum(len(d.text) for d in new), new)

    def archive(
        self,
        path: Path,
        source: str,
        sha256: str,
        columns: Mapping[str, str],
        defaults: Metadata,
    ) -> None:
        """Sends the members of an archive, each as a file of its own."""
        for member in members(path, source):
            if member.data is None:
                self.unread(member.name, member.reason or "The member cannot be read.")
                continue
            try:
                self.member(member.name, member.data, sha256, columns, defaults)
            except UnreadableDocument as error:
                self.unread(member.name, error.reason)

    def member(
        self,
        name: str,
        data: bytes,
        archive: str,
        columns: Mapping[str, str],
        defaults: Metadata,
    ) -> None:
        """Sends one member of an archive, or the rows in it."""
        media_type = sniff(data, name)
        if shape(media_type) == "corpus":
            self.corpus(BytesIO(data), name, media_type, archive, columns, defaults)
            self.position = 0
            return
        document_id = hashlib.sha256(data).hexdigest()
        if not self.is_known(document_id, name):
            self.met[document_id] = name
            arguments = (data, name, media_type, defaults, archive)
            times = PDF_TIMES if media_type == PDF else 1
            self.send(read_bytes, arguments, name, len(data), document_id=document_id, times=times)

    def send(
        self,
        function: Callable[..., Document] | Callable[..., list[Document]],
        arguments: tuple[object, ...],
        source: str,
        size: int,
        documents: Sequence[Document] = (),
        document_id: str | None = None,
        times: int = 1,
    ) -> None:
        """Gives a task to the pool; waits first while enough are under way."""
        while len(self.tasks) >= self.limit:
            self.take()
        timeout = times * self.timeout + TIMEOUT_PER_MIB * size / (1 << 20)
        future = self.pool.schedule(function, args=arguments, timeout=timeout)
        self.tasks.append(_Task(future, source, document_id, list(documents), timeout))

    # ------------------------------------------------------------- taking

    def take(self) -> None:
        """Takes the oldest result, in the order of sending, and writes when there is enough."""
        task = self.tasks.popleft()
        try:
            result = task.future.result()
        except UnreadableDocument as error:
            self.failed_for_good(task.source, task.document_id, error.reason)
        except ImportError as error:
            raise InstallationBroken(
                f"This installation lacks a part ({error}): run `make install` again."
            ) from error
        except TimeoutError:
            self.failed(task, f"Reading it took longer than {task.timeout:.0f} seconds; stopped.")
        except (ProcessExpired, MemoryError):
            self.failed(
                task, "The process that read it broke down, most likely for want of memory."
            )
        # Whatever a foreign library raises on one file must not stop the others.
        except Exception as error:
            self.failed(task, f"It cannot be read ({type(error).__name__}: {error}).")
        else:
            for document in result if isinstance(result, list) else [result]:
                self.add(document)
        if (
            len(self.documents) >= COMMIT_DOCUMENTS
            or time.monotonic() - self.written > COMMIT_SECONDS
        ):
            self.write()
        self.tell(self.passed + self.position)

    def failed(self, task: _Task, reason: str) -> None:
        """A task that broke down: rows are tried again one by one, so only the bad one fails."""
        if len(task.rows) <= 1:
            row = task.rows[0] if task.rows else None
            source, document_id = (row.source, row.id) if row else (task.source, task.document_id)
            self.failed_for_good(source, document_id, reason)
            return
        for document in task.rows:
            future = self.pool.schedule(annotate_rows, args=([document],), timeout=self.timeout)
            self.tasks.append(_Task(future, document.source, document.id, [document], self.timeout))

    def failed_for_good(self, source: str, document_id: str | None, reason: str) -> None:
        """Counts a source that could not be read, and those of the same bytes with it."""
        self.unread(source, reason)
        if document_id:
            self.failed_before[document_id] = reason
            for twin in self.twins.pop(document_id, ()):
                self.unread(twin, reason)

    def add(self, document: Document) -> None:
        """Puts a document with the next ones to be written."""
        self.documents.append(document)
        statuses = [page.status for page in document.pages]
        self.items.append(
            LoadItem(
                source=document.source,
                status=READ,
                document=document.id,
                reason=" ".join(document.warnings) or None,
                pages=len(statuses),
                pages_ocr=statuses.count("ocr"),
                pages_unread=statuses.count("unread"),
                words=len(document.text.split()),
            )
        )

    def fits(self, document: Document, write: Callable[[list[Document]], int]) -> bool:
        """True when a document could be written by itself; it is counted as unread if not."""
        try:
            write([document])
        except (ValueError, TypeError, OverflowError) as error:
            self.items = [i for i in self.items if i.document != document.id]
            reason = f"The index cannot store it ({error})."
            self.failed_for_good(document.source, document.id, reason)
            return False
        return True

    def forget(self, document_id: str) -> None:
        """Counts the files of the same bytes as one that was written; the index knows it now."""
        reason = f"The same bytes as {self.met.pop(document_id, 'a file before')}."
        for twin in self.twins.pop(document_id, ()):
            self.item(LoadItem(source=twin, status=KNOWN, document=document_id, reason=reason))

    def unread(self, source: str, reason: str) -> None:
        """Counts a file or row that could not be read."""
        self.item(LoadItem(source=source, status=UNREAD, reason=reason))

    def item(self, item: LoadItem) -> None:
        self.items.append(item)

    def write(self) -> None:
        """Adds what waits to the index, then to the report."""
        write = self.engine.replace if self.again else self.engine.add
        try:
            write(self.documents)
        # Whatever one document does to the index must not lose the others: one by one then.
        except (ValueError, TypeError, OverflowError):
            self.documents = [d for d in self.documents if self.fits(d, write)]
        for document in self.documents:
            self.forget(document.id)
        self.ledger.add_items(self.report, self.items)
        self.documents, self.items = [], []
        self.written = time.monotonic()


def ingest(
    paths: Iterable[Path],
    engine: Engine,
    ledger: Ledger,
    originals: Originals,
    *,
    columns: Mapping[str, str] | None = None,
    defaults: Metadata | None = None,
    workers: int | None = None,
    timeout: float = TIMEOUT,
    leave_out: Path | None = None,
    again: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> LoadReport:
    """The report of loading files and folders (walked in order) into the index.

    Documents that are in the index are left as they are, so a load that was killed is finished by
    running it again; with `again` they are read anew, which is what a new version or a newly
    installed Tesseract is for. `workers` defaults to the number of processors, `timeout` is in
    seconds a file. `leave_out` is a folder that is passed over, such as the one the index lies in.
    `on_progress` is called after every file and every few rows.
    """
    paths = list(paths)
    files = list(walk(paths, leave_out))
    total = sum(size for _, _, size in files)
    started = time.monotonic()
    report = ledger.start_load([str(p) for p in paths])

    def tell(done: int) -> None:
        report.seconds = round(time.monotonic() - started, 3)
        if on_progress:
            on_progress(Progress(done=done, total=total, report=report))

    workers = workers or os.cpu_count() or 1
    with start_pool(workers) as pool:
        load = _Load(engine, ledger, originals, pool, report, workers * AHEAD, timeout, tell, again)
        for path, reason, size in files:
            if reason:
                load.unread(shown(path), reason)
            else:
                load.file(path, shown(path), columns or {}, defaults or Metadata())
            load.passed += size
            load.position = 0
        while load.tasks:
            load.take()
        load.write()
    tell(total)
    ledger.finish_load(report)
    return report


def walk(
    paths: Iterable[Path], leave_out: Path | None = None
) -> Iterator[tuple[Path, str | None, int]]:
    """Every file below `paths` in order of name, with its size in bytes, or why it is passed over.

    Links to folders are not followed, so that a circle of links ends.
    """
    kept = leave_out.resolve() if leave_out else None
    for path in paths:
        if not path.is_dir():
            yield _entry(path)
            continue
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(f for f in folders if (Path(folder) / f).resolve() != kept)
            for name in sorted(names):
                yield _entry(Path(folder) / name)
        for error in closed:
            yield Path(error.filename), f"The folder cannot be opened: {error.strerror}.", 0


def shown(path: Path) -> str:
    """The path as text; bytes of its name that are no UTF-8 are replaced."""
    return os.fsencode(path).decode("utf-8", "replace")


def _entry(path: Path) -> tuple[Path, str | None, int]:
    try:
        if not path.exists():
            return path, "There is no such file.", 0
        if not path.is_file():
            return path, "It is no regular file.", 0
        return path, None, path.stat().st_size
    except OSError as error:
        return path, f"The file cannot be opened: {error.strerror}.", 0


def _media_type(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        if head.startswith(b"PK"):
            head += stream.read(ZIP_HEAD)
    return sniff(head, path.name)
