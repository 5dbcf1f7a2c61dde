"""Plain text and Markdown."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.readers.content import MAX_TEXT
from indexer.readers.errors import EmptyDocument, TooLarge, UnsupportedFormat
from indexer.readers.plain import decode, is_binary
from indexer.readers.reading import read
from tests.data.make import HERE, LATIN, MARKDOWN

SPANISH = "Los testigos señalaron que el camión llegó a las diez de la mañana. " * 20
RUSSIAN = "Жители сообщили, что камеры были установлены весной. " * 20
ARABIC = "قال السكان إن الكاميرات وضعت في الربيع. " * 20
POLISH = "Mieszkańcy powiedzieli, że żadne śledztwo się nie odbyło; łódź była pełna. " * 20
CHINESE = "居民说摄像头是春天安装的。" * 40


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_without_a_warning(encoding: str) -> None:
    assert decode(RUSSIAN.encode(encoding)) == (RUSSIAN, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (LATIN, "cp1252"),
        (SPANISH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (ARABIC, "cp1256"),
        (POLISH, "cp1250"),
        (CHINESE, "gb18030"),
        (SPANISH, "utf-16-le"),
    ],
)
def test_another_encoding_is_guessed_and_the_guess_is_told(text: str, encoding: str) -> None:
    read_as, warnings = decode(text.encode(encoding))
    assert read_as == text
    assert warnings


def test_a_few_broken_bytes_do_not_spoil_the_rest() -> None:
    text, warnings = decode(b"x" + RUSSIAN.encode() * 3 + b"\xff")
    assert RUSSIAN in text
    assert warnings == ("1 places that are no valid UTF-8 are shown as \N{REPLACEMENT CHARACTER}.",)


def test_binary_content_is_no_text() -> None:
    with pytest.raises(UnsupportedFormat):
        read((HERE / "binary.txt").read_bytes(), "binary.txt", media_type="text/plain")


def test_white_space_is_no_document() -> None:
    with pytest.raises(EmptyDocument):
        read(b" \n\t\n", "x.txt")


def test_line_ends_stay_as_they_are() -> None:
    assert read(b"one\r\ntwo\rthree\n", "x.txt").text == "one\r\ntwo\rthree\n"


def test_a_form_feed_starts_a_page() -> None:
    document = read(b"first\fsecond\f", "x.txt")
    assert [document.quote(page.span) for page in document.pages] == ["first", "second"]
    assert [page.number for page in document.pages] == [1, 2]


def test_a_markdown_header_gives_metadata_and_is_furniture() -> None:
    document = read((HERE / "notes.md").read_bytes(), "notes.md")
    assert document.text == MARKDOWN
    assert document.title == "Notes from Mill Hill"
    assert document.published == "2021-06-14"
    assert (document.publisher, document.licence) == ("Testland Rights Observatory", "CC-BY-4.0")
    assert document.country == "Testland"
    (header,) = document.furniture
    assert document.quote(header).startswith("---") and document.quote(header).endswith("---\n")


def test_the_first_heading_is_the_title() -> None:
    assert read(b"# What we saw\n\nNothing.\n", "x.txt").title == "What we saw"


def test_dashes_around_ordinary_lines_are_no_header() -> None:
    document = read(b"---\nTwo men came at night.\n---\nThey left.\n", "x.md")
    assert document.furniture == () and document.title is None


def test_one_very_long_line_is_read_in_a_few_seconds() -> None:
    data = b"word " * (50 * 1024 * 1024 // 5)
    begun = time.monotonic()
    assert len(read(data, "long.txt").text) == len(data)
    assert time.monotonic() - begun < 20


def test_a_text_over_the_cap_says_what_would_work() -> None:
    with pytest.raises(TooLarge, match="corpus"):
        read(b"x" * (MAX_TEXT + 1), "huge.txt")


@given(st.text(min_size=1))
def test_pages_cover_the_text_but_for_the_form_feeds(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    if is_binary(data) or not text.strip():
        return
    try:
        document = read(data, "x.txt", media_type="text/plain")
    except (UnsupportedFormat, EmptyDocument):
        return
    pages = [document.quote(page.span) for page in document.pages]
    assert all("\f" not in page for page in pages)
    if pages:
        assert "\f".join(pages) == document.text.removesuffix("\f")
    document.text.encode()  # storable: no half characters


@given(st.text())
def test_utf8_comes_back_as_it_was(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and b"\0" not in data:
        assert decode(data)[0] == data.decode()
