import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from indexer.engine import Engine, open_engine
from indexer.fields import MASK
from nlp.records import DESCRIPTION, Entity, Name
from search_api.answer import Screening
from search_api.application import Application
from search_api.screening import TooManyParties, canonical, screen, sha256
from tests.indexer.documents import NORVANIA_POLICE, Draft, abuse, supply

USER = {
    "ref": "p1",
    "role": "end_user",
    "name": "Norvanian Directorate of Public Calm",
    "sub_type": "government",
    "country": "NO",
}


def application(*parties: dict[str, Any], **fields: Any) -> Application:
    return Application.model_validate({"reference": "T-1", "parties": parties or [USER], **fields})


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = open_engine("sqlite:///")
    opened.add([abuse(), supply()])
    yield opened
    opened.close()


def run(engine: Engine, *parties: dict[str, Any], **fields: Any) -> Screening:
    return screen(application(*parties, **fields), engine, product_version="test")


def with_event(assertion: str, role: str = "perpetrator", kind: str = "LIB.DETENTION") -> Engine:
    """An index whose only event has this assertion and gives the directorate this role."""
    draft = Draft(("The Norvanian Directorate of Public Calm detained Ilo Brant.",), country="NO")
    police = draft.mention("Norvanian Directorate of Public Calm", "GOVERNMENT", NORVANIA_POLICE.id)
    victim = draft.mention("Ilo Brant", "VICTIM")
    other = "target" if role == "perpetrator" else "perpetrator"
    draft.event(kind, "detained", [(role, police), (other, victim)], assertion)  # type: ignore[list-item, arg-type]
    draft.entities.append(NORVANIA_POLICE)
    engine = open_engine("sqlite:///")
    engine.add([draft.done()])
    return engine


def test_a_named_perpetrator_with_a_quote_is_adverse(engine: Engine) -> None:
    result = run(engine)
    assert result.summary.level == "adverse"
    assert result.summary.parties_with_strong_match == ("p1",)
    (finding,) = result.parties[0].findings
    assert (finding.event_type, finding.year) == ("SURV.DEVICE_HACK", "2023")
    (evidence,) = finding.evidence
    stored = engine.get(evidence.doc_id).text[evidence.char_start : evidence.char_end]
    assert evidence.quote == stored.replace("Ilo Brant", MASK)
    assert "never" not in result.summary.statement and "approve" not in result.summary.statement


def test_highlights_stand_on_their_words_beside_a_masked_name(engine: Engine) -> None:
    (evidence,) = run(engine).parties[0].findings[0].evidence
    words = {h.role: evidence.quote[h.start : h.end] for h in evidence.highlights}
    assert words == {
        "perpetrator": "Norvanian Directorate of Public Calm",
        "trigger": "infected",
        "target": MASK,
        "instrument": "Moonmoth",
    }


def test_victims_are_shown_only_to_who_may_see_them(engine: Engine) -> None:
    assert b"Ilo Brant" not in canonical(run(engine))
    shown = run(engine, options={"victim_names": "show"})
    assert "Ilo Brant" in shown.parties[0].findings[0].evidence[0].quote


def test_a_denial_stands_beside_the_allegation_and_does_not_cancel_it(engine: Engine) -> None:
    answer = run(engine).parties[0].findings[0].official_response
    assert answer is not None and answer.status == "denies_act"
    assert answer.quote == "The directorate called the report a fairy tale."


def test_supply_is_context(engine: Engine) -> None:
    (item,) = run(engine).parties[0].context
    assert (item.event_type, item.role_of_party) == ("TRADE.SUPPLY", "recipient")
    assert "not abuse" in item.why


@pytest.mark.parametrize(
    ("assertion", "level"),
    [
        ("confirmed", "adverse"),
        ("alleged", "adverse"),
        ("denied", "context_only"),
        ("hypothetical", "context_only"),
        ("negated", "context_only"),
    ],
)
def test_only_what_is_confirmed_or_alleged_is_adverse(assertion: str, level: str) -> None:
    assert run(with_event(assertion)).summary.level == level


def test_a_body_that_suffers_is_not_accused() -> None:
    result = run(with_event("confirmed", role="target"))
    assert result.summary.level == "context_only"
    assert not result.parties[0].findings


def test_a_party_without_a_country_gets_no_finding(engine: Engine) -> None:
    result = run(engine, {**USER, "country": None})
    assert result.status == "partial"
    assert result.summary.level == "insufficient_information"
    assert not result.parties[0].findings
    assert [f.code for f in result.red_flags] == ["insufficient_information:country"]


def test_a_party_of_another_country_is_not_the_body(engine: Engine) -> None:
    result = run(engine, {**USER, "country": "SE"})
    assert result.summary.level != "adverse"


def test_a_charity_with_a_similar_name_is_not_the_body(engine: Engine) -> None:
    party = {**USER, "name": "Norvanian Public Calm Charity Foundation", "sub_type": "other"}
    result = run(engine, party)
    assert result.summary.level != "adverse"
    assert not result.summary.parties_with_strong_match


def test_an_empty_index_is_never_a_clean_answer() -> None:
    result = run(open_engine("sqlite:///"))
    assert result.summary.level == "insufficient_information"
    assert "No document is loaded" in result.summary.statement
    assert result.coverage.documents_searched == 0


def test_the_same_question_on_the_same_index_has_the_same_hash(engine: Engine) -> None:
    first, second = run(engine), run(engine)
    assert sha256(first) == sha256(second)
    engine.delete([supply().id])
    assert sha256(run(engine)) != sha256(first)


def test_no_level_says_clear(engine: Engine) -> None:
    assert b'"clear"' not in canonical(run(engine)).lower()


def test_more_parties_than_allowed_are_refused_not_cut(engine: Engine) -> None:
    many = [{**USER, "ref": f"p{i}"} for i in range(3)]
    with pytest.raises(TooManyParties, match="3 parties were sent"):
        screen(application(*many), engine, product_version="t", max_parties=2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parties": []}, "parties"),
        ({"parties": [{**USER, "name": "  "}]}, "parties.0.name"),
        ({"parties": [{**USER, "country": "Atlantis"}]}, "parties.0.country"),
        ({"parties": [{**USER, "role": "friend"}]}, "parties.0.role"),
        ({"options": {"event_types": ["SURV.NOTHING"]}}, "options.event_types"),
        ({"options": {"min_bend": "strong"}}, "options.min_bend"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Application.model_validate({"reference": "T", "parties": [USER], **change})
    assert ".".join(str(part) for part in caught.value.errors()[0]["loc"]) == message


def test_a_country_may_be_written_out(engine: Engine) -> None:
    assert run(engine, {**USER, "country": "Norway"}).summary.level == "adverse"


def test_an_item_of_the_same_technology_is_said_to_be(engine: Engine) -> None:
    items = [
        {"ref": "i1", "classification": {"scheme": "ECCN", "code": "4D004"}},
        {"ref": "i2", "description": "traffic lights"},
    ]
    relevance = run(engine, items=items).parties[0].findings[0].item_relevance
    assert [r.level for r in relevance] == ["same_category", "general_record"]


def test_the_application_itself_raises_flags(engine: Engine) -> None:
    result = run(
        engine,
        USER,
        {"ref": "p2", "role": "intermediate_consignee", "name": "Freight FZE", "country": "AE"},
        {"ref": "p3", "role": "ultimate_consignee", "name": "Norvanian Post", "country": "NO"},
        {"ref": "p4", "role": "end_user", "name": "NSO Group", "country": "IL"},
    )
    assert {f.code for f in result.red_flags} >= {
        "intermediary_in_third_country",
        "end_user_consignee_mismatch",
        "vendor_as_end_user",
    }


def test_looking_back_leaves_out_what_is_older(engine: Engine) -> None:
    options = {"lookback_years": 1}
    assert run(engine, options=options, as_of="2023-06-01").summary.findings == 1
    assert run(engine, options=options, as_of="2026-06-01").summary.findings == 0


def test_findings_left_out_are_counted(engine: Engine) -> None:
    document = abuse()
    events = tuple(replace(document.events[0], date=str(year)) for year in (2019, 2020, 2021))
    engine.add([replace(document, id="f" * 64, events=events)])
    party = run(engine, options={"max_findings_per_party": 1}).parties[0]
    assert len(party.findings) == 1 and party.findings_left_out == 3


def body(name: str, **fields: Any) -> Entity:
    entity = Entity(id="corpus:org:zz:x", kind="ORG", name=name, source="corpus")
    return replace(entity, names=(Name(name, "name"),), **fields)


def accused(entity: Entity) -> Engine:
    """An index in which this body has tortured somebody."""
    draft = Draft((f"{entity.name} tortured Ilo Brant.",))
    index = draft.mention(entity.name, entity.kind, entity.id)
    draft.event("VIO.TORTURE", "tortured", [("perpetrator", index)])
    draft.entities.append(entity)
    engine = open_engine("sqlite:///")
    engine.add([draft.done()])
    return engine


def test_a_name_that_no_document_places_in_a_country_is_never_a_strong_match() -> None:
    party = {**USER, "name": "Valley Defence Front", "country": "SE"}
    result = run(accused(body("Valley Defence Front")), party)
    assert [m.band for m in result.parties[0].matches] == ["possible"]
    assert result.summary.level == "insufficient_information"


def test_an_acronym_without_a_country_matches_nobody() -> None:
    result = run(accused(body("VDF")), {**USER, "name": "VDF", "country": "SE"})
    assert result.parties[0].matches == ()


def test_a_nameless_branch_is_possible_at_most_and_only_at_home() -> None:
    guards = body("Prison service (Norway)", kind="GOVERNMENT", country="NO", basis=DESCRIPTION)
    engine = accused(guards)
    home = run(engine, {**USER, "name": "Prison Service (Norway)"})
    assert [m.band for m in home.parties[0].matches] == ["possible"]
    abroad = run(engine, {**USER, "name": "Prison Service", "country": "SE"})
    assert abroad.parties[0].matches == ()


def test_a_person_matches_only_when_asked_for() -> None:
    engine = accused(body("Ivan Petrovsky", kind="PERSON"))
    party = {**USER, "name": "Ivan Petrovsky", "sub_type": "individual"}
    assert run(engine, party).parties[0].matches == ()
    asked = run(engine, party, options={"include_individuals": True})
    assert [m.band for m in asked.parties[0].matches] == ["possible"]


def test_a_victim_is_withheld_wherever_the_name_is_written() -> None:
    draft = Draft(
        (
            "The Norvanian Directorate of Public Calm detained Ilo Brant and his partner, "
            "Mira Tolan. Brant was beaten.",
        ),
        title="Directorate jails Ilo Brant",
        country="NO",
    )
    police = draft.mention("Norvanian Directorate of Public Calm", "GOVERNMENT", NORVANIA_POLICE.id)
    victim = draft.mention("Ilo Brant", "VICTIM")
    draft.mention("Mira Tolan", "PERSON")
    draft.event("LIB.DETENTION", "detained", [("perpetrator", police), ("target", victim)])
    draft.entities.append(NORVANIA_POLICE)
    engine = open_engine("sqlite:///")
    engine.add([draft.done()])
    result = canonical(run(engine))
    for name in (b"Brant", b"Tolan"):
        assert name not in result
    assert b"example.org" not in result  # an address could spell the name of the title out
    shown = canonical(run(engine, options={"victim_names": "show"}))
    assert b"Mira Tolan" in shown and b"Directorate jails Ilo Brant" in shown


def test_looking_back_needs_a_day_to_count_from() -> None:
    with pytest.raises(ValidationError, match="as_of"):
        application(options={"lookback_years": 5})


def test_one_sentence_with_two_words_for_an_act_is_one_passage(engine: Engine) -> None:
    document = abuse("Twice told")
    first = document.events[0]
    second = replace(first, trigger=document.mentions[2].span)
    engine.replace([replace(document, events=(first, second))])
    (finding,) = run(engine).parties[0].findings
    assert (finding.corroboration.documents, finding.corroboration.passages) == (2, 2)


def test_the_hash_is_that_of_the_sorted_answer(engine: Engine) -> None:
    plain = json.loads(canonical(run(engine)))
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == sha256(run(engine))
