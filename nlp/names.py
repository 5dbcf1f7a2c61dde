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
from rigour.names import (
    Alignment,
    NamePart,
    NamePartTag,
    NameTypeTag,
    SymbolCategory,
    analyze_names,
    compare_parts,
    pair_symbols,
)
from rigour.names import Name as Analysis
from rigour.text.distance import levenshtein

from nlp.folding import fold, latin, romanisations
from nlp.knowledge.loader import load
from nlp.records import Entity, Name

__all__ = [
    "Band",
    "Comparison",
    "Feature",
    "Reading",
    "bag",
    "band",
    "compare",
    "fold",
    "is_generic",
    "keys",
    "latin",
    "readings",
    "romanisations",
    "similarity",
]

Band = Literal["strong", "possible", "none"]
Agreement = Literal["native", "exact", "acronym", "initials", "words", "whole", "part", "none"]

# How much a part of a name tells about who is meant. A word that rigour knows as a kind of body
# or a field of work ("ministry", "security", "national") and a country tell little, a legal form
# or a stop word next to nothing, a number more than a word: unit 8200 is not unit 8201.
_WORD, _GENERIC, _SLIGHT, _NUMBER = 1.0, 0.3, 0.05, 1.5
_GENERIC_SYMBOLS = frozenset(
    {
        SymbolCategory.SYMBOL,
        SymbolCategory.DOMAIN,
        SymbolCategory.ORG_CLASS,
    }
)
# Words of names of bodies that rigour does not class, in Latin letters.
_GENERIC_LIST = """
administration affairs agency anti armed army authority branch bureau central centre center
chief city civil coast combined command commission committee communications company
coordination corporation corps council counter crime criminal customs cyber defence defense
department detective directorate division domestic enforcement equipment export external
federal federation force forces foreign forensic general government group guard guards
headquarters home house import industries institute intelligence interior internal
international investigation investigations investigative investment justice law local main
military ministry municipal national navy office operations organisation organization police
presidency prison prisons protection provincial public regional regulatory republic research
royal science secret secretariat security service services solutions special state strategic
supreme system systems technical technologies technology telecommunication
telecommunications trade trading training unit war
ministarstvo ministerio ministere ministerstvo poslova unutrasnjih interieur interior direccion
direction generale securite seguridad sicherheit bezopasnosti bezbednost agencija agencia
sluzba sluzhba policia policija politsiya
"""
_GENERIC_WORDS = frozenset(_GENERIC_LIST.split())
# The same office under two usual English names; and spellings that differ by rule.
_SAME_OFFICE = (
    (regex.compile(r"\binternal affairs\b"), "interior"),
    (regex.compile(r"\bdefense\b"), "defence"),
    (regex.compile(r"\bcenter\b"), "centre"),
    (regex.compile(r"\borganization\b"), "organisation"),
    (regex.compile(r"\bgovt\b"), "government"),
    (regex.compile(r"\bdept\b"), "department"),
    (regex.compile(r"\bmin\b"), "ministry"),
    (regex.compile(r"\bnatl\b"), "national"),
    (regex.compile(r"\bgen\b"), "general"),
)
_BRACKETS = regex.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]")
_TOKENS = regex.compile(r"[\p{L}\p{N}\p{M}.'’&+]+")
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_ACRONYM = regex.compile(r"\p{Lu}[\p{L}\p{N}]{0,6}\p{Lu}|\p{Lu}{2,7}")
_SMALL_LIST = "of the for and in on to a an de la le les du des del da do dos al el"
_SMALL_WORDS = frozenset(_SMALL_LIST.split())
_LONGEST_COUNTRY = 6

# From here on words alone make a candidate; below, too little of both names agrees.
POSSIBLE = 0.6
STRONG = 0.85
# A name that agrees in its brackets only is no more than possible.
_BRACKETED = 0.65
# Two candidates closer than this are a tie.
TIE = 0.04
# The threshold of `similarity` with the best F1 on 419 labelled pairs of names.
ALIKE = 0.73


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
    only in `part`, or not at all (`none`).
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


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a written name.

    `text` is folded and, for a body of state, without the names of countries, which are in
    `countries`; `compact` is the same in Latin letters without spaces. `bracketed` says that only
    what stands in brackets was read.
    """

    text: str
    compact: str
    countries: frozenset[str]
    native: bool
    acronym: bool
    bracketed: bool = False

    @property
    def analysis(self) -> Analysis | None:
        """The text taken apart by rigour; None in a script that writes no spaces."""
        if self.native and _UNSPACED.search(self.text):
            return None
        return _analysis(self.text, NameTypeTag.ORG)


# ---------------------------------------------------------------------------------------------
# Keys


def keys(name: str) -> frozenset[str]:
    """What an index stores for a name, and computes alike for a query: strings with a prefix.

    "f:" the whole name in Latin letters without spaces, with and without the country in it, "c:"
    that country, "p:" a part, "m:" the sound of a part,
    "s:" a symbol that rigour gives it (a legal form or generic word in any language), "a:" an
    acronym or the initials of the name, "g:" two neighbouring letters of a script without spaces.
    """
    return _keys(name)


@lru_cache(maxsize=16384)
def _keys(name: str) -> frozenset[str]:
    found = {f"f:{latin(name).replace(' ', '')}"}
    for form in readings(name, True):
        found.update(f"c:{iso2}" for iso2 in form.countries)
        if form.compact:
            found.add(f"f:{form.compact}")
        if form.acronym:
            found.add(f"a:{form.compact}")
        analysis = form.analysis
        if analysis is not None:
            found.update(_part_keys(analysis))
            initials = _initials(form.text)
            found.update([f"a:{initials}"] if initials else [])
        if form.native:
            found.update(f"g:{gram}" for gram in _grams(form.text))
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
    for run in regex.findall(rf"{_UNSPACED.pattern}{{2,}}", text):
        yield from (run[i : i + 2] for i in range(len(run) - 1))


def _initials(text: str) -> str:
    """The initials of a name of three words or more, without the small words; else empty."""
    words = [word for word in text.split() if word not in _SMALL_WORDS]
    return "".join(word[0] for word in words) if 3 <= len(words) <= 8 else ""


# ---------------------------------------------------------------------------------------------
# Forms of a name


@lru_cache(maxsize=32768)
def readings(name: str, of_state: bool) -> tuple[Reading, ...]:
    """The ways to read `name`: as a whole, without its brackets, and what the brackets hold.

    `of_state` says that a country in the name only tells whose body it is. Empty for a name
    without letters or digits.
    """
    brackets = [text.strip() for text in _BRACKETS.findall(name)]
    countries = frozenset(code for text in brackets if (code := load().country_of(text)))
    forms = [_form(name, of_state)]
    if brackets:
        forms.append(_form(_BRACKETS.sub(" ", name), of_state))
        inner = [text for text in brackets if not load().country_of(text)]
        forms += [replace(_form(text, of_state), bracketed=True) for text in inner]
    return tuple(replace(f, countries=f.countries | countries) for f in forms if f.compact)


def _form(text: str, of_state: bool) -> Reading:
    rest, countries = _without_countries(text) if of_state else (text, frozenset[str]())
    folded = fold(rest) or fold(text)
    native = _is_native(folded)
    compact = latin(folded).replace(" ", "")
    acronym = bool(_ACRONYM.fullmatch(rest.strip().replace(".", "")))
    return Reading(folded, compact, countries, native, acronym)


def _is_native(folded: str) -> bool:
    return not folded.isascii() and bool(regex.search(r"[^\p{Latin}\P{L}]", folded))


@lru_cache(maxsize=32768)
def _analysis(folded: str, tag: NameTypeTag) -> Analysis | None:
    return next(iter(analyze_names(tag, [_usual(folded)])), None)


@cache
def _country_words() -> dict[str, frozenset[str]]:
    """Names and demonyms of countries, folded, and the countries each may mean."""
    words: dict[str, set[str]] = {}
    for country in load().countries:
        for text in (*country.names, *country.demonyms):
            words.setdefault(fold(text), set()).add(country.iso2)
    return {word: frozenset(isos) for word, isos in words.items() if len(word) > 1}


def _without_countries(text: str) -> tuple[str, frozenset[str]]:
    """`text` without the names and demonyms of countries, and the countries they mean."""
    tokens = [(match.group(), fold(match.group())) for match in _TOKENS.finditer(text)]
    kept: list[str] = []
    found: set[str] = set()
    at = 0
    while at < len(tokens):
        length, countries = _country_at(tokens, at)
        if length:
            found.update(countries)
            at += length
        else:
            kept.append(tokens[at][0])
            at += 1
    while kept and found and fold(kept[-1]) in _SMALL_WORDS:
        kept.pop()
    rest = " ".join(kept)
    if not any(word not in _SMALL_WORDS for word in fold(rest).split()):
        return text, frozenset(found)
    return rest, frozenset(found)


def _country_at(tokens: Sequence[tuple[str, str]], at: int) -> tuple[int, frozenset[str]]:
    words = _country_words()
    for length in range(min(_LONGEST_COUNTRY, len(tokens) - at), 0, -1):
        window = tokens[at : at + length]
        countries = words.get(" ".join(folded for _, folded in window))
        if countries and (len(window[0][1]) > 3 or window[0][0].isupper() or length > 1):
            return length, countries
    return 0, frozenset()


def bag(reading: Reading) -> str:
    """The words of a reading in a fixed order, without the small ones: "interior ministry" for
    "Ministry of the Interior" and "Interior Ministry" alike; the compact form if unspaced."""
    if reading.native and _UNSPACED.search(reading.text):
        return reading.compact
    words = _usual(reading.text).split()
    kept = [word for word in words if word not in _SMALL_WORDS]
    return " ".join(sorted(kept or words))


def _usual(folded: str) -> str:
    """The folded text with the usual one of several words for the same office."""
    for pattern, usual in _SAME_OFFICE:
        folded = pattern.sub(usual, folded)
    return folded


# ---------------------------------------------------------------------------------------------
# Comparison


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
    aligned = _align(first, second)
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


@dataclass(slots=True)
class _Tally:
    """Weights of the parts that agree and of those that stand on one side only."""

    both: float = 0.0
    telling: float = 0.0
    extra: float = 0.0
    missing: float = 0.0
    telling_extra: float = 0.0
    telling_missing: float = 0.0
    numbers_differ: bool = False

    @property
    def score(self) -> float:
        """Twice the agreeing weight over the weight of both names, from 0 to 1."""
        whole = 2 * self.both + self.extra + self.missing
        return 2 * self.both / whole if whole else 0.0


def _compare_words(
    query: str, form: Reading, name: Name, known: Reading, aligned: list[Alignment]
) -> Comparison:
    tally = _tally(aligned)
    score = tally.score
    extra = " ".join(a.qstr for a in aligned if not a.rps and _telling(a.qps))
    missing = " ".join(a.rstr for a in aligned if not a.qps and _telling(a.rps))
    features = [_observe(_words_agree, round(score, 3), score)]
    if extra:
        features.append(_observe(_extra_words, extra, -tally.extra))
    if missing:
        features.append(_observe(_missing_words, missing, -tally.missing))
    if tally.numbers_differ:
        features.append(_observe(_numbers_differ, True, -1.0))
        return _comparison(query, name, "none", min(score, 0.3), False, tuple(features))
    if tally.missing < _GENERIC and tally.extra < _GENERIC:
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
    if is_generic(inner) and _words(inner) < 3:
        return False
    return f" {inner.text} " in f" {outer.text} "


def _align(query: Analysis, known: Analysis) -> list[Alignment]:
    """Parts of two names paired by meaning and then by spelling, the rest alone on its side."""
    best: list[Alignment] = []
    best_score = -1.0
    for pairing in pair_symbols(query, known) or [()]:
        taken_left = {part for alignment in pairing for part in alignment.qps}
        taken_right = {part for alignment in pairing for part in alignment.rps}
        left = [part for part in query.parts if part not in taken_left]
        right = [part for part in known.parts if part not in taken_right]
        aligned = [*pairing, *_align_rest(left, right)]
        score = _tally(aligned).score
        if score > best_score:
            best, best_score = aligned, score
    return best


def _align_rest(left: list[NamePart], right: list[NamePart]) -> list[Alignment]:
    """Equal spellings first, in any order; rigour's edit distance for what remains."""
    pairs: list[Alignment] = []
    for part in list(left):
        twin = next((other for other in right if other.comparable == part.comparable), None)
        if twin is not None:
            pairs.append(Alignment([part], [twin], None, 1.0))
            left.remove(part)
            right.remove(twin)
    rest: list[Alignment] = []
    for aligned in compare_parts(left, right):
        unlike = aligned.qps and aligned.rps and not aligned.score
        sides = [(aligned.qps, ()), ((), aligned.rps)] if unlike else []
        rest.extend(Alignment(*side) for side in sides) if unlike else rest.append(aligned)
    return [*pairs, *_with_misspelt(rest)]


def _with_misspelt(aligned: list[Alignment]) -> list[Alignment]:
    """Parts left alone on both sides are paired when a slip of the pen parts them."""
    alone = [a for a in aligned if not a.rps and len(a.qps) == 1]
    for one in alone:
        for other in aligned:
            if other.qps or len(other.rps) != 1:
                continue
            edits = _slips(one.qstr, other.rstr)
            if edits:
                score = 1 - edits / max(len(one.qstr), len(other.rstr))
                aligned.remove(one)
                aligned.remove(other)
                aligned.append(Alignment(one.qps, other.rps, None, score))
                break
    return aligned


def _slips(left: str, right: str) -> int:
    """The number of edits between two words when few enough for their length, else 0."""
    allowed = min(len(left), len(right)) // 4
    edits = levenshtein(left, right, max_edits=allowed) if allowed else 0
    return edits if edits <= min(allowed, 2) else 0


def _tally(aligned: Iterable[Alignment]) -> _Tally:
    tally = _Tally()
    numbers: tuple[set[str], set[str]] = (set(), set())
    differ = False
    for alignment in aligned:
        left, right = _weight(alignment.qps), _weight(alignment.rps)
        if alignment.qps and alignment.rps:
            weight = alignment.score * (left + right) / 2
            tally.both += weight
            tally.extra += (1 - alignment.score) * left
            tally.missing += (1 - alignment.score) * right
            if _telling(alignment.qps) and not all(map(_is_place_word, alignment.qps)):
                tally.telling += weight
            counted = [
                {p.form for p in side if p.numeric} for side in (alignment.qps, alignment.rps)
            ]
            differ = differ or (all(counted) and counted[0] != counted[1])
            continue
        tally.extra += left
        tally.missing += right
        tally.telling_extra += left if _telling(alignment.qps) else 0.0
        tally.telling_missing += right if _telling(alignment.rps) else 0.0
        numbers[0].update(part.form for part in alignment.qps if part.numeric)
        numbers[1].update(part.form for part in alignment.rps if part.numeric)
    tally.numbers_differ = differ or all(numbers)
    return tally


def _weight(parts: Iterable[NamePart]) -> float:
    return sum(_part_weight(part) for part in parts)


def _part_weight(part: NamePart) -> float:
    if part.tag in (NamePartTag.STOP, NamePartTag.LEGAL):
        return _SLIGHT
    if part.numeric:
        return _NUMBER
    return _GENERIC if _is_generic_word(part.form) else _WORD


def _telling(parts: Iterable[NamePart]) -> bool:
    return any(_part_weight(part) >= _WORD for part in parts)


@lru_cache(maxsize=32768)
def _is_generic_word(word: str) -> bool:
    """True for words that many bodies have in their names, in any language rigour knows."""
    if latin(word) in _GENERIC_WORDS or len(word) == 1 or word in _country_words():
        return True
    analysis = next(iter(analyze_names(NameTypeTag.ORG, [word])), None)
    if analysis is None:
        return True
    return any(symbol.category in _GENERIC_SYMBOLS for symbol in analysis.symbols)


def _is_place_word(part: NamePart) -> bool:
    """True for a place: two bodies of one place have it in common and are two bodies still."""
    return _is_place(part.form)


@lru_cache(maxsize=32768)
def _is_place(word: str) -> bool:
    if word in _capitals():
        return True
    analysis = next(iter(analyze_names(NameTypeTag.ORG, [word])), None)
    symbols = analysis.symbols if analysis else ()
    return any(symbol.category == SymbolCategory.LOCATION for symbol in symbols)


@cache
def _capitals() -> frozenset[str]:
    places = {fold(country.capital) for country in load().countries if country.capital}
    return frozenset(places)


def is_generic(form: Reading) -> bool:
    """True for a name made of words that many bodies share, such as "Ministry of the Interior"."""
    analysis = form.analysis
    if analysis is None:
        return len(form.text) < 3
    return not _telling(analysis.parts)


def _words(form: Reading) -> int:
    analysis = form.analysis
    if analysis is None:
        return 1
    slight = (NamePartTag.STOP, NamePartTag.LEGAL)
    return sum(part.tag not in slight for part in analysis.parts)


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
        features.extend(_country_features(entity.country, country, named))
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


# ---------------------------------------------------------------------------------------------
# Observations. The text an officer reads is the docstring.


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


# ---------------------------------------------------------------------------------------------
# Bands


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
    if own is None or country == own:
        return "strong", f"the country agrees: {own}" if own else ""
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
    usual = comparison.generic or latin(comparison.query) in _shared_names()
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


# ---------------------------------------------------------------------------------------------
# Two bare names


def similarity(left: str, right: str, schema: str = "Organization") -> float:
    """How alike two bare names are, from 0 to 1, both ways the same.

    `schema` is a FollowTheMoney schema: a Person is compared by person names, anything else by
    names of organisations. From `ALIKE` on, they may well mean the same.
    """
    compared = _similar_persons if schema == "Person" else _similar_organisations
    return compared(*sorted((left, right)))


def _similar_organisations(left: str, right: str) -> float:
    first, second = (_reading(name, NameTypeTag.ORG) for name in (left, right))
    if first is None or second is None:
        return 0.0
    if first.form == second.form or latin(left).replace(" ", "") == latin(right).replace(" ", ""):
        return 1.0
    aligned = _align(first, second)
    tally = _tally(aligned)
    alone = [[a for a in aligned if not side(a) and _says(a)] for side in (_left, _right)]
    if tally.numbers_differ or (tally.telling == 0 and tally.score < _COMPLETE):
        return min(0.3, tally.score)
    if all(alone) or any(_is_country(alignment) for side in alone for alignment in side):
        return tally.score * _CONTRADICTION
    return tally.score


def _similar_persons(left: str, right: str) -> float:
    first, second = (_reading(name, NameTypeTag.PER) for name in (left, right))
    if first is None or second is None:
        return 0.0
    if first.form == second.form:
        return 1.0
    aligned = _align(first, second)
    both = [a for a in aligned if a.qps and a.rps]
    alone = [sum(_says(a) for a in aligned if not side(a)) for side in (_left, _right)]
    agreeing = sum(a.score for a in both if _says(a))
    score = 2 * agreeing / (2 * agreeing + sum(alone) + _doubt(both)) if agreeing else 0.0
    if all(alone) or not _same_order(both):
        return score * _CONTRADICTION
    if any(alone) and agreeing > 1.5:
        return max(score, 0.75)
    return score


# Names that each have a part the other lacks ("al-Rawi", "al-Tikriti") tell two people apart, and
# a branch in another country is another firm, however much of the rest agrees.
_CONTRADICTION = 0.7
# Words that all name kinds of bodies must agree almost wholly.
_COMPLETE = 0.85
# Particles of person names, and what stands between a name and the father's.
_FILIATION = frozenset({"bin", "ben", "ibn", "bint", "ould"})
_PARTICLES = _FILIATION | {"al", "el", "de", "da", "von", "van", "der"}


def _left(alignment: Alignment) -> tuple[NamePart, ...]:
    return alignment.qps


def _right(alignment: Alignment) -> tuple[NamePart, ...]:
    return alignment.rps


def _says(alignment: Alignment) -> bool:
    """True when the parts are more than particles, stop words and legal forms."""
    parts = (*alignment.qps, *alignment.rps)
    return any(part.form not in _PARTICLES and _part_weight(part) > _SLIGHT for part in parts)


def _is_country(alignment: Alignment) -> bool:
    """True when the parts name a country."""
    parts = " ".join(part.form for part in (*alignment.qps, *alignment.rps))
    return parts in _country_words()


def _doubt(both: Iterable[Alignment]) -> float:
    """What is missing from full agreement in the parts that were paired."""
    return sum(2 * (1 - a.score) for a in both if _says(a))


def _same_order(both: Sequence[Alignment]) -> bool:
    """False when two names with "son of" have their parts in different orders."""
    ranked = sorted((a for a in both if _says(a)), key=lambda a: a.qps[0].index)
    filiation = any(part.form in _FILIATION for a in both for part in (*a.qps, *a.rps))
    order = [a.rps[0].index for a in ranked]
    return not filiation or order == sorted(order)


@lru_cache(maxsize=32768)
def _reading(name: str, tag: NameTypeTag) -> Analysis | None:
    folded = fold(name)
    if tag == NameTypeTag.PER:
        return next(iter(analyze_names(tag, [folded], infer_initials=True)), None)
    return _analysis(folded, tag)
