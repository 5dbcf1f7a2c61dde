from hypothesis import given
from hypothesis import strategies as st

from nlp.records import Span
from nlp.running_text import running_text


def read(text: str, *furniture: str) -> str:
    spans = [Span(text.index(f), text.index(f) + len(f)) for f in furniture]
    return running_text(text, Span(0, len(text)), spans).text


def test_a_word_broken_at_a_line_end_is_joined() -> None:
    assert read("the inter-\nception of calls") == "the interception of calls"
    assert read("the inter\u00ad\nception") == "the interception"
    assert read("the inter\u0002ception") == "the interception"


def test_a_hyphen_before_a_capital_or_figure_stays() -> None:
    assert read("the Al-\nNawras firm") == "the Al-Nawras firm"


def test_line_breaks_and_runs_of_space_become_one_space() -> None:
    assert read("state\r\nsecurity \t service") == "state security service"


def test_furniture_between_two_halves_of_a_sentence_is_left_out() -> None:
    assert read("officers of the\nA/HRC/43/12\nservice", "A/HRC/43/12") == "officers of the service"
    assert read("the inter-\n14\nception", "14") == "the interception"


def test_spans_lead_back_to_the_stored_words() -> None:
    text = "the inter-\nception of calls"
    tidy = running_text(text, Span(0, len(text)))
    start = tidy.text.index("interception")
    stored = tidy.stored(Span(start, start + len("interception")))
    assert text[stored.start : stored.end] == "inter-\nception"


PIECES = st.lists(
    st.sampled_from(
        ["word", "Name", " ", "\n", "-\n", "\u00ad", "\r\n", "  ", "\x02", "7", "公安"]
    ),
    max_size=30,
).map("".join)


@given(PIECES, st.data())
def test_every_span_covers_the_same_letters_in_both_texts(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    cut = data.draw(st.integers(start, end))
    furniture = [Span(start, cut)] if cut > start else []
    tidy = running_text(text, Span(0, len(text)), furniture)
    assert "\n" not in tidy.text and "  " not in tidy.text
    a = data.draw(st.integers(0, len(tidy.text)))
    b = data.draw(st.integers(a, len(tidy.text)))
    stored = tidy.stored(Span(a, b))
    assert 0 <= stored.start <= stored.end <= len(text)
    visible = "".join(
        c
        for i, c in enumerate(text[stored.start : stored.end], stored.start)
        if c.isalnum() and not any(f.start <= i < f.end for f in furniture)
    )
    assert visible == "".join(c for c in tidy.text[a:b] if c.isalnum())
