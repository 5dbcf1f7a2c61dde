"""The ways to read a written name, and how much each of its words tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import regex
from rigour.names import Name as Analysis
from rigour.names import NamePart, NamePartTag, NameTypeTag, SymbolCategory, analyze_names

from nlp.folding import fold, latin
from nlp.knowledge.loader import load

# How much a part of a name tells about who is meant. A word that rigour knows as a kind of body
# or a field of work ("ministry", "security", "national") and a country tell little, a legal form
# or a stop word next to nothing, a number more than a word: unit 8200 is not unit 8201.
WORD, GENERIC, SLIGHT, NUMBER = 1.0, 0.3, 0.05, 1.5
# Kinds of body and fields of work, by rigour's lists in many languages: words that tell little.
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
UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_ACRONYM = regex.compile(r"\p{Lu}[\p{L}\p{N}-]{0,6}\p{Lu}|\p{Lu}{2,7}")
_SMALL_LIST = "of the for and in on to a an de la le les du des del da do dos al el"
SMALL_WORDS = frozenset(_SMALL_LIST.split())
_LONGEST_COUNTRY = 6
# Names of countries of so few letters count only as they are written: "US" and "Lao", not "us".
_SHORT = 3


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
        if self.native and UNSPACED.search(self.text):
            return None
        return take_apart(self.text, NameTypeTag.ORG)


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
def take_apart(folded: str, tag: NameTypeTag) -> Analysis | None:
    """The parts of a folded name and what rigour knows of them; None when nothing is left."""
    return next(iter(analyze_names(tag, [_usual(folded)])), None)


@cache
def country_words() -> dict[str, frozenset[str]]:
    """Names and demonyms of countries, folded, and the countries each may mean."""
    words: dict[str, set[str]] = {}
    for country in load().countries:
        for text in (*country.names, *country.demonyms):
            words.setdefault(fold(text), set()).add(country.iso2)
    return {word: frozenset(isos) for word, isos in words.items() if len(word) > 1}


@cache
def _short_names() -> frozenset[str]:
    texts = {text for c in load().countries for text in (*c.names, *c.demonyms)}
    return frozenset(text for text in texts if len(fold(text)) <= _SHORT)


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
    if not found:
        return text, frozenset()
    while kept and fold(kept[-1]) in SMALL_WORDS:
        kept.pop()
    rest = " ".join(kept)
    if not any(word not in SMALL_WORDS for word in fold(rest).split()):
        return text, frozenset(found)
    return rest, frozenset(found)


def _country_at(tokens: Sequence[tuple[str, str]], at: int) -> tuple[int, frozenset[str]]:
    words = country_words()
    for length in range(min(_LONGEST_COUNTRY, len(tokens) - at), 0, -1):
        window = tokens[at : at + length]
        countries = words.get(" ".join(folded for _, folded in window))
        short = length == 1 and len(window[0][1]) <= _SHORT
        if countries and (not short or window[0][0] in _short_names()):
            return length, countries
    return 0, frozenset()


def bag(reading: Reading) -> str:
    """The words of a reading in a fixed order, without the small ones: "interior ministry" for
    "Ministry of the Interior" and "Interior Ministry" alike; the compact form if unspaced."""
    if reading.native and UNSPACED.search(reading.text):
        return reading.compact
    words = _usual(reading.text).split()
    kept = [word for word in words if word not in SMALL_WORDS]
    return " ".join(sorted(kept or words))


def _usual(folded: str) -> str:
    """The folded text with the usual one of several words for the same office."""
    for pattern, usual in _SAME_OFFICE:
        folded = pattern.sub(usual, folded)
    return folded


def part_weight(part: NamePart) -> float:
    """How much a part tells about who is meant."""
    if part.tag in (NamePartTag.STOP, NamePartTag.LEGAL):
        return SLIGHT
    if part.numeric:
        return NUMBER
    return GENERIC if is_generic_word(part.form) else WORD


def is_telling(parts: Iterable[NamePart]) -> bool:
    """True when at least one of the parts is neither generic nor slight."""
    return any(part_weight(part) >= WORD for part in parts)


@lru_cache(maxsize=32768)
def is_generic_word(word: str) -> bool:
    """True for words that many bodies have in their names, in any language rigour knows."""
    if latin(word) in _GENERIC_WORDS or len(word) == 1 or word in country_words():
        return True
    analysis = next(iter(analyze_names(NameTypeTag.ORG, [word])), None)
    if analysis is None:
        return True
    return any(symbol.category in _GENERIC_SYMBOLS for symbol in analysis.symbols)


def is_place_word(part: NamePart) -> bool:
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
    return not is_telling(analysis.parts)


def count_words(form: Reading) -> int:
    """The number of words but stop words and legal forms; 1 in a script without spaces."""
    analysis = form.analysis
    if analysis is None:
        return 1
    slight = (NamePartTag.STOP, NamePartTag.LEGAL)
    return sum(part.tag not in slight for part in analysis.parts)
