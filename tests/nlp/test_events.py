"""From triggers with roles to events: quote, date, answer, arguments."""

from models.reading import ReadEntity, ReadEvent
from nlp.entities import find as find_entities
from nlp.events import find, quote
from nlp.extraction import PassageText
from nlp.records import Argument, Event, Span
from nlp.sentences import split

TEXT = "Rain fell. On May 3, Arvonia hacked Mira Tolan. Arvonia denied the claim."


def at(word: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(word)
    return start, start + len(word)


ENTITIES = [
    ReadEntity(*at("May 3"), "DATE", "NAM", 0.9),
    ReadEntity(*at("Arvonia"), "GOVERNMENT", "NAM", 0.9),
    ReadEntity(*at("Mira Tolan"), "VICTIM", "NAM", 0.9),
]
ROLES = (("perpetrator", 1, 0.9), ("target", 2, 0.9), ("time", 0, 0.9))


def event(roles: tuple[tuple[str, int, float], ...] = ROLES, state: str = "alleged") -> Event:
    passage = PassageText(text=TEXT, sentences=tuple(split(TEXT)), published="2021-12-01")
    mentions, index = find_entities(passage, ENTITIES)
    read = ReadEvent(*at("hacked"), "SURV.DEVICE_HACK", 0.8, state, 0.9, roles)
    (found,) = find(passage, [read], mentions, index)
    return found


def test_arguments_point_to_mentions_by_index() -> None:
    assert event().arguments == (
        Argument("perpetrator", 1),
        Argument("target", 2),
        Argument("time", 0),
    )


def test_the_quote_is_the_sentence_of_trigger_and_arguments() -> None:
    found = event()
    assert TEXT[found.quote.start : found.quote.end] == "On May 3, Arvonia hacked Mira Tolan."


def test_a_day_without_a_year_is_resolved_against_the_publication() -> None:
    assert event().date == "2021-05-03"


def test_an_event_without_time_has_no_date() -> None:
    assert event(ROLES[:2]).date is None


def test_a_denial_stands_beside_the_allegation() -> None:
    found = event()
    assert found.assertion == "alleged"
    assert found.response is not None
    assert found.response.status == "denies_act"
    quoted = TEXT[found.response.quote.start : found.response.quote.end]
    assert quoted == "Arvonia denied the claim."


def test_an_event_without_perpetrator_is_unattributed() -> None:
    assert event(ROLES[1:]).attribution == "unattributed"


def test_roles_and_assertions_that_the_records_do_not_know_are_left_out() -> None:
    found = event((*ROLES, ("witness", 0, 0.9)), state="rumoured")
    assert len(found.arguments) == 3
    assert found.assertion == "alleged"


def test_no_events_need_no_sentences() -> None:
    assert find(PassageText(text="Rain fell."), [], (), {}) == ()


def test_a_quote_covers_arguments_of_neighbouring_sentences() -> None:
    sentences = split("One. Two. Three.")
    assert quote(Span(5, 8), [Span(10, 12)], sentences) == Span(5, 16)
