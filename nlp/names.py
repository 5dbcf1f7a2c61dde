"""Names compared as a licensing officer needs it: keys to find candidates, reasons to judge them.

`rigour` takes names apart and pairs the parts across spellings, scripts and languages. This module
adds what bodies of state need: native script, acronyms, countries, hierarchy and rivals.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from inspect import getdoc
from typing import Literal

import regex
from rigour.names import Alignment, NamePartTag
from rigour.names import Name as Analysis

from nlp.alignment import ALIKE, align, similarity, weigh
from nlp.folding import fold, latin, romanisations
from nlp.knowledge.loader import load
from nlp.readings import (
    GENERIC,
    SMALL_WORDS,
    UNSPACED,
    Reading,
    count_words,
    is_generic,
    is_telling,
    readings,
)
from nlp.records import DESCRIPTION, Entity, Name

__all__ = [
    "ALIKE",
    "Band",
    "Comparison",
    "Feature",
    "band",
    "compare",
    "fold",
    "keys",
    "latin",
    "romanisations",
    "similarity",
]

Band = Literal["strong", "possible", "none"]
Agreement = Literal["native", "exact", "acronym", "initials", "words", "whole", "part", "none"]

# From here on words alone make a candidate; below, too little of both names agrees.
POSSIBLE = 0.6
STRONG = 0.85
# A name that agrees in its brackets only is no more than possible.
_BRACKETED = 0.65
# Two candidates closer than this are a tie.
TIE = 0.04


@dataclass(frozen=True, slots=True)
class Feature:
    """One observation of a comparison: what was found, what it does to the score, and in words."""

    name: str
    value: float | str | bool
    effect: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How well a name agrees with an entity: `score` from 0 to 1, through which of its names.

    `agreement` says in what way: written alike in the native script (`native`) or when folded
    (`exact`), as `acronym` or `initials`, in all its `words`, holding the `whole` name and more,
    only in `part`, or not at all (`none`). `generic` says that only words agree which many bodies
    have in their names.
    """

    score: float
    query: str
    alias: str
    alias_kind: str
    agreement: Agreement
    generic: bool
    features: tuple[Feature, ...] = ()

    def feature(self, name: str) -> Feature | None:
        """The observation of this name, or None."""
        return next((feature for feature in self.features if feature.name == name), None)


@lru_cache(maxsize=16384)
def keys(name: str) -> frozenset[str]:
    """What an index stores for a name, and computes alike for a query: strings with a prefix.

    "f:" the whole name in Latin letters without spaces, with and without the country in it, "c:"
    that country, "p:" a part, "m:" the sound of a part, "s:" a symbol that rigour gives it (a legal
    form or generic word in any language), "a:" an acronym or the initials of the name, "g:" two
    neighbouring letters of a script without spaces. Empty for a name without letters or digits.
    """
    found: set[str] = set()
    for form in readings(name, True):
        found.update((f"f:{form.compact}", f"f:{latin(name).replace(' ', '')}"))
        found.update(f"c:{iso2}" for iso2 in form.countries)
        if form.acronym:
            found.add(f"a:{form.compact}")
        if form.native:
            found.update(f"g:{gram}" for gram in _grams(form.text))
        analysis = form.analysis
        if analysis is not None:
            found.update(_part_keys(analysis))
            initials = _initials(form.text)
            found.update([f"a:{initials}"] if initials else [])
    return frozenset(found)


def _part_keys(analysis: Analysis) -> Iterator[str]:
    for part in analysis.parts:
        if part.tag in (NamePartTag.STOP, NamePartTag.LEGAL):
            continue
        yield f"p:{latin(part.form)}"
        if part.metaphone and len(part.metaphone) > 2:
            yield f"m:{part.metaphone}"
    for symbol in analysis.symbols:
        yield f"s:{symbol.category.value}:{symbol.id}"


def _grams(text: str) -> Iterator[str]:
    for run in regex.findall(rf"{UNSPACED.pattern}{{2,}}", text):
        yield from (run[i : i + 2] for i in range(len(run) - 1))


def _initials(text: str) -> str:
    """The initials of a name of three words or more, without the small words; else empty."""
    words = [word for word in text.split() if word not in SMALL_WORDS]
    return "".join(word[0] for word in words) if 3 <= len(words) <= 8 else ""


def compare(
    query: str, entity: Entity, *, country: str | None = None, sub_type: str | None = None
) -> Comparison:
    """How well `query`, of a party in `country` (ISO alpha-2), agrees with the best of the names
    of `entity`.

    `sub_type` is the kind of party a licence system gives (government, commercial, individual).
    The score says how alike the names are; whether they mean the same body is for `band`.
    """
    of_state = entity.kind == "GOVERNMENT"
    names = entity.names or (Name(entity.name, "name"),)
    acronyms = frozenset(fold(name.text) for name in names if name.kind == "acronym")
    best: Comparison | None = None
    for form in _with_and_without(acronyms, readings(query, of_state)):
        for name in names:
            for known in readings(name.text, of_state):
                found = _compare_forms(query, form, name, known)
                if best is None or found.score > best.score:
                    best = found
    if best is None:
        return _comparison(query, names[0], "none", 0.0, False, ())
    named = frozenset(c for form in readings(query, of_state) for c in form.countries)
    return _with_context(best, entity, country, named, sub_type)


def _with_and_without(acronyms: frozenset[str], forms: Iterable[Reading]) -> Iterator[Reading]:
    """The forms, and each without the body's own acronym beside its name ("BIA, Security
    Agency")."""
    for form in forms:
        yield form
        words = form.text.split()
        kept = [word for word in words if word not in acronyms]
        if kept and len(kept) < len(words):
            text = " ".join(kept)
            yield replace(form, text=text, compact=text.replace(" ", ""))


def _compare_forms(query: str, form: Reading, name: Name, known: Reading) -> Comparison:
    found = _compare_readings(query, form, name, known)
    if not form.bracketed or found.agreement == "none":
        return found
    if found.agreement in ("part", "whole"):
        return _comparison(query, name, "none", 0.0, False, ())
    features = (*found.features, _observe(_only_in_brackets, form.text, -0.3))
    return replace(found, agreement="part", score=min(found.score, _BRACKETED), features=features)


def _compare_readings(query: str, form: Reading, name: Name, known: Reading) -> Comparison:
    if name.kind == "acronym" or form.acronym:
        return _compare_acronyms(query, form, name, known)
    if form.compact == known.compact:
        return _compare_alike(query, form, name, known)
    first, second = form.analysis, known.analysis
    if first is None or second is None:
        return _compare_unspaced(query, form, name, known)
    aligned = align(first, second)
    return _compare_words(query, form, name, known, aligned)


def _compare_acronyms(query: str, form: Reading, name: Name, known: Reading) -> Comparison:
    if form.compact == known.compact and form.acronym == known.acronym:
        feature = _observe(_acronym_agrees, known.text.upper(), 0.9)
        return _comparison(query, name, "acronym", 0.9, True, (feature,))
    if form.compact == known.compact:
        return _compare_alike(query, form, name, known)
    if form.acronym and name.kind != "acronym" and _initials(known.text) == form.compact:
        feature = _observe(_initials_agree, form.compact.upper(), 0.75)
        return _comparison(query, name, "initials", 0.75, True, (feature,))
    return _comparison(query, name, "none", 0.0, True, ())


def _compare_alike(query: str, form: Reading, name: Name, known: Reading) -> Comparison:
    generic = is_generic(known)
    if form.native and known.native and form.text == known.text:
        feature = _observe(_alias_exact_native, name.text, 1.0)
        return _comparison(query, name, "native", 1.0, generic, (feature,))
    score = 0.98 if form.native == known.native else 0.96
    feature = _observe(_alias_exact_latin, name.text, score)
    return _comparison(query, name, "exact", score, generic, (feature,))


def _compare_unspaced(query: str, form: Reading, name: Name, known: Reading) -> Comparison:
    """Names in a script without spaces: one holds the other, or they are two names."""
    inner, outer = sorted((form.text, known.text), key=len)
    if len(inner) < 3 or inner not in outer:
        return _comparison(query, name, "none", 0.0, False, ())
    share = len(inner) / len(outer)
    if inner == known.text:
        feature = _observe(_extra_words, outer.replace(inner, " ", 1).strip(), share - 1)
        return _comparison(query, name, "whole", POSSIBLE + 0.2 * share, False, (feature,))
    feature = _observe(_missing_words, outer.replace(inner, " ", 1).strip(), share - 1)
    return _comparison(query, name, "part", 0.5 + 0.3 * share, False, (feature,))


def _compare_words(
    query: str, form: Reading, name: Name, known: Reading, aligned: list[Alignment]
) -> Comparison:
    tally = weigh(aligned)
    score = tally.score
    extra = " ".join(a.qstr for a in aligned if not a.rps and is_telling(a.qps))
    missing = " ".join(a.rstr for a in aligned if not a.qps and is_telling(a.rps))
    features = [_observe(_words_agree, round(score, 3), score)]
    if extra:
        features.append(_observe(_extra_words, extra, -tally.extra))
    if missing:
        features.append(_observe(_missing_words, missing, -tally.missing))
    if tally.numbers_differ:
        features.append(_observe(_numbers_differ, True, -1.0))
        return _comparison(query, name, "none", min(score, 0.3), False, tuple(features))
    if tally.missing < GENERIC and tally.extra < GENERIC:
        generic = tally.telling == 0
        return _comparison(query, name, "words", 0.95 * score, generic, tuple(features))
    generic = is_generic(known) if _holds(form, known) else tally.telling == 0
    if _holds(form, known):
        features.append(_observe(_holds_whole_name, name.text, 0.0))
        return _comparison(query, name, "whole", max(POSSIBLE, score), generic, tuple(features))
    if _holds(known, form):
        return _comparison(query, name, "part", max(POSSIBLE, score), generic, tuple(features))
    if tally.telling == 0:
        features.append(_observe(_generic_only, True, -score))
        return _comparison(query, name, "none", min(score, 0.3), True, tuple(features))
    return _comparison(query, name, "part", 0.95 * score, False, tuple(features))


def _holds(outer: Reading, inner: Reading) -> bool:
    """True when one name stands word for word in the other, and is more than two common words."""
    if is_generic(inner) and count_words(inner) < 3:
        return False
    return f" {inner.text} " in f" {outer.text} "


def _comparison(
    query: str,
    name: Name,
    agreement: Agreement,
    score: float,
    generic: bool,
    features: tuple[Feature, ...],
) -> Comparison:
    if name.kind == "former" and agreement != "none":
        features = (*features, _observe(_former_name, name.text, -0.02))
        score -= 0.02
    return Comparison(
        score=round(max(0.0, score), 4),
        query=query,
        alias=name.text,
        alias_kind=name.kind,
        agreement=agreement,
        generic=generic,
        features=features,
    )


def _with_context(
    comparison: Comparison,
    entity: Entity,
    country: str | None,
    named: frozenset[str],
    sub_type: str | None,
) -> Comparison:
    """The comparison with what is known of country and kind added to its features and score."""
    features = list(comparison.features)
    if entity.country is not None:
        elsewhere = named if entity.kind == "GOVERNMENT" else frozenset()
        features.extend(_country_features(entity.country, country, elsewhere))
    kind = {"government": "GOVERNMENT", "commercial": "VENDOR"}.get(sub_type or "")
    if kind and entity.kind in ("GOVERNMENT", "VENDOR"):
        observe = _sub_type_agrees if kind == entity.kind else _sub_type_differs
        features.append(_observe(observe, sub_type or "", 0.02 if kind == entity.kind else -0.1))
    context = sum(f.effect for f in features[len(comparison.features) :])
    score = round(min(1.0, max(0.0, comparison.score + context)), 4) if comparison.score else 0.0
    return replace(comparison, score=score, features=tuple(features))


def _country_features(own: str, country: str | None, named: frozenset[str]) -> Iterator[Feature]:
    if named and own not in named:
        yield _observe(_name_names_other_country, ", ".join(sorted(named)), -0.5)
    if country is None and own not in named:
        yield _observe(_country_missing, True, -0.1)
    elif country in (None, own):
        yield _observe(_country_agrees, own, 0.02)
    else:
        yield _observe(_country_differs, f"{country} and {own}", -0.3)


def _observe(what: Callable[[], None], value: float | str | bool, effect: float) -> Feature:
    return Feature(what.__name__.removeprefix("_"), value, round(effect, 3), getdoc(what) or "")


def _alias_exact_native() -> None:
    """The name is written exactly as one of the body's names in its own script."""


def _alias_exact_latin() -> None:
    """The name equals one of the body's names once case, accents, spacing and script are
    levelled."""


def _acronym_agrees() -> None:
    """The letters are an acronym of the body; other bodies may share it, so the country decides."""


def _initials_agree() -> None:
    """The letters are the initials of the body's name; the country decides."""


def _words_agree() -> None:
    """The words of both names agree to this degree, in any order, weighed by how much each
    tells."""


def _extra_words() -> None:
    """The name has these words beyond the body's name: it may be a unit of it, or another body."""


def _missing_words() -> None:
    """The name lacks these words of the body's name."""


def _holds_whole_name() -> None:
    """The name holds the body's whole name and more: a unit of it, or something named after it."""


def _only_in_brackets() -> None:
    """Only what the name has in brackets agrees."""


def _numbers_differ() -> None:
    """The two names carry different numbers."""


def _generic_only() -> None:
    """Only words that many bodies share agree, and not all of them."""


def _former_name() -> None:
    """The body bore this name before, or bears it since a change."""


def _country_agrees() -> None:
    """The party's country is the body's country."""


def _country_missing() -> None:
    """The party's country is not given."""


def _country_differs() -> None:
    """The party's country is not the body's country."""


def _name_names_other_country() -> None:
    """The name itself names a country that is not the body's."""


def _sub_type_agrees() -> None:
    """The kind of party given is the kind of the entity."""


def _sub_type_differs() -> None:
    """The kind of party given is not the kind of the entity."""


def band(
    comparison: Comparison,
    country: str | None,
    entity: Entity,
    rivals: Sequence[tuple[Comparison, Entity]] = (),
) -> tuple[Band, tuple[str, ...]]:
    """How sure it is that the name means `entity`, and the reasons, each naming both strings.

    strong: the form of the name and the country agree and no rival does as well. possible: a unit
    or parent, a generic or incomplete name, no country, or a tie. none: anything less. `rivals`
    are the other candidates for the same name with their comparisons.
    """
    both = f"{comparison.query!r} and {comparison.alias!r}"
    form, reasons = _band_of_form(comparison, both)
    if form == "none":
        return "none", tuple(reasons)
    limit, reason = _limit_of_country(comparison, country, entity, rivals, both)
    if reason:
        reasons.append(reason)
    result: Band = min(form, limit, key=_RANKS.__getitem__)
    tied = _tied(comparison, entity, rivals, country)
    if result == "strong" and tied:
        result = "possible"
    if tied and result != "none":
        names = ", ".join(f"{rival.name} ({rival.id})" for rival in tied)
        reasons.append(f"{comparison.query!r} fits as well or better: {names}")
    return result, tuple(reasons)


_RANKS: dict[str, int] = {"none": 0, "possible": 1, "strong": 2}
# A name that is written alike has no rival in one whose words merely agree.
_CLOSENESS: dict[Agreement, int] = {
    "none": -1, "initials": 1, "part": 1, "whole": 1, "words": 2, "acronym": 3, "exact": 3,
    "native": 3,
}  # fmt: skip


def _band_of_form(comparison: Comparison, both: str) -> tuple[Band, list[str]]:
    """The best band the form of the name allows, before country and rivals are looked at."""
    match comparison.agreement:
        case "native":
            return "strong", [f"{both} are the same name in the native script"]
        case "exact":
            single = comparison.generic and len(fold(comparison.query).split()) < 2
            if single:
                return "possible", [f"{both} are the same, but the word alone is generic"]
            if comparison.query == comparison.alias:
                return "strong", [f"{comparison.query!r} is a name of this body, letter by letter"]
            return "strong", [f"{both} are the same name once spelling and script are levelled"]
        case "acronym":
            if len(comparison.alias) < 3:
                return "possible", [f"{both} are the same acronym, of two letters only"]
            return "strong", [f"{both} are the same acronym"]
        case "initials":
            return "possible", [f"{comparison.query!r} are the initials of {comparison.alias!r}"]
        case "words" if comparison.score >= STRONG:
            return "strong", [f"all words of {both} agree"]
        case "whole" if comparison.score >= 0.5:
            return "possible", [
                f"{comparison.query!r} holds the whole of {comparison.alias!r} and more: a unit of "
                "it, or something named after it"
            ]
        case "words" | "part" if comparison.score >= POSSIBLE:
            return "possible", [f"{both} agree in part"]
    return "none", [f"{both} do not agree"]


def _limit_of_country(
    comparison: Comparison,
    country: str | None,
    entity: Entity,
    rivals: Sequence[tuple[Comparison, Entity]],
    both: str,
) -> tuple[Band, str]:
    """The best band that the countries allow, and why."""
    own = entity.country
    acronym = comparison.agreement in ("acronym", "initials")
    if comparison.feature("name_names_other_country"):
        return "none", f"{comparison.query!r} names another country than that of {entity.name}"
    if own is None:
        unknown = f"of which country {entity.name} is, no document says"
        return ("none" if acronym else "possible"), unknown
    if country == own and entity.basis == DESCRIPTION:
        return "possible", f"{entity.name} is no named body, only what texts call so"
    if country == own:
        return "strong", f"the country agrees: {own}"
    if country is None and comparison.feature("country_agrees") is None:
        if acronym:
            sharing = ", ".join(load().sharing(comparison.query)) or entity.id
            return (
                "none",
                f"an acronym needs its country; {comparison.query!r} is used by {sharing}",
            )
        return "possible", "the party's country is not given"
    if country is None:
        return "possible", f"the party's country is given in its name only: {own}"
    differs = f"the countries differ: {country} and {own}"
    if entity.kind != "GOVERNMENT":
        return ("none" if acronym else "possible"), differs
    usual = (
        comparison.generic
        or entity.basis == DESCRIPTION
        or latin(comparison.query) in _shared_names()
        or any(_namesake_abroad(other, rival, own) for other, rival in rivals)
    )
    same = comparison.agreement in ("native", "exact") and not usual
    if same and not any(_rivals_at_home(other, rival, country) for other, rival in rivals):
        return "possible", f"{differs}, but {both} are the same and the name is unusual"
    return "none", differs


@cache
def _shared_names() -> frozenset[str]:
    """Names that known bodies of several countries bear, in Latin letters."""
    users: dict[str, set[str | None]] = {}
    for entity in load().entities:
        for name in entity.names:
            users.setdefault(latin(name.text), set()).add(entity.country)
    return frozenset(name for name, countries in users.items() if len(countries) > 1)


def _namesake_abroad(other: Comparison, rival: Entity, own: str) -> bool:
    """True for a body of a third country with the same name: the name is no sign of this one."""
    return other.agreement in ("native", "exact") and rival.country not in (None, own)


def _rivals_at_home(other: Comparison, rival: Entity, country: str) -> bool:
    return rival.country == country and other.score >= POSSIBLE


def _tied(
    comparison: Comparison,
    entity: Entity,
    rivals: Sequence[tuple[Comparison, Entity]],
    country: str | None,
) -> list[Entity]:
    """The rivals that fit the name as well as `entity` does and are another body."""
    return [
        rival
        for other, rival in rivals
        if rival.id != entity.id
        and _CLOSENESS[other.agreement] >= _CLOSENESS[comparison.agreement]
        and other.score >= comparison.score - TIE
        and (country is None or rival.country in (country, None))
        and not _related(entity, rival)
    ]


def _related(entity: Entity, rival: Entity) -> bool:
    """True for the two names of one renamed body, which do not compete."""
    former = {fold(n.text) for n in (*entity.names, *rival.names) if n.kind == "former"}
    return fold(entity.name) in former or fold(rival.name) in former
