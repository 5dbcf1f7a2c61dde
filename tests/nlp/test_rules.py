"""The extractor as a whole, on sentences written for this test."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.annotate import as_record
from nlp.extraction import PassageText
from nlp.records import Event, Extraction
from nlp.rules import RuleExtractor
from nlp.sentences import split

EXTRACTOR = RuleExtractor()


def extract(text: str, language: str = "en") -> Extraction:
    passage = PassageText(text=text, sentences=tuple(split(text)), language=language)
    return EXTRACTOR.extract([passage])[0]


def only(text: str) -> tuple[Extraction, Event]:
    extraction = extract(text)
    assert len(extraction.events) == 1
    return extraction, extraction.events[0]


def filling(extraction: Extraction, event: Event, role: str) -> list[str]:
    return [extraction.mentions[i].name for i in event.fillers(role)]  # type: ignore[arg-type]


def test_who_did_what_to_whom_is_read_from_an_active_sentence() -> None:
    extraction, event = only("In March 2019 police arrested three journalists in Tarvik.")
    assert event.kind == "LIB.DETENTION"
    assert filling(extraction, event, "perpetrator") == ["police"]
    assert filling(extraction, event, "target") == ["three journalists"]
    assert event.assertion == "confirmed"
    assert event.date == "2019-03"


def test_who_did_what_to_whom_is_read_from_a_passive_sentence() -> None:
    extraction, event = only("Two activists were tortured by soldiers.")
    assert event.kind == "VIO.TORTURE"
    assert filling(extraction, event, "perpetrator") == ["soldiers"]
    assert filling(extraction, event, "target") == ["Two activists"]


def test_what_is_reported_is_alleged() -> None:
    _, event = only("NGOs alleged that police beat a detainee.")
    assert event.assertion == "alleged"


def test_what_was_not_reported_is_negated() -> None:
    extraction = extract(
        "There were no reports of disappearances by or on behalf of government authorities."
    )
    assert [e.assertion for e in extraction.events] in ([], ["negated"])


def test_the_plain_text_of_a_law_is_no_event() -> None:
    assert extract("The constitution prohibits torture.").events == ()


def test_a_batch_equals_its_members_one_by_one() -> None:
    texts = ["Police arrested three men.", "Rain fell in Tarvik.", "", "Soldiers beat a student."]
    together = EXTRACTOR.extract([PassageText(text=t) for t in texts])
    alone = [EXTRACTOR.extract([PassageText(text=t)])[0] for t in texts]
    assert together == alone


def test_a_language_without_models_gets_known_names_alone() -> None:
    extraction = extract("La policía compró cámaras de Hikvision.", language="es")
    assert [m.name for m in extraction.mentions] == ["Hikvision"]
    assert extraction.events == ()


def test_no_passages_give_no_extractions() -> None:
    assert EXTRACTOR.extract([]) == []


def test_the_record_of_an_extraction_names_its_entities_in_order() -> None:
    text = "Police arrested three journalists."
    extraction = extract(text)
    record = as_record("p1", text, extraction)
    assert record["id"] == "p1"
    entities = record["entities"]
    assert isinstance(entities, list)
    assert [e["id"] for e in entities] == [f"e{n}" for n in range(1, len(entities) + 1)]
    assert all(text[e["start"] : e["end"]] == e["text"] for e in entities)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_every_span_lies_in_the_text_and_quotes_it(text: str) -> None:
    extraction = extract(text)
    for mention in extraction.mentions:
        assert text[mention.span.start : mention.span.end] == mention.name
    for event in extraction.events:
        assert 0 <= event.trigger.start < event.trigger.end <= len(text)
        assert event.quote.holds(event.trigger)
        assert all(a.mention < len(extraction.mentions) for a in event.arguments)


WORDS = (
    "police arrested tortured by the journalists in Kenya said denied . , NIS Hikvision of “ ” ( ) "
    "2019 March no reports killed was were Ministry Interior spyware \u200b \u0000"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=60).map(" ".join))
def test_mentions_never_overlap(text: str) -> None:
    spans = [m.span for m in extract(text).mentions]
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize("piece", ["a", "A ", ". ", "police arrested ", "(", "\u0301", "NSO ", "1"])
def test_hostile_passages_are_read_in_bounded_time(piece: str) -> None:
    start = time.perf_counter()
    extract((piece * 2000)[:2000])
    assert time.perf_counter() - start < 10
