from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nlp.passages import LONGEST, LONGEST_SENTENCE, cut, paragraphs
from nlp.records import Document, Page, Span


def document(
    text: str, *, pages: tuple[int, ...] = (), furniture: tuple[str, ...] = ()
) -> Document:
    bounds = [0, *pages, len(text)]
    return Document(
        id="d",
        source="d.txt",
        media_type="text/plain",
        text=text,
        pages=tuple(Page(n, Span(a, b)) for n, (a, b) in enumerate(pairwise(bounds), 1)),
        furniture=tuple(Span(text.index(f), text.index(f) + len(f)) for f in furniture),
        language="en",
    )


def texts(d: Document) -> list[str]:
    return [c.text for c in cut(d)]


def test_blank_lines_part_paragraphs() -> None:
    assert texts(document("One thing.\n\nAnother thing.")) == ["One thing.", "Another thing."]


def test_wrapped_lines_are_one_paragraph() -> None:
    text = "The agency followed the editor for\nseveral months and read her mail,\nshe said."
    assert texts(document(text)) == [text.replace("\n", " ")]


def test_long_lines_are_paragraphs() -> None:
    line = "The agency followed the editor for several months. " * 6
    assert len(texts(document(f"{line}\n{line}\n{line}"))) == 3


def test_a_numbered_paragraph_starts_anew() -> None:
    text = (
        "1. The group visited the prison and found\nthat it was full.\n"
        "2. The group then visited the court and\nheard three judges."
    )
    assert [t[:2] for t in texts(document(text))] == ["1.", "2."]


def test_a_page_break_in_mid_sentence_does_not_part() -> None:
    first, second = "Officers of the service followed\n", "the editor for months.\n"
    d = document(first + "Page 1\n" + second, pages=(len(first) + 7,), furniture=("Page 1",))
    assert texts(d) == ["Officers of the service followed the editor for months."]
    (piece,) = cut(d)
    assert piece.passage.page == 1


def test_a_passage_knows_its_page() -> None:
    first = "The first page ends here.\n"
    d = document(first + "The second page ends too.", pages=(len(first),))
    assert [(c.passage.page, c.text[:10]) for c in cut(d)] == [(1, "The first "), (2, "The second")]


def test_a_long_paragraph_is_cut_at_sentence_ends() -> None:
    text = "The agency followed the editor for several months in the capital. " * 60
    for piece in texts(document(text.strip())):
        assert len(piece) <= LONGEST and piece.endswith(".")


def test_a_line_without_end_is_cut_and_loses_nothing() -> None:
    text = "x" * (3 * LONGEST_SENTENCE + 7)
    assert "".join(texts(document(text))) == text


def test_each_passage_has_its_own_language() -> None:
    d = document(
        "The police arrested three journalists in the capital.\n\n"
        "La policía detuvo a tres periodistas en la capital el lunes."
    )
    assert [c.passage.language for c in cut(d)] == ["en", "es"]


@given(st.text(alphabet="ab .\n\fZ-1公", max_size=300))
def test_passages_lie_in_order_and_leave_out_only_white_space(text: str) -> None:
    d = document(text)
    at = 0
    for piece in cut(d):
        span = piece.passage.span
        assert at <= span.start < span.end
        assert not text[at : span.start].strip()
        at = span.end
    assert not text[at:].strip()
    for paragraph in paragraphs(d):
        assert d.quote(paragraph).strip() == d.quote(paragraph)
