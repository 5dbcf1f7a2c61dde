"""The pages as HTML over the test client, and in a real browser where there is one."""

import hashlib
import html
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient

from indexer.engine import Query, open_engine
from indexer.ledger import Ledger, LoadItem
from indexer.originals import Originals
from indexer.readers import pdf
from nlp.records import Document, Page, Span
from search_api.app import create_app
from search_api.browsing import Address, facets
from search_api.marking import PART, Mark, part, pieces, visible
from search_api.pages import wants_html, web_address
from search_api.settings import Settings
from tests.search_api.written import Named, Told, place, written

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FLAGS = (
    "--no-sandbox --headless --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
QUOTE = (
    "In Quillport the Security Information Agency used Cellebrite tools to unlock the telephones "
    "of two journalists in February 2024."
)
DENIAL = "The Security Information Agency called the report absurd."
RTL = "\u202e"


def telephones() -> Document:
    """Three events about the telephones of journalists, one of them supply, and a denial."""
    text = (
        f"Telephones of journalists\n\n{QUOTE} {DENIAL}\n\nA laboratory found NoviSpy on one "
        "telephone, which copied messages.\n\nThe tools were given as aid in 2019."
    )
    return written(
        text,
        [
            Named("Security Information Agency", "GOVERNMENT", "gov-rs-bia", "INTEL"),
            Named("Cellebrite", "VENDOR", "ven-cellebrite"),
            Named("two journalists", "VICTIM", None, "JOURNALIST"),
            Named("NoviSpy", "PRODUCT", "prd-novispy", "TECH.INTRUSION"),
        ],
        [
            Told(
                "SURV.EXTRACTION",
                "unlock the telephones",
                {
                    "perpetrator": "Security Information Agency",
                    "target": "two journalists",
                    "supplier": "Cellebrite",
                },
                date="2024-02",
                denial=DENIAL,
            ),
            Told("SURV.DEVICE_HACK", "copied messages", {"instrument": "NoviSpy"}, "alleged"),
            Told("TRADE.SUPPLY", "given as aid", date="2019"),
        ],
        title="Telephones of journalists unlocked",
        publisher="Quillport Gazette",
        published="2024-12-16",
        source_type="NEWS",
        country="RS",
        url="https://example.org/telephones?a=1&b=2",
        licence="CC0 1.0",
    )


def hostile() -> Document:
    """A document that tries to run scripts and to turn its words around."""
    return written(
        f"<script>alert(1)</script> telephones & <b>bold</b> {RTL}desrever\n\n"
        '"><img src=x onerror=alert(2)> is a name',
        [Named('"><img src=x onerror=alert(2)>', "ORG", "corpus-x")],
        title=f"<img src=x onerror=alert(3)> {RTL}eltit",
        publisher='"><script>alert(4)</script>',
        url="javascript:alert(5)",
        source='"><script>alert(6)</script>.txt',
        licence="<b>all</b>",
        warnings=("<i>page 3</i> is damaged",),
    )


def arabic() -> Document:
    return written(
        "استخدمت الشرطة كاميرات التعرف على الوجه.", title="تقرير", published="2021", language="ar"
    )


def long_report() -> Document:
    """A report of 54,000 words in 900 paragraphs, with one event near its end."""
    sentence = "The commission heard witnesses about cameras at the gates of the town. " * 5
    text = "\n\n".join(f"{i}. {sentence}" for i in range(900))
    text += "\n\nIn May the National Constabulary detained forty dockers."
    return written(
        text,
        [Named("National Constabulary", "ORG")],
        [Told("LIB.DETENTION", "detained", {"perpetrator": "National Constabulary"})],
        title="The long report",
        published="2023-01-01",
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation that holds four documents, to be copied."""
    settings = Settings(home=tmp_path_factory.mktemp("made"))
    engine = open_engine(settings.index)
    engine.add([telephones(), hostile(), arabic(), long_report()])
    engine.close()
    return settings


@pytest.fixture
def home(made: Settings, settings: Settings) -> Settings:
    """An installation that holds four documents."""
    shutil.copytree(made.home, settings.home, dirs_exist_ok=True)
    return settings


@pytest.fixture
def analyst(home: Settings) -> Iterator[TestClient]:
    """A browser without a window."""
    with TestClient(create_app(home), base_url="http://localhost", headers=BROWSER) as opened:
        yield opened


@pytest.fixture
def newcomer(settings: Settings) -> Iterator[TestClient]:
    """A browser at an installation that holds nothing."""
    with TestClient(create_app(settings), base_url="http://localhost", headers=BROWSER) as opened:
        yield opened


def text_of(page: str) -> str:
    """The words of a page as a reader sees them."""
    body = re.sub(r"<script\b.*?</script>", "", page, flags=re.S)
    body = re.sub(r"</?(td|th|p|li|div|dt|dd|h\d|mark)\b", r" \g<0>", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", body)).split())


def links(page: str, words: str) -> list[str]:
    """The addresses of the links whose text holds `words`."""
    found = re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.S)
    return [html.unescape(link) for link, inner in found if words in text_of(inner)]


# --------------------------------------------------------------- which address


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER["Accept"], True),
        ("text/html", True),
        ("text/html;q=0.5, application/json;q=0.9", False),
        ("application/json", False),
        ("*/*", False),
        ("", False),
        ("text/html;q=0", False),
        ("text/html;q=nonsense", True),
    ],
)
def test_html_goes_to_those_who_name_it(accept: str, expected: bool) -> None:
    headers = [(b"accept", accept.encode())] if accept else []
    scope = {"type": "http", "headers": headers, "query_string": b""}
    assert wants_html(Request(scope)) is expected


@pytest.mark.parametrize("path", ["/documents/{id}", "/loads"])
def test_one_address_serves_browsers_and_programs(analyst: TestClient, path: str) -> None:
    path = path.format(id=telephones().id)
    page = analyst.get(path)
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["vary"] == "Accept"
    for accept in ("application/json", "*/*"):
        answer = analyst.get(path, headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/json"
    assert analyst.get(f"{path}?format=json").headers["content-type"] == "application/json"


def test_search_and_screenings_are_json_for_everybody(analyst: TestClient) -> None:
    assert analyst.get("/search?q=telephones").json()["total"] > 0
    assert analyst.get("/healthz").json()["status"] == "ok"


def test_a_failure_is_a_page_for_a_browser_and_json_for_a_program(analyst: TestClient) -> None:
    page = analyst.get("/documents/0000000000")
    assert page.status_code == 404
    assert "no document begins" in text_of(page.text)
    answer = analyst.get("/documents/0000000000", headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert answer.json()["error"]["status"] == 404
    wrong = analyst.get(f"/documents/{telephones().id}?start=-1&end=2")
    assert wrong.status_code == 422
    assert "start" in text_of(wrong.text)
    assert analyst.get("/screenings/scr_none/page").status_code == 404


# ----------------------------------------------------------------------- search


def test_an_empty_index_says_how_to_load(newcomer: TestClient) -> None:
    page = newcomer.get("/").text
    assert "Nothing is loaded yet" in page
    assert "evidence load PATH" in page
    assert "evidence load PATH" in newcomer.get("/loads").text


def test_the_first_page_says_what_is_held_and_offers_examples(analyst: TestClient) -> None:
    page = analyst.get("/").text
    assert "Documents4" in text_of(page).replace(" ", "")
    (example,) = links(page, "facial recognition")
    assert example == "/?q=facial+recognition"


def test_a_hit_shows_its_words_its_place_and_its_events(analyst: TestClient) -> None:
    page = analyst.get("/?q=unlock+telephones").text
    assert "<mark>telephones</mark>" in page
    text = text_of(page)
    assert "1 passage" in text
    assert "Quillport Gazette 2024-12-16 Newspaper or broadcaster" in text
    assert 'class="badge abuse"' in page
    (link,) = links(page, "Telephones of journalists unlocked")
    start = place(telephones().text, QUOTE).start
    assert link.startswith(f"/documents/{telephones().id}?start={start}&end=")
    assert link.endswith("#quote")


def test_a_facet_is_a_link_that_adds_a_filter_and_a_chip_takes_it_away(
    analyst: TestClient,
) -> None:
    page = analyst.get("/?q=telephones").text
    (link,) = links(page, "Forced search or forensic extraction")
    assert link == "/?q=telephones&event=SURV.EXTRACTION"
    narrowed = analyst.get(link).text
    assert "1 passage" in text_of(narrowed)
    # The chip and the chosen value of the facet both lead back.
    assert set(links(narrowed, "Forced search")) == {"/?q=telephones"}
    assert 'name="event" value="SURV.EXTRACTION"' in narrowed


def test_the_address_is_the_question(analyst: TestClient) -> None:
    page = analyst.get("/?q=telephones&government=gov-rs-bia&since=2024").text
    (json_link,) = links(page, "JSON")
    assert analyst.get(json_link).json()["total"] == 1
    assert "Government body Security Information Agency" in text_of(page)
    assert "Since 2024" in text_of(page)


def test_bars_of_the_chart_lead_to_their_year(analyst: TestClient) -> None:
    page = analyst.get("/?q=").text
    chart = re.search(r'<figure class="chart.*?</figure>', page, re.S)
    assert chart
    assert '<a href="/?year=2024"' in chart[0]
    assert 'aria-label="2024: 3 passages"' in chart[0]


def test_a_question_without_answer_is_met_with_those_that_have_one(analyst: TestClient) -> None:
    page = analyst.get("/?q=telephones+zebra").text
    assert "No passage holds all these words" in text_of(page)
    assert links(page, "without zebra") == ["/?q=telephones"]
    filtered = analyst.get("/?q=telephones&year=1999").text
    assert links(filtered, "without filters") == ["/?q=telephones"]
    both = analyst.get("/?q=telephones+zebra&year=1999").text
    assert links(both, "without zebra and filters") == ["/?q=telephones"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=yesterday", "“yesterday” is no date"),
        ("until=2024-1", "“2024-1” is no date"),
        ("q=telephones&offset=9000", "There are no more passages"),
        ("q=telephones&offset=x", "1–"),
        ("event=<script>", "event has no value"),
        ('q="', "No passage"),
    ],
)
def test_an_odd_address_is_answered_in_words(analyst: TestClient, query: str, words: str) -> None:
    page = analyst.get(f"/?{query}")
    assert page.status_code == 200
    assert words in text_of(page.text) or words == "1–"


def test_results_come_in_pages(analyst: TestClient) -> None:
    page = analyst.get("/?q=commission").text
    assert "1–20 of 900" in text_of(page)
    (following,) = links(page, "Next")
    assert "21–40 of 900" in text_of(analyst.get(following).text)


def test_facets_hold_what_the_engine_counted(home: Settings) -> None:
    engine = open_engine(home.index)
    results = engine.search(Query(text="telephones"))
    engine.close()
    shown = {f.name: f for f in facets(results, Address((("q", "telephones"),)))}
    for name, values in results.facets.items():
        counts = {c.label: c.count for c in (*shown[name].few, *shown[name].more)}
        assert len(counts) == len(values)
        assert sorted(v.count for v in values) == sorted(c or 0 for c in counts.values())


# -------------------------------------------------------------------- documents


def test_a_document_page_says_where_the_document_comes_from(analyst: TestClient) -> None:
    page = analyst.get(f"/documents/{telephones().id}").text
    text = text_of(page)
    for told in ("Quillport Gazette", "2024-12-16", "CC0 1.0", telephones().id, "by hand"):
        assert told in text
    url = 'href="https://example.org/telephones?a=1&amp;b=2" rel="noreferrer noopener nofollow"'
    assert url in page


def test_the_quote_is_boxed_and_its_words_are_those_stored(analyst: TestClient) -> None:
    document = telephones()
    span = place(document.text, QUOTE)
    page = analyst.get(f"/documents/{document.id}?start={span.start}&end={span.end}").text
    (boxed,) = re.findall(r'<mark class="quote" id="quote">(.*?)</mark>', page, re.S)
    assert text_of(boxed) == QUOTE
    assert 'title="Government: Security Information Agency (0.95, its full name)"' in boxed
    assert 'class="trigger abuse"' in boxed


def test_a_quote_over_two_passages_is_boxed_in_both_and_has_one_anchor(
    analyst: TestClient,
) -> None:
    document = telephones()
    end = document.text.index("copied")
    page = analyst.get(f"/documents/{document.id}?start=5&end={end}").text
    assert page.count('<mark class="quote"') == 3
    assert page.count('id="quote"') == 1


@pytest.mark.parametrize(("start", "end"), [(10, 5), (10**9, 10**9 + 1), (0, 10**12)])
def test_a_quote_beyond_the_text_does_no_harm(analyst: TestClient, start: int, end: int) -> None:
    answer = analyst.get(f"/documents/{telephones().id}?start={start}&end={end}")
    assert answer.status_code == 200
    assert ("<mark" in answer.text) is (start == 0)


def test_events_are_listed_with_who_filled_which_role_and_the_answer(
    analyst: TestClient,
) -> None:
    page = analyst.get(f"/documents/{telephones().id}").text
    side = page[page.index('<aside class="events"') :]
    text = text_of(side)
    assert "Events 3" in text
    assert "perpetrator" in text
    assert f"Denies the act: “{DENIAL}”" in text
    assert links(side, "Security Information Agency") == ["/?government=gov-rs-bia"]
    assert 'class="badge context"' in side


def test_right_to_left_text_keeps_its_direction(analyst: TestClient) -> None:
    page = analyst.get(f"/documents/{arabic().id}").text
    assert re.search(r'<p class="block passage" dir="auto" lang="ar">', page)


def test_a_long_document_comes_in_parts_and_opens_at_the_quote(analyst: TestClient) -> None:
    document = long_report()
    span = document.events[0].quote
    begun = time.perf_counter()
    page = analyst.get(f"/documents/{document.id}?start={span.start}&end={span.end}").text
    assert time.perf_counter() - begun < 5
    assert len(page) < 400_000
    assert "Part 5 of 5" in text_of(page)
    assert document.quote(span) in text_of(page)
    first = analyst.get(f"/documents/{document.id}").text
    assert "Part 1 of 5" in text_of(first)
    assert links(first, "part 5") == [f"/documents/{document.id}?part=5"]
    assert len(re.findall(r'<p class="block', first)) == PART


def test_parts_show_every_word_once() -> None:
    document = replace(
        long_report(), passages=tuple(p for i, p in enumerate(long_report().passages) if i % 3)
    )
    blocks = [
        block
        for number in range(1, part(document, number=1, quote=None).count + 1)
        for block in part(document, number=number, quote=None).blocks
    ]
    words = [word for b in blocks for word in document.quote(b.span).split()]
    assert words == document.text.split()


def test_a_document_without_passages_is_shown_all_the_same(settings: Settings) -> None:
    bare = replace(telephones(), passages=(), mentions=(), events=(), id="ab" * 32)
    engine = open_engine(settings.index)
    engine.add([bare, replace(bare, text="", id="cd" * 32)])
    engine.close()
    with TestClient(create_app(settings), base_url="http://localhost", headers=BROWSER) as opened:
        assert QUOTE in text_of(opened.get(f"/documents/{bare.id}").text)
        assert "holds no text" in opened.get(f"/documents/{'cd' * 32}").text


def test_pages_stand_in_the_margin_with_how_they_were_read(settings: Settings) -> None:
    text = "First page.\n\fSecond page.\n\f"
    pages = (
        Page(1, Span(0, 12)),
        Page(2, Span(13, 26), "ocr"),
        Page(3, Span(27, 27), "unread"),
    )
    document = written(text, pages=pages, warnings=("Page 3 is a picture.",))
    engine = open_engine(settings.index)
    engine.add([document])
    engine.close()
    with TestClient(create_app(settings), base_url="http://localhost", headers=BROWSER) as opened:
        words = text_of(opened.get(f"/documents/{document.id}").text)
    assert "p. 1 First page. p. 2 OCR Second page." in words
    assert "Not read: page 3" in words
    assert "Page 3 is a picture." in words


# ------------------------------------------------------------- hostile documents


@pytest.mark.parametrize(
    "path", ["/?q=telephones", "/documents/{id}", "/documents/{id}?start=0&end=60"]
)
def test_a_hostile_document_is_shown_and_does_nothing(analyst: TestClient, path: str) -> None:
    page = analyst.get(path.format(id=hostile().id)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/static/evidence.js" defer>']
    assert not re.search(r"<(img|b|i)\b", page)
    assert 'href="javascript' not in page
    # Signs that turn words around are written out.
    assert RTL not in page
    assert "[U+202E]" in page


def test_pages_have_nothing_that_the_policy_forbids(analyst: TestClient) -> None:
    screened = analyst.post("/screen/page", data=form())
    for page in (
        analyst.get("/"),
        analyst.get("/?q=telephones"),
        analyst.get(f"/documents/{telephones().id}"),
        analyst.get("/screen"),
        analyst.get("/loads"),
        screened,
    ):
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        tags = " ".join(re.findall(r"<[a-z][^>]*>", page.text))
        assert not re.search(r"\s(style|on\w+)=", re.sub(r'"[^"]*"', '""', tags))
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style", page.text)
        assert set(re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', page.text)) <= {
            "/static/evidence.css",
            "/static/evidence.js",
            "/static/icon.svg",
        }
        assert re.search(r"<title>[^<]{3,} – evidence</title>", page.text)
        assert '<html lang="en">' in page.text


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a b", "https://example.org/a b"),
        ("http://example.org", "http://example.org"),
        ("javascript:alert(1)", None),
        (" JavaScript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org", None),
        ("https:///path", None),
        ("http://[bad", None),
        ("", None),
        (None, None),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    assert web_address(url) == link


# --------------------------------------------------------------------- markings


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 12)), max_size=8),
    st.integers(0, 5),
)
def test_pieces_joined_are_the_text(text: str, spans: list[tuple[int, int]], start: int) -> None:
    marks = [Mark(Span(a, a + n), f"m{i}") for i, (a, n) in enumerate(spans)]
    found = pieces(text, start, marks, lines=True)
    assert "".join(p.text for p in found) == visible(text)
    at = start
    for piece in found:
        length = 1 if piece.control else len(piece.text)
        here = {m.styles for m in marks if m.span.start <= at and at + length <= m.span.end}
        assert piece.control or set(piece.styles.split()) == here
        at += length


def test_a_word_broken_at_the_line_end_is_closed_up() -> None:
    (piece,) = pieces("a data sys-\ntem of - \n dashes", 0, [])
    assert piece.text == "a data system of - \n dashes"


# --------------------------------------------------------------- pages as printed


@pytest.fixture
def printed(settings: Settings, tmp_path: Path) -> Document:
    """A PDF of one page in the index, with its original, and once more from an archive."""
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "printed.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(72, 700, "The National Constabulary detained forty dockers in Quillport.")
    canvas.drawString(72, 680, "Nobody was charged, and the harbour stayed shut for a week.")
    canvas.showPage()
    canvas.save()
    data = path.read_bytes()
    content = pdf.read(data)
    sha256 = hashlib.sha256(data).hexdigest()
    Originals(settings.originals).keep(path, sha256)
    document = written(
        content.text,
        id=sha256,
        original=sha256,
        media_type="application/pdf",
        pages=content.pages,
        title="A printed page",
    )
    member = replace(document, id="ef" * 32, original="12" * 32, source="a.zip!printed.pdf")
    engine = open_engine(settings.index)
    engine.add([document, member])
    engine.close()
    return document


def test_the_page_as_printed_has_the_quote_boxed(printed: Document, settings: Settings) -> None:
    span = place(printed.text, "forty dockers")
    place_of = f"start={span.start}&end={span.end}"
    with TestClient(create_app(settings), base_url="http://localhost", headers=BROWSER) as opened:
        page = opened.get(f"/documents/{printed.id}?{place_of}").text
        assert f'src="/documents/{printed.id}/pages/1.png"' in page
        picture = opened.get(f"/documents/{printed.id}/pages/1.png")
        assert picture.content.startswith(b"\x89PNG")
        over = opened.get(f"/documents/{printed.id}/pages/1.svg?{place_of}")
        assert over.headers["content-type"] == "image/svg+xml"
        (left,) = re.findall(r'<rect x="([\d.]+)"', over.text)
        assert 150 < float(left) < 400
        large = opened.get(f"/documents/{printed.id}/pages/1?{place_of}")
        assert "Page 1 of 1, as printed" in text_of(large.text)


@pytest.mark.parametrize(
    "path", ["pages/2", "pages/0.png", "pages/2.png", "pages/9.svg?start=0&end=1"]
)
def test_a_page_that_is_not_there_is_not_found(
    printed: Document, settings: Settings, path: str
) -> None:
    with TestClient(create_app(settings), base_url="http://localhost", headers=BROWSER) as opened:
        assert opened.get(f"/documents/{printed.id}/{path}").status_code == 404


def test_a_file_from_an_archive_has_text_and_no_picture(
    printed: Document, settings: Settings
) -> None:
    with TestClient(create_app(settings), base_url="http://localhost", headers=BROWSER) as opened:
        page = opened.get(f"/documents/{'ef' * 32}?start=0&end=5").text
        assert "forty dockers" in page
        assert "<img" not in page
        assert opened.get(f"/documents/{'ef' * 32}/pages/1.png").status_code == 404
        assert opened.get(f"/documents/{'ef' * 32}/pages/1").status_code == 404


# -------------------------------------------------------------------- screening


def form(**changes: object) -> dict[str, object]:
    """A form as a browser sends it: two party rows, the second left empty."""
    return {
        "reference": "Z-1",
        "destination": "RS",
        "party_role": ["end_user", "end_user"],
        "party_name": ["Security Information Agency", ""],
        "party_name_native": ["", ""],
        "party_sub_type": ["government", ""],
        "party_country": ["Serbia", ""],
        "party_address": ["", ""],
        "item": "Phone unlocking kit",
        "eccn": "",
        "end_use": "Investigation",
    } | changes


def test_a_form_leads_to_findings_with_words_that_can_be_looked_up(analyst: TestClient) -> None:
    answer = analyst.post("/screen/page", data=form())
    assert re.fullmatch(r"/screenings/scr_\w+/page", answer.url.path)
    text = text_of(answer.text)
    assert "Adverse findings" in text
    assert QUOTE in text
    assert f"Denies the act: “{DENIAL}”" in text
    assert "Documents are counted" in text
    assert "events are extracted from English text only" in text
    (link,) = set(links(answer.text, "Telephones of journalists unlocked"))
    opened = analyst.get(link).text
    (boxed,) = re.findall(r'<mark class="quote" id="quote">(.*?)</mark>', opened, re.S)
    assert text_of(boxed) == QUOTE
    (kept,) = links(answer.text, "JSON")
    assert analyst.get(kept).json()["reference"] == "Z-1"
    assert analyst.get(answer.url.path).text == answer.text


def test_no_answer_says_clear(analyst: TestClient) -> None:
    data = form(party_name=["Kestrel Dairy Cooperative", ""], party_country=["France", ""])
    answer = analyst.post("/screen/page", data=data)
    text = text_of(answer.text)
    assert "No adverse finding in what was searched" in text
    assert "That is no proof that there was none." in text
    assert not re.search(r"\bclear(ed)?\b|\bapproved?\b", text, re.I)
    assert "✓" not in answer.text


def test_a_pasted_application_is_screened(analyst: TestClient) -> None:
    application = (
        '{"reference": "J-1", "parties": [{"ref": "a", "role": "end_user", "name": '
        '"Безбедносно-информативна агенција", "country": "RS"}]}'
    )
    answer = analyst.post("/screen/page", data={"json": application})
    assert "Adverse findings" in text_of(answer.text)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"party_country": ["Atlantis", ""]},
            "Please correct Party 1, country: 'Atlantis' is no country known",
        ),
        ({"party_name": ["", ""]}, "Parties: give at least one party with a name"),
        ({"reference": ""}, "Reference: give the number or name of the case"),
        ({"json": '{"reference": '}, "EOF"),
        ({"json": '{"reference": "<script>"}'}, "Parties: give at least one party"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(
    analyst: TestClient, changes: dict[str, object], words: str
) -> None:
    answer = analyst.post("/screen/page", data=form(**changes))
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert answer.text.count("<li>") == 1
    assert 'value="Investigation"' in answer.text or ">Investigation</textarea>" in answer.text
    assert "<script>" not in answer.text


def test_a_form_on_another_site_screens_nothing(analyst: TestClient) -> None:
    answer = analyst.post("/screen/page", data=form(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Another site" in text_of(answer.text)


def test_more_parties_keep_what_was_typed(analyst: TestClient) -> None:
    answer = analyst.post("/screen/page", data=form(more="1"))
    assert answer.status_code == 200
    assert answer.text.count('name="party_name"') == 4
    assert 'value="Security Information Agency"' in answer.text


# ------------------------------------------------------------------------ loads


def test_loads_are_listed_with_what_could_not_be_read(settings: Settings) -> None:
    ledger = Ledger(settings.ledger)
    report = ledger.start_load(["reports/<b>"])
    unread = LoadItem(source="reports/scan.pdf", status="unread", reason="A <password> is needed.")
    ledger.add_items(report, [LoadItem(source="a.txt", status="read", words=1234), unread])
    ledger.finish_load(report)
    ledger.start_load(["running"])
    ledger.close()
    with TestClient(create_app(settings), base_url="http://localhost", headers=BROWSER) as opened:
        page = opened.get("/loads").text
        assert "1,234" in page
        assert "not finished" in page
        assert "reports/&lt;b&gt;" in page
        (link,) = links(page, "1")[:1]
        listed = opened.get(link).text
        assert "reports/scan.pdf A <password> is needed." in text_of(listed)
        assert "<password>" not in listed


# ------------------------------------------------------------------- real browser


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Headless Chromium of the system."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        reason = "no browser: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield opened
        opened.close()


@pytest.fixture
def served(home: Settings, printed: Document) -> Iterator[str]:
    """The address of a server on a free port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(home), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


Open = Callable[..., "Tab"]


@pytest.fixture
def window(browser: "Browser", served: str) -> Iterator[Open]:
    """Opens tabs; afterwards nothing may have been complained of or fetched from elsewhere."""
    complaints: list[str] = []
    contexts = []

    def heard(message: str, guilty: bool) -> None:
        if guilty:
            complaints.append(message)

    def opened(**options: object) -> "Tab":
        context = browser.new_context(base_url=served, **options)  # type: ignore[arg-type]
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda m: heard(m.text, m.type in ("error", "warning")))
        tab.on("pageerror", lambda e: heard(str(e), True))
        tab.on("request", lambda r: heard(r.url, not r.url.startswith(served)))
        tab.on("response", lambda r: heard(f"{r.status} {r.url}", r.status >= 400))
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_question_to_the_words_on_the_page(window: Open, scripts: bool) -> None:
    tab = window(java_script_enabled=scripts)
    tab.goto("/")
    tab.fill("#q", "telephones")
    tab.click("button:has-text('Search')")
    tab.click(".facet a:has-text('Forced search')")
    assert "event=SURV.EXTRACTION" in tab.url
    assert tab.locator(".hit").count() == 1
    tab.click(".hit h3 a")
    assert tab.locator("#quote").inner_text().startswith("In Quillport the Security")
    seen = tab.locator("#quote").bounding_box()
    assert seen is not None
    assert 0 <= seen["y"] < 720


def test_the_box_lies_on_the_words_of_the_printed_page(window: Open, printed: Document) -> None:
    tab = window()
    span = place(printed.text, "forty dockers")
    tab.goto(f"/documents/{printed.id}?start={span.start}&end={span.end}#quote")
    loaded = "i => i.complete && i.naturalWidth > 0"
    pictures = tab.locator(".paper img")
    assert pictures.count() == 2
    assert all(pictures.nth(i).evaluate(loaded) for i in range(2))
    boxes = [pictures.nth(i).bounding_box() for i in range(2)]
    assert boxes[0] == boxes[1]


def test_an_officer_screens_by_keyboard(window: Open) -> None:
    tab = window()
    tab.goto("/screen")
    tab.get_by_label("Reference").fill("K-1")
    row = tab.locator("fieldset.party").first
    row.get_by_label("Name", exact=True).fill("Security Information Agency")
    row.get_by_label("Country").fill("Serbia")
    row.get_by_label("Country").press("Enter")
    tab.wait_for_url("**/screenings/*/page")
    assert tab.locator("h1").inner_text() == "Adverse findings"
    tab.locator(".evidence a").first.click()
    assert tab.locator("#quote").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_no_page_is_wider_than_the_screen(window: Open, width: int, scheme: str) -> None:
    tab = window(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (
        "/",
        "/?q=telephones",
        "/?q=",
        f"/documents/{telephones().id}",
        f"/documents/{hostile().id}",
        f"/documents/{long_report().id}?part=3",
        "/screen",
        "/loads",
    ):
        tab.goto(path)
        wider = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path


def test_a_hostile_document_runs_nothing(window: Open) -> None:
    tab = window()
    tab.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    tab.goto(f"/documents/{hostile().id}?start=0&end=20")
    tab.goto("/?q=telephones")
    assert tab.locator("text=<script>alert(1)</script>").count() == 1
