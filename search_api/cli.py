"""The command line. Results go to standard output, progress and messages to standard error."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from pydantic import ValidationError

from search_api.settings import Settings

if TYPE_CHECKING:
    from indexer.ingest import Progress
    from indexer.ledger import LoadReport
    from search_api.answer import PartyResult, Screening
    from search_api.service import Service

# C0 and C1 controls but tab and line feed: a document could move the cursor or rename the window.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# The one format that has pages.
PDF = "application/pdf"
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="abuse-evidence")
def cli() -> None:
    """Finds who did what to whom with which technology, and screens licence applications.

    Where things are kept is set in the environment: EVIDENCE_HOME (default .evidence here).
    """


def fail(message: str) -> NoReturn:
    """Ends the program with one sentence and exit code 1."""
    raise click.ClickException(message)


def say(message: str) -> None:
    """A message for the person at the terminal."""
    click.echo(message, err=True)


def show_line(text: str = "", **style: Any) -> None:
    """A line on standard output; control characters of a document do not reach the terminal."""
    click.echo(click.style(CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), **style))


def counted(number: int, thing: str) -> str:
    """ "1 passage", "2 passages"."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def put(record: object) -> None:
    """One JSON object on a line of standard output."""
    import orjson

    sys.stdout.write(orjson.dumps(record).decode() + "\n")
    sys.stdout.flush()


def settings() -> Settings:
    """The settings of the environment; a wrong one ends the program and is named."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "EVIDENCE_" + "_".join(str(part) for part in first["loc"]).upper()
        fail(f"{name}: {first['msg']}")


@contextmanager
def opened() -> Iterator["Service"]:
    """The service of the settings, for the time of one command."""
    from indexer.engine import EngineUnavailable, IndexVersionMismatch
    from indexer.ledger import LedgerUnavailable
    from search_api.service import open_service

    try:
        service = open_service(settings())
    except (EngineUnavailable, IndexVersionMismatch, LedgerUnavailable, ValueError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"EVIDENCE_HOME: {settings().home} cannot be used: {error.strerror or error}")
    try:
        yield service
    finally:
        service.close()


# ------------------------------------------------------------------------ load


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--columns",
    default="",
    help="Columns of JSON lines or CSV: text=body,title=headline,date=published,url=link,"
    "publisher=outlet,country=iso",
)
@click.option("--again", is_flag=True, help="Read anew what is in the index already.")
@click.option("--publisher", help="Publisher, where a file states none.")
@click.option("--published", help="Publication date (ISO 8601), where a file states none.")
@click.option("--source-type", help="Type of source, where a file states none: NGO_INTL, WIRE, ...")
@click.option("--country", help="Country the documents are about, where a file states none.")
@click.option("--licence", help="Licence of the corpus, where a file states none.")
@JSON
def load(
    paths: tuple[Path, ...],
    columns: str,
    again: bool,
    publisher: str | None,
    published: str | None,
    source_type: str | None,
    country: str | None,
    licence: str | None,
    as_json: bool,
) -> None:
    """Load files and folders into the index.

    Reads PDF, HTML, DOCX, text, Markdown, JSON lines and CSV, gzipped or zipped. What is in the
    index already is passed over, so a load that was interrupted goes on when it is started again.
    Files that cannot be read are reported and stop no other.
    """
    from indexer.ingest import InstallationBroken, ingest
    from indexer.readers.reading import Metadata, UnreadableDocument

    missing = [str(p) for p in paths if not p.exists()]
    if any(re.match(r"\w+:/", name) for name in missing):
        fail("addresses are not fetched: save the page, and load the file")
    if missing:
        fail(f"there is no {', '.join(missing)}")
    _check_defaults(source_type, published, country)
    defaults = Metadata(
        publisher=publisher,
        published=published,
        source_type=source_type,
        country=country,
        licence=licence,
    )
    with opened() as service, _progress() as on_progress:
        try:
            report = ingest(
                paths,
                service.engine,
                service.ledger,
                service.originals,
                columns=_columns(columns),
                defaults=defaults,
                workers=service.settings.workers or None,
                timeout=service.settings.file_timeout,
                leave_out=service.settings.home,
                again=again,
                on_progress=on_progress,
            )
        except UnreadableDocument as error:
            fail(error.reason)
        except InstallationBroken as error:
            fail(str(error))
        except KeyboardInterrupt:
            fail("Stopped. What was read is kept; the same command goes on from there.")
        unread = service.ledger.items(report.id)
    if as_json:
        put(report)
    else:
        _show_load(report, unread)


def _check_defaults(source_type: str | None, published: str | None, country: str | None) -> None:
    """Ends the program when a value that stands for a whole load means nothing."""
    from indexer.readers.dates import iso
    from nlp.knowledge.loader import load as knowledge

    known_types = {s.code for s in knowledge().source_types}
    if source_type and source_type not in known_types:
        fail(f"--source-type {source_type!r}: use one of {', '.join(sorted(known_types))}")
    if published and not iso(published):
        fail(f"--published {published!r}: write 2021, 2021-06 or 2021-06-30")
    if country and not knowledge().country_in_any_language(country):
        fail(f"--country {country!r}: write a name or an ISO 3166 code such as RS")


def _columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not name.strip() or not column.strip() for name, _, column in pairs):
        fail(f"--columns {text!r}: write field=column, separated by commas")
    return {name.strip(): column.strip() for name, _, column in pairs}


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on standard error with documents, words a second and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
        console=Console(stderr=True),
    ) as bar:
        task = bar.add_task("Starting workers", total=None, rate="")

        def show(progress: "Progress") -> None:
            report = progress.report
            rate = report.words / report.seconds if report.seconds else 0
            bar.update(
                task,
                description=f"{report.read:,} read, {report.known:,} known, "
                f"{report.unread:,} unread",
                total=max(progress.total, 1),
                completed=progress.done,
                rate=f"{rate:,.0f} words/s",
            )

        yield show


def _show_load(report: "LoadReport", unread: list[Any]) -> None:
    show_line(
        f"Load {report.id}: {report.read:,} read, {report.known:,} known before, "
        f"{report.unread:,} unread; {report.words:,} words in {report.seconds:,.1f} s."
    )
    if report.known and not report.read:
        show_line("Known documents keep what their first load made of them; --again reads anew.")
    if report.pages:
        show_line(
            f"Pages: {report.pages:,}, of which {report.pages_ocr:,} recognised from pictures and "
            f"{report.pages_unread:,} unread."
        )
    for item in unread[:20]:
        show_line(f"  unread  {item.source}: {item.reason}")
    if len(unread) > 20:
        show_line(f"  ... all of them: evidence loads {report.id}")


@cli.command()
@click.argument("load_id", required=False)
@JSON
def loads(load_id: str | None, as_json: bool) -> None:
    """List the loads, or show what LOAD_ID read in part or could not read, and why."""
    from indexer.ledger import KNOWN, READ, UNREAD, LoadNotFound

    with opened() as service:
        try:
            reports = [service.ledger.load(load_id)] if load_id else service.ledger.loads()
        except LoadNotFound as error:
            fail(str(error))
        every = (UNREAD, READ, KNOWN)
        items = service.ledger.items(load_id, every, 100_000, remarkable=True) if load_id else []
    if as_json:
        for record in (*reports, *items):
            put(record)
        return
    for report in reports:
        end = f"{report.seconds:,.1f} s" if report.finished else "did not finish; load again"
        show_line(
            f"{report.id}  {report.started}  {report.read:,} read, {report.known:,} known, "
            f"{report.unread:,} unread, {report.words:,} words  ({end})  {' '.join(report.paths)}"
        )
    for item in items:
        pages = f" ({item.pages_unread} of {item.pages} pages unread)" if item.pages_unread else ""
        show_line(f"  {item.status:6}  {item.source}{pages}: {item.reason or ''}")
    if not reports:
        show_line("Nothing was loaded yet: evidence load PATH")


# ---------------------------------------------------------------------- search


@cli.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--filter", "filters", multiple=True, help="FACET=VALUE, repeatable.")
@click.option("--since", help="Earliest publication date, as 2021 or 2021-12-03.")
@click.option("--until", help="Latest publication date.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000))
@JSON
def search(
    text: tuple[str, ...],
    filters: tuple[str, ...],
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find passages that hold all the words and "quoted phrases" of TEXT."""
    from indexer.engine import Query

    with opened() as service:
        try:
            query = Query(
                text=" ".join(text),
                filters=_filters(filters),
                since=since,
                until=until,
                limit=limit,
            )
            results = service.engine.search(query)
        except ValueError as error:
            fail(str(error))
    if as_json:
        for hit in results.hits:
            put(hit)
        return
    show_line(counted(results.total, "passage"))
    if not results.total and not service.engine.coverage().documents:
        show_line(f"Nothing is loaded in {service.settings.home}: evidence load PATH")
    for hit in results.hits:
        where = ", ".join(filter(None, (hit.publisher, hit.published)))
        show_line()
        show_line(hit.title or Path(hit.source).name, bold=True)
        page = f"; page {hit.page}" if hit.media_type == PDF else ""
        show_line(f"{where or 'no publisher or date'}{page}; {hit.document[:16]}")
        click.echo(_marked(hit.text, [(h.start, h.end) for h in hit.highlights]))


def _filters(pairs: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        field, sign, value = pair.partition("=")
        if not sign:
            fail(f"--filter {pair!r}: write FACET=VALUE, such as event=SURV.BIOMETRIC")
        found[field] = (*found.get(field, ()), value)
    return found


def _marked(text: str, places: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    text = CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    for start, end in places:
        parts += [text[at:start], click.style(text[start:end], bold=True, fg="yellow")]
        at = end
    return "".join([*parts, text[at:]])


@cli.command()
@click.argument("document")
@JSON
def show(document: str, as_json: bool) -> None:
    """Show DOCUMENT (an id, or the beginning of one) with what was found in it."""
    from indexer.engine import DocumentNotFound

    with opened() as service:
        try:
            found = service.engine.get(document)
        except DocumentNotFound as error:
            fail(str(error))
    if as_json:
        put(found)
        return
    show_line(found.title or found.source, bold=True)
    for name in ("id", "source", "publisher", "published", "url", "source_type", "licence",
                 "country", "language", "pipeline"):  # fmt: skip
        show_line(f"{name:12} {getattr(found, name) or '-'}")
    for warning in found.warnings:
        show_line(f"warning      {warning}")
    show_line(f"\n{found.text}\n")
    for event in found.events:
        roles = ", ".join(f"{a.role}: {found.mentions[a.mention].name}" for a in event.arguments)
        show_line(
            f"page {found.page_of(event.trigger)}  {event.kind} ({event.assertion}) "
            f"{found.quote(event.trigger)!r}  {roles}"
        )


# ---------------------------------------------------------------------- screen


@cli.command()
@click.argument("file", type=click.File("rb"))
@JSON
def screen(file: Any, as_json: bool) -> None:
    """Screen the licence application in FILE (JSON, or one a line); - for standard input."""
    from search_api.application import Application
    from search_api.screening import NotAllowed, TooManyParties, screen_and_freeze

    name = getattr(file, "name", "standard input")
    with opened() as service:
        for place, text in _applications(file.read()):
            try:
                application = Application.model_validate_json(text)
                result = screen_and_freeze(
                    application,
                    service.engine,
                    service.ledger,
                    product_version=service.version,
                    max_parties=service.settings.max_parties,
                    show_victims=service.settings.show_victims,
                )
            except ValidationError as error:
                first = error.errors()[0]
                field = ".".join(str(part) for part in first["loc"])
                fail(f"{name}{place}: {field + ': ' if field else ''}{first['msg']}")
            except (NotAllowed, TooManyParties) as error:
                fail(f"{name}{place}: {error}")
            if as_json:
                put(result)
            else:
                _show_screening(result)


def _applications(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(place, JSON) of each application: the whole file, or its lines when each is an object."""
    import orjson

    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        lines = [(n, line) for n, line in enumerate(data.splitlines(), 1) if line.strip()]
        if len(lines) > 1:
            yield from ((f", line {n}", line) for n, line in lines)
            return
    yield "", data


def _show_screening(result: "Screening") -> None:
    level = result.summary.level.replace("_", " ").upper()
    show_line(f"{result.reference}: {level}", bold=True)
    show_line(result.summary.statement)
    for party in result.parties:
        _show_party(party)
    for flag in result.red_flags:
        show_line(f"\nRed flag  {flag.party}: {flag.why} [{flag.code}]")
    for country in result.context.country:
        if country.abuse_documents:
            show_line(
                f"\nContext  {country.name}: abuse by the state as a whole is reported in "
                f"{counted(country.abuse_documents, 'document')}. Not a finding about a party."
            )
    c = result.coverage
    show_line(
        f"\nSearched {c.documents_searched:,} documents ({c.earliest or '?'} to {c.latest or '?'}; "
        f"languages: {', '.join(c.languages) or 'none'}). {c.warning}"
    )
    show_line(f"Screening {result.screening_id}, kept as given.")


def _tidy(quote: str) -> str:
    """A quote as it is read aloud: broken lines and words joined."""
    from nlp.records import Span
    from nlp.running_text import running_text

    return running_text(quote, Span(0, len(quote))).text


def _show_party(party: "PartyResult") -> None:
    show_line()
    show_line(f"{party.role} {party.ref}: {party.name}", bold=True)
    if party.unresolved_reason:
        show_line(f"  {party.unresolved_reason}")
    for match in party.matches:
        country = f", {match.entity.country}" if match.entity.country else ""
        show_line(f"  {match.band} match: {match.entity.name}{country} [{match.entity.id}]")
        for reason in match.reasons:
            show_line(f"    because {reason}")
    for finding in party.findings:
        count = finding.corroboration
        told = f"{counted(count.documents, 'document')}, {counted(count.passages, 'passage')}"
        show_line(
            f"  FINDING  {finding.label}, {finding.year or 'undated'}: {finding.assertion}; {told}"
        )
        for evidence in finding.evidence[:2]:
            where = ", ".join(
                filter(None, (evidence.title, evidence.publisher, evidence.published))
            )
            show_line(f"    “{_tidy(evidence.quote)}”")
            page = f", page {evidence.page}" if evidence.media_type == PDF else ""
            show_line(f"     {where or evidence.source}{page}")
        if finding.official_response:
            answer = _tidy(finding.official_response.quote)
            show_line(f"    Response ({finding.official_response.status}): “{answer}”")
    if party.findings_left_out:
        show_line(f"  {party.findings_left_out} more findings: raise max_findings_per_party")
    for item in party.context[:5]:
        show_line(f"  context  {item.label} ({item.assertion}): {item.why}")
        show_line(f"    “{_tidy(item.evidence.quote)}”")


# -------------------------------------------------------------------- annotate


@cli.command()
@click.argument("file", type=click.File("rb"))
def annotate(file: Any) -> None:
    """Extract from FILE: a text, or JSON lines with id and text. Prints JSON lines.

    Each line has id, text, entities and events with offsets into the text: the format of the
    annotation set, so that `python -m models.evaluate GOLD PREDICTED` can score it.
    """
    from nlp.annotate import as_record
    from nlp.pipeline import load_pipeline

    data = file.read()
    pipeline = load_pipeline()
    for number, (place, text) in enumerate(_texts(data), 1):
        put(as_record(place or str(number), text, pipeline.extract(text)))


def _texts(data: bytes) -> Iterator[tuple[str, str]]:
    """(id, text) of each line that is a JSON object with a text; else the whole as one text."""
    import orjson

    if b"\0" in data:
        fail("this is a binary file; annotate takes text, `evidence load` reads documents")
    if not data.lstrip().startswith(b"{"):
        yield "1", data.decode("utf-8", "replace")
        return
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            fail(f"line {number} is no JSON: {error}")
        if not isinstance(record, dict) or not isinstance(record.get("text"), str):
            fail(f"line {number} has no text: write {{'id': ..., 'text': ...}}")
        yield str(record.get("id", number)), record["text"]


# ----------------------------------------------------------------------- serve


@cli.command()
@click.option("--host", help="Address to listen on (EVIDENCE_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port (EVIDENCE_PORT); 0: any.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the page and the HTTP interface."""
    import errno
    import os
    import socket

    import uvicorn

    from search_api.app import create_app

    chosen = settings()
    host, port = host or chosen.host, chosen.port if port is None else port
    try:
        listener = socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        hint = "; --port 0 takes any free one (make demo DEMO_PORT=0)" if taken else ""
        fail(f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}{hint}")
    port = listener.getsockname()[1]
    say(f"Page       http://{host}:{port}/")
    say(f"Interface  http://{host}:{port}/openapi.json")
    server = uvicorn.Server(uvicorn.Config(create_app(chosen), log_level="warning"))
    server.run(sockets=[listener])
