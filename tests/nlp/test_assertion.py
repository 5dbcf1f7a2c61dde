"""Cues and their reach, denials and who gives them, certainty of the actor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.assertion import answers, attribution, response, sentence_at, settle
from nlp.records import Mention, Response, Span
from nlp.sentences import split


def place(text: str, word: str) -> Span:
    start = text.index(word)
    return Span(start, start + len(word))


def mention(text: str, word: str, kind: str = "GOVERNMENT") -> Mention:
    return Mention(place(text, word), kind, "NAM", word, 0.9)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("There were no reports of disappearances in Arvonia.", "disappearances", "negated"),
        ("There were no credible reports that police beat anyone.", "beat", "negated"),
        ("Auditors found no evidence of wiretapping.", "wiretapping", "negated"),
        ("No evidence was shown, but police arrested Mira Tolan.", "arrested", "confirmed"),
        ("Police arrested ten men; no reports of deaths came.", "arrested", "confirmed"),
        ("Police arrested ten men.", "arrested", "confirmed"),
        ("Critics could be arrested.", "arrested", "hypothetical"),
        ("Critics may have been arrested.", "arrested", "confirmed"),
        ("According to NGOs, police beat ten men.", "beat", "alleged"),
        ("Police beat ten men, according to a forensic report.", "beat", "confirmed"),
        ("The ministry rejected the notion that it had followed the mayor.", "followed", "denied"),
        ("Rumours of secret detention were entirely unfounded.", "secret detention", "denied"),
        ("Police denied her access and beat her.", "beat", "confirmed"),
        ("The law allows the bureau to read all letters.", "read", "hypothetical"),
        ("Norvania plans to block news sites.", "block", "hypothetical"),
    ],
)
def test_a_cue_reaches_to_the_end_of_its_clause(text: str, trigger: str, expected: str) -> None:
    assert settle(text, Span(0, len(text)), place(text, trigger), "confirmed") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ministry denied the allegations.", ["denies_act"]),
        ("The firm rejected all claims.", ["denies_act"]),
        ("The army denied involvement.", ["denies_act"]),
        ("He was denied access to a lawyer.", []),
        ("Guards denied him medical care.", []),
        ("The court rejected his appeal.", []),
        ("The court dismissed the case.", []),
        ("The agency neither confirmed nor denied the report.", ["no_comment"]),
        ("The ministry did not deny that it used the tool.", ["no_comment"]),
        ("The vendor declined to comment.", ["no_comment"]),
        ("The firm did not respond to questions.", ["no_comment"]),
        ("Officials admitted that they read the messages.", ["admits_act"]),
        ("Nothing was said.", []),
    ],
)
def test_an_answer_is_told_from_other_denials(text: str, expected: list[str]) -> None:
    assert [answer.status for answer in answers(text)] == expected


def test_an_answer_belongs_to_the_party_named_before_it() -> None:
    text = "Arvonia hacked the editor. Norvia Systems denied the claim."
    mentions = [mention(text, "Arvonia"), mention(text, "Norvia Systems", "VENDOR")]
    found = response(answers(text), split(text), 0, mentions, [0])
    assert found == Response("denies_act", split(text)[1], 1)


def test_an_answer_too_far_from_the_act_is_not_its_own() -> None:
    text = "Arvonia hacked the editor. Rain fell. Snow fell. Norvia denied the claim."
    assert response(answers(text), split(text), 0, [mention(text, "Norvia")], []) is None


def test_only_a_perpetrator_can_admit_the_act() -> None:
    text = "Arvonia hacked the editor. The court acknowledged receipt."
    assert response(answers(text), split(text), 0, [mention(text, "Arvonia")], [0]) is None


def test_the_perpetrator_answers_when_nobody_is_named() -> None:
    text = "Arvonia hacked the editor. It denied the claim."
    found = response(answers(text), split(text), 0, [mention(text, "Arvonia")], [0])
    assert found is not None and found.by == 0


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        ("Arvonia hacked the editor.", "confirmed", "confirmed"),
        ("Arvonia hacked the editor.", "alleged", "alleged"),
        ("Hackers linked to Arvonia hacked the editor.", "confirmed", "alleged"),
        ("Suspected agents of Arvonia hacked the editor.", "confirmed", "alleged"),
    ],
)
def test_doubt_about_the_actor_is_apart_from_doubt_about_the_act(
    text: str, state: str, expected: str
) -> None:
    found = attribution(text, state, place(text, "hacked"), [place(text, "Arvonia")])  # type: ignore[arg-type]
    assert found == expected


def test_an_act_without_an_actor_is_unattributed() -> None:
    assert attribution("Phones were hacked.", "confirmed", Span(12, 18), []) == "unattributed"


@given(st.text())
def test_no_text_breaks_the_rules(text: str) -> None:
    found = answers(text)
    sentences = split(text) or [Span(0, 0)]
    trigger = Span(len(text) // 2, len(text))
    assert settle(text, Span(0, len(text)), trigger, "alleged") in (
        "alleged",
        "hypothetical",
        "negated",
    )
    assert all(0 <= sentence_at(sentences, a.at) < len(sentences) for a in found)
