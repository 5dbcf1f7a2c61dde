"""Known names in passages: which count, and what they make of a mention."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.gazetteer import Phrases
from models.reading import ReadEntity
from nlp.categories import actor_type, technology, victim_group
from nlp.entities import category, context, find
from nlp.extraction import PassageText
from nlp.records import Mention


def found(text: str, language: str = "en", **known: object) -> list[Mention]:
    passage = PassageText(text=text, language=language, **known)  # type: ignore[arg-type]
    return list(find(passage, ())[0])


def names(text: str, kind: str, **known: object) -> list[str]:
    return [m.name for m in found(text, **known) if m.kind == kind]  # type: ignore[arg-type]


def test_a_listed_firm_is_a_vendor() -> None:
    (mention,) = found("The tender names Hikvision among bidders.")
    assert (mention.kind, mention.form, mention.name) == ("VENDOR", "NAM", "Hikvision")


def test_a_name_inside_a_longer_word_is_not_found() -> None:
    assert found("The Hikvisionary prize.") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The spyware Predator was on sale.", ["Predator"]),
        ("The film Predator was on show.", []),
        ("Reports on Intellexa name Predator.", ["Predator"]),
    ],
)
def test_a_product_named_like_a_word_needs_a_word_of_its_own(
    text: str, expected: list[str]
) -> None:
    assert names(text, "PRODUCT") == expected


def test_a_product_has_its_technology() -> None:
    (mention,) = found("A folder named FinSpy was empty.")
    assert mention.category == "TECH.INTRUSION"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, []),
        ({"country": "KE"}, ["NIS"]),
        ({"context": frozenset({"KE"})}, ["NIS"]),
        ({"country": "SE"}, []),
    ],
)
def test_an_acronym_needs_its_country_in_reach(
    known: dict[str, object], expected: list[str]
) -> None:
    assert names("The NIS published a yearly budget.", "GOVERNMENT", **known) == expected


def test_the_passage_itself_can_name_the_country_of_an_acronym() -> None:
    assert names("In Kenya the NIS published a budget.", "GOVERNMENT") == ["NIS"]


def test_names_in_other_scripts_are_found_without_models() -> None:
    assert [m.kind for m in found("زار الوفد الجزائر", language="ar")] == ["LOCATION"]


def test_words_for_technology_are_found_in_other_languages() -> None:
    (mention,) = found("Пресс-релиз: распознавание лиц в метро.", language="ru")
    assert (mention.kind, mention.form) == ("PRODUCT", "NOM")
    assert mention.category == "TECH.BIOMETRIC_FACE"


def test_context_holds_countries_vendors_and_products() -> None:
    ids = context(["Hikvision opened an office.", "Visitors came from Kenya.", "FinSpy was named."])
    assert {"ven-hikvision", "KE", "prd-finspy"} <= ids


def test_what_the_models_found_keeps_its_place_and_form() -> None:
    text = "Three journalists met the Arvonian police."
    read = [
        ReadEntity(0, 17, "VICTIM", "NOM", 0.8),
        ReadEntity(26, 41, "GOVERNMENT", "NAM", 0.9),
    ]
    mentions, index = find(PassageText(text=text), read)
    assert [(m.name, m.category) for m in mentions] == [
        ("Three journalists", "JOURNALIST"),
        ("Arvonian police", "POLICE"),
    ]
    assert index == {0: 0, 1: 1}


def test_a_listed_firm_is_a_vendor_where_the_models_saw_an_organisation() -> None:
    read = [ReadEntity(0, 9, "ORG", "NAM", 0.7)]
    mentions, _ = find(PassageText(text="Hikvision opened an office."), read)
    assert [m.kind for m in mentions] == ["VENDOR"]


def test_indices_follow_the_models_when_known_names_are_added_before() -> None:
    text = "Hikvision and Mira Tolan met."
    mentions, index = find(PassageText(text=text), [ReadEntity(14, 24, "PERSON", "NAM", 0.9)])
    assert [m.name for m in mentions] == ["Hikvision", "Mira Tolan"]
    assert index == {0: 1}


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("35 journalists", "JOURNALIST"),
        ("opposition politicians", "OPPOSITION"),
        ("women", "WOMEN_GIRLS"),
        ("Rohingya villagers", "CIVILIAN"),
        ("human rights defenders", "HRD"),
        ("asylum seekers", "MIGRANT"),
        ("Mira Tolan", None),
    ],
)
def test_the_last_listed_word_names_the_group(name: str, group: str | None) -> None:
    assert victim_group(name) == group


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("spyware", "TECH.INTRUSION"),
        ("facial recognition cameras", "TECH.BIOMETRIC_FACE"),
        ("water cannons", "TECH.RIOT_CONTROL"),
        ("CCTV cameras", "TECH.VIDEO_CITY"),
        ("armed drones", "TECH.UAV"),
        ("bicycles", None),
    ],
)
def test_a_description_names_its_technology(name: str, code: str | None) -> None:
    assert technology(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Arvonian National Police", "POLICE"),
        ("Ministry of State Security", "INTEL"),
        ("soldiers", "MILITARY"),
        ("Supreme Court", "JUDICIARY"),
        ("authorities", "EXECUTIVE"),
        ("Arvonia", None),
    ],
)
def test_a_body_has_an_actor_type(name: str, code: str | None) -> None:
    assert actor_type(name) == code


def test_other_kinds_have_no_category() -> None:
    assert category("PERSON", "police journalist") is None


def test_of_two_known_names_that_overlap_the_longer_stays() -> None:
    phrases = Phrases([("Grey", "a", "1"), ("Grey Owl", "b", "2"), ("Owl Systems Ltd", "c", "3")])
    text = "Grey Owl Systems Ltd"
    assert [text[f.start : f.end] for f in phrases.find(text)] == ["Owl Systems Ltd"]


@given(st.text(), st.sampled_from(["en", "ar", "zh", "und"]))
def test_every_mention_quotes_the_text(text: str, language: str) -> None:
    for mention in found(f"{text} Hikvision in Kenya, NIS", language=language):
        passage = f"{text} Hikvision in Kenya, NIS"
        assert passage[mention.span.start : mention.span.end] == mention.name
        assert 0 <= mention.score <= 1
