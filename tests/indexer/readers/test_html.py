"""Web pages."""

import time

import pytest

from indexer.readers.errors import EmptyDocument, UnreadableDocument
from indexer.readers.html import MAX_HTML_BYTES
from indexer.readers.reading import read
from tests.data.make import ARTICLE, HERE

PARAGRAPH = "The inspectors wrote that the gate of the building at Mill Hill had been locked. "


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize("name", ["article.html", "article-cp1252.html"])
def test_the_story_is_read_and_the_menus_are_not(name: str) -> None:
    document = read((HERE / name).read_bytes(), name)
    assert document.text.startswith("Harbour cameras go dark\n\nThe cameras along Harbour Street")
    assert "“We are reviewing who may see the pictures,” said a spokeswoman" in document.text
    assert "café owners’ association" in document.text
    assert "newsletter" not in document.text and "Sport" not in document.text
    assert document.text.count("\n\n") == 4
    assert document.warnings == ()


def test_a_table_is_read_in_rows() -> None:
    document = read((HERE / "article.html").read_bytes(), "article.html")
    assert "District\tCameras\nHarbour\t410\nMill Hill\t0" in document.text


def test_the_page_tells_title_publisher_date_and_address() -> None:
    document = read((HERE / "article.html").read_bytes(), "article.html")
    assert document.title == "Harbour cameras go dark"
    assert document.publisher == "The Northford Courier"
    assert document.published == "2021-05-03"
    assert document.url == "https://news.example/harbour-cameras"


def test_the_date_of_the_last_change_is_not_the_date_of_publication() -> None:
    changed = ARTICLE.format(charset="utf-8").replace("article:published_time", "x")
    document = read(changed.encode(), "a.html")
    assert document.published != "2024-01-01" or document.warnings


def test_a_story_inside_a_menu_that_was_never_closed_is_found() -> None:
    story = "".join(f"<p>{PARAGRAPH} {n}</p>" for n in range(8))
    document = read(
        page(f"<header><nav><ul><li>Home<main><h1>Mill Hill</h1>{story}</main>"), "a.html"
    )
    assert document.text.count("locked") == 8
    assert "Home" not in document.text


def test_a_page_without_a_story_gives_all_its_words() -> None:
    document = read(page("<div>Gate closed.</div><div>No visitors.</div>"), "a.html")
    assert "Gate closed." in document.text and "No visitors." in document.text


def test_words_of_different_elements_do_not_run_together() -> None:
    document = read(page("<div><b>Not</b>ice</div><div>Gate closed</div>"), "a.html")
    assert "Notice" in document.text and "NoticeGate" not in document.text


def test_a_page_without_words_is_empty() -> None:
    with pytest.raises(EmptyDocument, match="Print it to PDF"):
        read(page("<script>show()</script>"), "a.html")


def test_a_very_large_page_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="MiB"):
        read(b"<html>" + b" " * MAX_HTML_BYTES, "a.html")


def test_deeply_nested_elements_do_no_harm() -> None:
    document = read(page("<div>" * 20_000 + PARAGRAPH * 5 + "</div>" * 20_000), "a.html")
    assert "inspectors" in document.text


def test_what_follows_elements_left_open_is_not_lost() -> None:
    body = f"<p>{PARAGRAPH * 5}</p>" + "<font>" * 400 + "<p>They came back in June.</p>"
    document = read(page(body), "a.html")
    assert "June" in document.text and document.warnings


def test_a_page_of_very_many_paragraphs_is_read_in_a_few_seconds() -> None:
    story = "".join(f"<p>{PARAGRAPH} {n}</p>" for n in range(20_000))
    begun = time.monotonic()
    document = read(page(f"<nav>Home</nav><main>{story}</main>", "<title>Long</title>"), "a.html")
    assert time.monotonic() - begun < 10
    assert document.title == "Long" and "Home" not in document.text
    assert document.text.count("\n\n") == 19_999
