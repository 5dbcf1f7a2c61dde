"""Where sentences end."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.records import Span
from nlp.sentences import split


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One came. Two left.", ["One came.", "Two left."]),
        ("Mr. Adeyo met Dr. Lund. They spoke.", ["Mr. Adeyo met Dr. Lund.", "They spoke."]),
        ("Gen. K. Y. Amon left. He slept.", ["Gen. K. Y. Amon left.", "He slept."]),
        ("The U.S. Government wrote.", ["The U.S. Government wrote."]),
        ("It left the U.S. The law passed.", ["It left the U.S.", "The law passed."]),
        ("See No. 5 and Art. 19 and para. 12.", ["See No. 5 and Art. 19 and para. 12."]),
        ("It cost 3.5 million. Why?", ["It cost 3.5 million.", "Why?"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("They left (at night.) Rain fell.", ["They left (at night.)", "Rain fell."]),
        ("He waited... and then left.", ["He waited... and then left."]),
        ("He waited... Then he left.", ["He waited...", "Then he left."]),
        ("What? Yes! Go.", ["What?", "Yes!", "Go."]),
        ("Heading\n\nThe text begins.", ["Heading", "The text begins."]),
        ("Found:\n• one thing\n• another", ["Found:", "• one thing", "• another"]),
        ("1. The first point. 2 more.", ["1. The first point.", "2 more."]),
        ("Items, e.g. The Hague, count.", ["Items, e.g. The Hague, count."]),
        ("他说。他走了！", ["他说。", "他走了！"]),
        ("“你好。”她说。", ["“你好。”", "她说。"]),
        ("यह है। वह है॥", ["यह है।", "वह है॥"]),
        ("یہ ہے۔ وہ ہے۔", ["یہ ہے۔", "وہ ہے۔"]),
        ("هل جاء؟ نعم جاء.", ["هل جاء؟", "نعم جاء."]),
        ("ဒါပါ။ ပြီးပြီ။", ["ဒါပါ။", "ပြီးပြီ။"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text())
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    spans = split(text)
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())


@given(st.text(alphabet="Aa.!? \n\"')•1。", max_size=200))
def test_sentences_have_no_white_space_around_them(text: str) -> None:
    for span in split(text):
        sentence = text[span.start : span.end]
        assert sentence and sentence == sentence.strip()


@pytest.mark.parametrize(
    "piece", [".", ". ", "a", "\n ", "A. ", " ", "...\n", "(", '."', "\n- ", "。", "no. 1 "]
)
def test_hostile_text_is_split_in_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    split(text)
    assert time.perf_counter() - start < 20


def test_a_text_without_marks_is_one_sentence() -> None:
    assert split("word " * 5) == [Span(0, 24)]
