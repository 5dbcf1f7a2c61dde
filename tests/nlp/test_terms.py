import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.terms import fold, highlights, index_terms, parse, spans, stem


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("BEZBJEDNOST", "bezbjednost"),
        ("bezbjednosť", "bezbjednost"),
        ("Łukasz", "lukasz"),
        ("Ｐｏｌｉｃｅ", "police"),
        ("الأمن", "الامن"),
        ("کشور", "كشور"),
        ("МИЛИЦИЯ", "милиция"),
        ("İstanbul", "istanbul"),
        ("ရဲတပ်ဖွဲ့", "ရဲတပ်ဖွဲ့"),
    ],
)
def test_folding_levels_case_and_diacritics_and_keeps_vowel_signs(
    written: str, folded: str
) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_words_are_stemmed_by_their_language() -> None:
    assert index_terms("The detained journalists", "en") == (
        "the detained journalists",
        "the detain journalist",
    )
    assert stem("detenidos", "es") == stem("detenido", "es")
    assert stem("words", "und") == "words"


def test_scripts_without_spaces_become_overlapping_pairs() -> None:
    assert index_terms("公安部", "zh")[0] == "公安 安部 部"
    assert index_terms("ตำรวจ", "th")[0].split()[0].startswith(fold("ตำ"))


def test_a_burmese_syllable_keeps_its_final_consonant() -> None:
    first = index_terms("ရဲတပ်ဖွဲ့", "my")[0].split()[0]
    assert first == "ရဲတပ်"


def test_a_word_of_two_scripts_is_cut_between_them() -> None:
    assert index_terms("COVID病毒", "zh")[0] == "covid 病毒 毒"


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("recognitions", "Face recognition was used.", ["recognition"]),
        ('"public security"', "Public Security, not security public", ["Public Security"]),
        ("公安", "他说公安部逮捕", ["公安"]),
        ("安", "公安部", ["安部"]),
        ("surveil*", "surveillance and surveilled", ["surveillance", "surveilled"]),
        ("uyghurs", "Uyghurs’ phones", ["Uyghurs"]),
        ("absent", "nothing here", []),
    ],
)
def test_highlights_are_the_words_that_answer(query: str, text: str, found: list[str]) -> None:
    clauses = parse(query, ["en"])
    assert [text[a:b] for a, b in highlights(text, "en", clauses)] == found


def test_an_open_quote_ends_with_the_query() -> None:
    assert [c.words for c in parse('police "state security', ["en"])] == [
        ("police",),
        ("state", "security"),
    ]


def test_a_query_word_is_stemmed_by_every_language_of_the_index() -> None:
    (clause,) = parse("detenidos", ["en", "es"])
    assert set(clause.stems) == {stem("detenidos", "en"), stem("detenidos", "es")}


@given(st.text(max_size=200))
def test_terms_lie_in_order_inside_the_text(text: str) -> None:
    at = 0
    for term in spans(text):
        assert 0 <= term.start < term.end <= len(text)
        assert term.start >= at or text[term.start] >= "\u3040"  # pairs overlap
        at = term.start


@given(st.text(max_size=200), st.sampled_from(["en", "zh", "my", "ar", "und"]))
def test_folded_and_stemmed_terms_stand_at_the_same_places(text: str, language: str) -> None:
    folded, stemmed = index_terms(text, language)
    assert len(folded.split(" ")) == len(stemmed.split(" "))


@given(st.text(max_size=100))
def test_no_query_is_refused(text: str) -> None:
    for clause in parse(text, ["en", "ru"]):
        assert clause.words and all(clause.words)


def test_a_word_broken_at_a_line_end_is_found_whole() -> None:
    text = "the move-\nments and data sys\u00ad\ntems of Al-\nNawras"
    assert index_terms(text, "en")[0] == "the movements and data systems of al nawras"
    clauses = parse("movement", ["en"])
    assert [text[a:b] for a, b in highlights(text, "en", clauses)] == ["move-\nments"]


def test_a_zero_width_joiner_does_not_part_a_word() -> None:
    assert index_terms("تلفن\u200cهای", "fa")[0] == "تلفنهاي"
