"""The contract: what one engine can do, all must. `engine` is parametrised over all of them."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.engine import DocumentNotFound, Engine, Query, open_engine
from nlp.knowledge.loader import load
from nlp.records import Span
from tests.indexer.documents import NORVANIA_POLICE, abuse, spanish, supply


@pytest.fixture(params=["memory", "file"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    path = "" if request.param == "memory" else str(tmp_path / "index.sqlite")
    opened = open_engine(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def loaded(engine: Engine) -> Engine:
    assert engine.add([abuse(), supply(), spanish()]) == 3
    return engine


def titles(engine: Engine, text: str = "", **fields: object) -> list[str | None]:
    return [h.title for h in engine.search(Query(text=text, **fields)).hits]  # type: ignore[arg-type]


def test_a_document_comes_back_as_it_was_added(loaded: Engine) -> None:
    assert loaded.get(abuse().id) == abuse()
    assert loaded.get(abuse().id[:12]) == abuse()
    assert [d.id for d in loaded.documents()] == sorted(
        d.id for d in (abuse(), supply(), spanish())
    )


def test_an_unknown_document_is_named_in_the_error(engine: Engine) -> None:
    with pytest.raises(DocumentNotFound, match="0123456789abcdef"):
        engine.get("0123456789abcdef")


def test_adding_twice_changes_nothing(loaded: Engine) -> None:
    before = loaded.coverage()
    assert loaded.add([abuse()]) == 0
    assert loaded.coverage() == before
    assert loaded.known([abuse().id, "none"]) == {abuse().id}


def test_a_deleted_document_leaves_no_trace(loaded: Engine, engine: Engine) -> None:
    assert loaded.delete([abuse().id, "none"]) == 1
    assert titles(loaded, "infected") == []
    assert loaded.involvements(NORVANIA_POLICE.id)[0].event_kind == "TRADE.SUPPLY"
    loaded.delete([supply().id, spanish().id])
    assert loaded.entities([NORVANIA_POLICE.id]) == {}
    assert loaded.coverage() == replace(loaded.coverage(), documents=0, passages=0)


def test_the_snapshot_names_the_content_whatever_the_order(tmp_path: Path) -> None:
    seen = []
    for order in ([abuse(), supply()], [supply(), abuse()], [supply()]):
        engine = open_engine("sqlite:///")
        for document in order:
            engine.add([document])
        seen.append(engine.coverage().snapshot)
        engine.close()
    assert seen[0] == seen[1] != seen[2]


def test_all_words_must_occur_in_the_passage(loaded: Engine) -> None:
    assert titles(loaded, "infected phone") == ["Phones of Norvania"]
    assert titles(loaded, "infected radios") == []


def test_words_match_by_stem_phrases_as_written(loaded: Engine) -> None:
    assert titles(loaded, "infecting phones") == ["Phones of Norvania"]
    found = titles(loaded, '"public calm"')
    assert sorted(map(str, found)) == ["Phones of Norvania", "Radios for Norvania"]
    assert titles(loaded, '"calm public"') == []
    assert titles(loaded, "norvan*") != []


def test_a_spanish_word_matches_by_its_own_stem(loaded: Engine) -> None:
    assert titles(loaded, "periodista") == ["Detenidos"]
    assert titles(loaded, "policia") == ["Detenidos"]


def test_highlights_quote_the_words_found(loaded: Engine) -> None:
    (hit,) = loaded.search(Query(text="infecting")).hits
    assert [hit.text[h.start : h.end] for h in hit.highlights] == ["infected"]
    assert loaded.get(hit.document).quote(Span(hit.start, hit.end)) == hit.text


def test_facets_count_over_all_matches_and_filters_narrow(loaded: Engine) -> None:
    results = loaded.search(Query(text="norvanian", limit=1))
    assert results.total == 2 and len(results.hits) == 1
    counted = {f: {v.value: v.count for v in values} for f, values in results.facets.items()}
    assert counted["event"] == {"SURV.DEVICE_HACK": 1, "TRADE.SUPPLY": 1}
    assert counted["government"] == {NORVANIA_POLICE.id: 2}
    assert counted["technology"] == {"TECH.INTRUSION": 1}
    assert counted["year"] == {"2022": 1, "2023": 1}
    labels = {v.value: v.label for v in results.facets["government"]}
    assert labels[NORVANIA_POLICE.id] == NORVANIA_POLICE.name
    only = titles(loaded, "norvanian", filters={"event": ("TRADE.SUPPLY",)})
    assert only == ["Radios for Norvania"]
    assert titles(loaded, filters={"language": ("es",)}) == ["Detenidos"]
    both = titles(loaded, filters={"event": ("TRADE.SUPPLY", "SURV.DEVICE_HACK")})
    assert len(both) == 2


def test_an_unknown_facet_is_refused_with_those_there_are(engine: Engine) -> None:
    with pytest.raises(ValueError, match="no facet 'colour': use one of event"):
        engine.search(Query(filters={"colour": ("red",)}))


def test_publication_dates_bound_a_search(loaded: Engine) -> None:
    assert titles(loaded, since="2022", until="2022-12-31") == ["Radios for Norvania"]
    assert "Detenidos" not in titles(loaded, since="2022")


def test_pages_of_hits_do_not_overlap(loaded: Engine) -> None:
    first = loaded.search(Query(limit=2))
    second = loaded.search(Query(limit=2, offset=2))
    places = [(h.document, h.start) for h in (*first.hits, *second.hits)]
    assert len(set(places)) == 4 == first.total


@pytest.mark.parametrize(
    "text", ['"', "AND OR NOT", "a:b", "folded : x", "'; DROP", "*", "NEAR(a b)"]
)
def test_no_text_is_read_as_a_command(loaded: Engine, text: str) -> None:
    assert loaded.search(Query(text=text)).total == 0


def test_known_parties_are_candidates_in_an_empty_index(engine: Engine) -> None:
    found = [c.entity.id for c in engine.candidates(["Ministry of Public Security", "公安部"])]
    assert "gov-cn-mps" in found[:3]
    assert engine.entities(["gov-cn-mps", "nobody"]).keys() == {"gov-cn-mps"}
    assert engine.candidates([]) == []


def test_entities_of_the_corpus_are_candidates(loaded: Engine) -> None:
    (best, *_) = loaded.candidates(["Directorate of Public Calm (Norvania)"])
    assert best.entity.id == NORVANIA_POLICE.id


def test_an_involvement_carries_all_that_a_finding_shows(loaded: Engine) -> None:
    hack, sale = loaded.involvements(NORVANIA_POLICE.id)
    document = abuse()
    assert (hack.event_kind, hack.role, hack.date) == ("SURV.DEVICE_HACK", "perpetrator", "2023-03")
    assert hack.quote_text == document.quote(hack.quote)
    assert hack.response_text == "The directorate called the report a fairy tale."
    assert [document.quote(v) for v in hack.victims] == ["Ilo Brant"]
    assert hack.arguments["instrument"][0].category == "TECH.INTRUSION"
    assert hack.document.title == document.title and hack.document.text == ""
    assert (sale.event_kind, sale.role) == ("TRADE.SUPPLY", "recipient")


def test_coverage_counts_what_is_there(loaded: Engine) -> None:
    coverage = loaded.coverage()
    assert (coverage.documents, coverage.passages) == (3, 4)
    assert coverage.languages == {"en": 2, "es": 1}
    assert (coverage.earliest, coverage.latest) == ("2021-12-03", "2023-05-04")


def test_the_known_parties_are_those_of_the_knowledge(engine: Engine) -> None:
    ids = [e.id for e in load().entities]
    assert set(engine.entities(ids)) == set(ids)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="no engine for 'mongodb'"):
        open_engine("mongodb://localhost")


def test_words_may_be_excluded(loaded: Engine) -> None:
    assert titles(loaded, "norvanian -infected") == ["Radios for Norvania"]
    assert titles(loaded, 'norvanian -"sold radios"') == ["Phones of Norvania"]
    assert "Phones of Norvania" not in titles(loaded, "-norvanian -farmers")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"since": "yesterday"}, "no date"),
        ({"until": "2021-13"}, "no date"),
        ({"filters": {"event": ("NO.SUCH",)}}, "event has no value"),
        ({"filters": {"country": ("Narnia",)}}, "country has no value"),
    ],
)
def test_what_nothing_can_match_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Query(**fields)  # type: ignore[arg-type]


def test_a_document_is_replaced_whole(loaded: Engine) -> None:
    before = loaded.coverage()
    changed = replace(abuse(), published="2003", events=())
    assert loaded.replace([changed]) == 1
    assert loaded.get(changed.id) == changed
    assert [i.event_kind for i in loaded.involvements(NORVANIA_POLICE.id)] == ["TRADE.SUPPLY"]
    assert loaded.coverage().snapshot != before.snapshot
    loaded.replace([abuse()])
    assert loaded.coverage().snapshot == before.snapshot


def test_roles_narrow_involvements(loaded: Engine) -> None:
    acts = loaded.involvements(NORVANIA_POLICE.id, ("perpetrator",))
    assert [a.event_kind for a in acts] == ["SURV.DEVICE_HACK"]


def test_what_is_read_together_is_of_one_moment(tmp_path: Path) -> None:
    path = f"sqlite:///{tmp_path / 'index.sqlite'}"
    reader, writer = open_engine(path), open_engine(path)
    with reader.consistent():
        before = reader.coverage()
        writer.add([abuse()])
        assert reader.coverage() == before
        assert reader.involvements(NORVANIA_POLICE.id) == []
    assert reader.coverage().documents == 1
    reader.close()
    writer.close()


def test_connections_of_ended_threads_are_closed(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'index.sqlite'}")
    for _ in range(20):
        thread = threading.Thread(target=engine.coverage)
        thread.start()
        thread.join()
    assert len(engine._connections) <= 3  # type: ignore[attr-defined]
    engine.close()
