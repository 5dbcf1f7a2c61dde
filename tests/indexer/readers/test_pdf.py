"""PDF: reading order, pages, furniture, places of words, and every reason to refuse."""

import io
import os
from collections.abc import Sequence

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from indexer.readers import ocr, pdf
from indexer.readers.errors import (
    DamagedDocument,
    EmptyDocument,
    EncryptedDocument,
    TooLarge,
    UnreadableDocument,
)
from indexer.readers.lines import Box
from indexer.readers.reading import read
from nlp.records import Document, Span
from tests.data.make import COLUMNS, FOOTNOTE, HEAD, HERE, TITLE

REPORT = (HERE / "report.pdf").read_bytes()
SCAN = (HERE / "scan.pdf").read_bytes()


@pytest.fixture(scope="module")
def report() -> Document:
    return read(REPORT, "report.pdf")


@pytest.fixture(scope="module")
def tesseract() -> str:
    """Tesseract, which must be there where the project is checked and may be missing elsewhere."""
    path = ocr.program()
    if path is None:
        reason = f"Tesseract is not installed ({ocr.INSTALL}): recognition was not tested"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def drawn(*pages: Sequence[tuple[float, float, float, str]], **information: str) -> bytes:
    """A PDF with words at (left, up, size) on its pages."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setTitle(information.get("title", ""))
    for page in pages:
        for left, up, size, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(left, up, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def place(document: Document, quote: str) -> Span:
    start = document.text.index(quote)
    return Span(start, start + len(quote))


def test_every_page_has_its_number_and_its_text(report: Document) -> None:
    assert [page.number for page in report.pages] == [1, 2, 3, 4]
    assert {page.status for page in report.pages} == {"text"}
    for number, quote in enumerate(
        ("410 cameras", "voted against them in 2019", "took the camera away", "recommends"), start=1
    ):
        assert report.page_of(place(report, quote)) == number
        assert quote in report.quote(report.pages[number - 1].span)


def test_pages_are_parted_by_form_feeds_and_by_nothing_else(report: Document) -> None:
    assert "\f".join(report.quote(page.span) for page in report.pages) == report.text


def test_the_second_column_is_read_after_the_first(report: Document) -> None:
    lines = [line for left, right in COLUMNS for line in (*left, *right) if line]
    places = [report.text.index(line) for line in lines]
    assert places == sorted(places)


def test_a_hyphen_at_the_end_of_a_line_is_kept(report: Document) -> None:
    assert "confirmed the instal-\nlation of 410 cameras" in report.text


def test_a_paragraph_begins_after_a_blank_line_and_the_next_column_does_not(
    report: Document,
) -> None:
    assert "Harbour Street.\n\nResidents said" in report.text
    assert "letter of 2 May.1\nA contract" in report.text


def test_heads_page_numbers_and_footnote_marks_are_furniture(report: Document) -> None:
    furniture = [report.quote(span) for span in report.furniture]
    assert furniture.count(HEAD) == 4
    assert [f for f in furniture if f.startswith("Page")] == [f"Page {n} of 4" for n in range(1, 5)]
    assert furniture.count("1") == 2
    assert len(furniture) == 10
    assert list(report.furniture) == sorted(report.furniture)


def test_a_footnote_is_text_and_stands_apart(report: Document) -> None:
    assert f"sells.\n\n1 {FOOTNOTE}" in report.text


def test_title_and_date_are_those_of_the_report(report: Document) -> None:
    assert report.title == TITLE
    assert report.published == "2021-06-14"
    assert report.warnings == ()
    assert report.language == "und"


def test_a_title_that_a_program_put_in_is_not_believed() -> None:
    data = drawn(
        [(72, 700, 20, "What happened at Mill Hill"), (72, 650, 10, "Nothing happened there.")] * 1
        + [(72, 640.0 - 12 * n, 10, "One more line of the body.") for n in range(4)],
        title="Microsoft Word - draft3.docx",
    )
    assert read(data, "x.pdf").title == "What happened at Mill Hill"


def test_a_date_of_the_file_alone_comes_with_a_warning() -> None:
    document = read((HERE / "turned.pdf").read_bytes(), "turned.pdf")
    assert document.published == "2000-01-01"
    assert document.warnings == (
        "Dated 2000-01-01 by when the file was made; the report may be older.",
    )


def test_numbers_in_a_table_at_the_foot_of_pages_are_no_furniture() -> None:
    pages = [
        [(72, 500, 10, "Text of the page."), (72, 40, 10, number)]
        for number in ("410", "17", "2,300", "96", "512", "33", "801")
    ]
    assert read(drawn(*pages), "x.pdf").furniture == ()


def test_roman_page_numbers_are_furniture() -> None:
    pages = [
        [(72, 500, 10, f"Words of a preface, part {word}."), (300, 30, 9, number)]
        for number, word in zip(
            ("i", "ii", "iii", "iv"), ("one", "two", "three", "four"), strict=True
        )
    ]
    document = read(drawn(*pages), "x.pdf")
    assert [document.quote(span) for span in document.furniture] == ["i", "ii", "iii", "iv"]


def test_cells_of_a_table_are_parted_by_tabs() -> None:
    rows = [
        ("District", "Cameras", "Since"),
        ("Harbour", "410", "2019"),
        ("Mill Hill", "12", "2020"),
    ]
    page = [
        (72 + 150.0 * column, 700 - 14.0 * line, 10, cell + " ")
        for line, row in enumerate(rows)
        for column, cell in enumerate(row)
    ]
    assert read(drawn(page), "x.pdf").text == "\n".join("\t".join(row) for row in rows)


def test_boxes_cover_the_words_and_nothing_else(report: Document) -> None:
    quote = "Acme Optics"
    page = report.pages[0].span
    span = place(report, quote).moved(-page.start)
    found = pdf.boxes(REPORT, 1, span.start, span.end)
    (box,) = found.boxes
    with pdfplumber.open(io.BytesIO(REPORT)) as document:
        first = document.pages[0]
        assert (found.width, found.height) == pytest.approx((first.width, first.height), abs=0.1)
        (match,) = first.search(quote)
        inside = [c for c in first.chars if _holds(box, c["x0"], c["x1"], c["top"], c["bottom"])]
        assert box.left == pytest.approx(match["x0"], abs=1.5)
        assert box.right == pytest.approx(match["x1"], abs=1.5)
        assert "".join(c["text"] for c in inside) == quote


def _holds(box: Box, left: float, right: float, top: float, bottom: float) -> bool:
    return (
        box.left - 0.5 <= (left + right) / 2 <= box.right + 0.5
        and box.top <= (top + bottom) / 2 <= box.bottom
    )


def test_a_quote_over_two_lines_has_two_boxes(report: Document) -> None:
    span = place(report, "confirmed the instal-\nlation of 410")
    first, second = pdf.boxes(REPORT, 1, span.start, span.end).boxes
    assert first.left > second.left and first.bottom <= second.top + 3


def test_boxes_lie_where_the_picture_shows_the_words_also_on_a_turned_page() -> None:
    data = (HERE / "turned.pdf").read_bytes()
    text = read(data, "turned.pdf").text
    start = text.index("gate")
    found = pdf.boxes(data, 1, start, start + len("gate"))
    (box,) = found.boxes
    with Image.open(io.BytesIO(pdf.page_image(data, 1, scale=2))) as image:
        assert image.size == (round(found.width * 2), round(found.height * 2))
        grey = image.convert("L")
        ink = grey.crop(
            (int(box.left * 2), int(box.top * 2), int(box.right * 2), int(box.bottom * 2))
        )
        low, _ = ink.getextrema()
        assert isinstance(low, int) and low < 100
        # The letters stand upright on the turned page only if the box is higher than wide.
        assert box.bottom - box.top > box.right - box.left


def test_a_page_that_does_not_exist_is_an_index_error() -> None:
    with pytest.raises(IndexError, match="no page 5; the file has 4"):
        pdf.boxes(REPORT, 5, 0, 1)
    with pytest.raises(IndexError):
        pdf.page_image(REPORT, 0)


def test_a_very_large_page_is_drawn_smaller() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(5000, 5000))
    canvas.drawString(100, 100, "A plan of the harbour.")
    canvas.save()
    with Image.open(io.BytesIO(pdf.page_image(out.getvalue(), 1, scale=10))) as image:
        assert image.width * image.height <= pdf.MAX_PIXELS * 1.01


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_boxes_of_any_span_lie_on_the_page(data: st.DataObject) -> None:
    document = read(REPORT, "report.pdf")
    page = data.draw(st.sampled_from(document.pages))
    start = data.draw(st.integers(0, len(page.span)))
    end = data.draw(st.integers(start, len(page.span)))
    found = pdf.boxes(REPORT, page.number, start, end)
    words = document.quote(Span(page.span.start + start, page.span.start + end)).split()
    assert bool(found.boxes) == bool(words)
    for box in found.boxes:
        assert 0 <= box.left < box.right <= found.width
        assert 0 <= box.top < box.bottom <= found.height


def test_a_password_is_asked_for_in_words() -> None:
    with pytest.raises(EncryptedDocument, match="password"):
        read((HERE / "encrypted.pdf").read_bytes(), "encrypted.pdf")


def test_a_file_that_is_cut_short_is_damaged() -> None:
    with pytest.raises(DamagedDocument, match="cut short"):
        read((HERE / "truncated.pdf").read_bytes(), "truncated.pdf")


def test_a_file_without_its_last_bytes_is_read_with_a_warning() -> None:
    document = read(REPORT[:-7], "report.pdf")
    assert "Acme Optics" in document.text
    assert any("cut short" in warning for warning in document.warnings)


def test_a_blank_file_is_empty() -> None:
    with pytest.raises(EmptyDocument, match="blank"):
        read((HERE / "blank.pdf").read_bytes(), "blank.pdf")


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 3)
    with pytest.raises(TooLarge, match="4 pages; 3 is the most"):
        read(REPORT, "report.pdf")


def test_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_TEXT", 100)
    with pytest.raises(TooLarge, match="Split it"):
        read(REPORT, "report.pdf")


@given(st.integers(0, len(REPORT) - 1), st.binary(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_damage_anywhere_is_read_or_refused(at: int, noise: bytes) -> None:
    try:
        document = read(
            REPORT[:at] + noise + REPORT[at + len(noise) :], "x.pdf", media_type="application/pdf"
        )
    except UnreadableDocument as refused:
        assert refused.reason
        return
    assert all(document.quote(page.span) in document.text for page in document.pages)


def test_a_picture_of_text_is_recognised(tesseract: str) -> None:
    document = read(SCAN, "scan.pdf")
    assert [page.status for page in document.pages] == ["text", "ocr"]
    assert "They counted forty beds for ninety people." in document.quote(document.pages[1].span)
    assert document.page_of(place(document, "forty beds")) == 2


def test_boxes_of_recognised_words_lie_on_them(tesseract: str) -> None:
    document = read(SCAN, "scan.pdf")
    page = document.pages[1].span
    span = place(document, "ninety").moved(-page.start)
    (box,) = pdf.boxes(SCAN, 2, span.start, span.end).boxes
    # Drawn at 120, 270 in a picture of 1240 by 1754 that fills the page.
    assert 120 / 1754 * 842 < box.top < box.bottom < 340 / 1754 * 842
    assert 300 < box.left < box.right < 450


def test_a_scan_that_lies_on_its_side_is_read(tesseract: str) -> None:
    with Image.open(io.BytesIO(pdf.page_image(SCAN, 2, scale=2.5))) as upright:
        for degrees in (90, 180):
            out = io.BytesIO()
            upright.rotate(degrees, expand=True).convert("RGB").save(out, "PDF", resolution=180)
            document = read(out.getvalue(), "turned.pdf")
            assert "forty beds" in document.text
            start = document.text.index("forty")
            found = pdf.boxes(out.getvalue(), 1, start, start + 5)
            (box,) = found.boxes
            tall = box.bottom - box.top > box.right - box.left
            assert tall == (degrees == 90)


def test_without_tesseract_the_page_is_unread_and_says_how_to_change_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "program", lambda: None)
    document = read(SCAN, "scan.pdf")
    assert [page.status for page in document.pages] == ["text", "unread"]
    assert document.warnings[0] == (
        "Page 2 is a picture. Install Tesseract to read it: apt-get install tesseract-ocr."
    )


def test_a_file_of_pictures_alone_is_refused_without_tesseract(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "program", lambda: None)
    out = io.BytesIO()
    Image.new("L", (600, 800), 200).save(out, "PDF")
    with pytest.raises(EmptyDocument, match="apt-get install tesseract-ocr"):
        read(out.getvalue(), "scan.pdf")


def test_pages_past_the_limit_of_recognition_are_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "program", lambda: "tesseract")
    monkeypatch.setattr(pdf, "MAX_OCR_PAGES", 0)
    document = read(SCAN, "scan.pdf")
    assert document.pages[1].status == "unread"
    assert "past the 0 pages" in document.warnings[0]


def test_hebrew_and_arabic_marks_do_not_crash_the_lines() -> None:
    document = read(drawn([(72, 700, 10, "שלום - plain")]), "x.pdf")
    assert "plain" in document.text


def test_a_mark_is_found_inside_a_line_that_repeats() -> None:
    spans = (Span(0, 10), Span(20, 30))
    assert pdf._inside(Span(22, 23), spans, [0, 20])
    assert not pdf._inside(Span(12, 13), spans, [0, 20])
