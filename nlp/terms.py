"""The one analysis of text for search: what is indexed, what is asked, and what is highlighted.

Every engine indexes the terms made here and nothing of its own, so all engines match alike.
A term is a Unicode word with case and diacritics folded, and beside it its Snowball stem.
Scripts that write no spaces give overlapping pairs of characters or syllables instead.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import Stemmer

from nlp.running_text import BREAK

# Snowball algorithms by ISO 639-1 code; a language not named here is indexed without stems.
STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}

# Words remembered per language; a corpus of 17 million words has about 200,000 distinct ones.
CACHE_SIZE = 500_000


def _marks() -> str:
    """Combining marks of the basic plane as the inside of a character class.

    Python's `\\w` leaves them out, which would cut Burmese or Hindi words at every vowel sign.
    """
    ranges: list[tuple[int, int]] = []
    for code in range(0x300, 0x10000):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = (ranges[-1][0], code)
            else:
                ranges.append((code, code))
    return "".join(f"\\u{a:04x}-\\u{b:04x}" for a, b in ranges)


# Zero-width joiners stand inside words (Persian, Sinhala). A word broken at a line's end is one.
_LETTERS = rf"[\w{_marks()}\u200c\u200d]"
WORD = re.compile(rf"{_LETTERS}+(?:{BREAK}{_LETTERS}+)*")
LINE_BREAK = re.compile(BREAK)

UNSPACED = (
    "\u0e00-\u0e7f"  # Thai
    "\u0e80-\u0eff"  # Lao
    "\u0f00-\u0fff"  # Tibetan
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
RUN = re.compile(f"[{UNSPACED}]+|[^{UNSPACED}]+")
# A syllable or character with what hangs on it: Burmese final consonants (with asat) and stacked
# ones (after virama), Khmer subscripts (after coeng), any other combining marks.
CLUSTER = re.compile(
    rf".(?:[\u1039\u17d2].|[\u1000-\u1021]\u103a[{_marks()}]*|[{_marks()}\u0e30\u0e32\u0e33])*",
    re.DOTALL,
)

# Marks that only vary a letter. Vowel signs of Indic scripts, Thai or Burmese are not among them.
DIACRITICS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0640\u200b-\u200f\u00ad\ufeff]"
)
LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ە": "ه",
    }
)


def fold(word: str) -> str:
    """The word without case, diacritics and letter variants: "Bezbjednosť" and "BEZBJEDNOST" meet.

    Idempotent; never raises. Compatibility forms (full-width letters, ligatures) are unified.
    """
    if word.isascii():
        return word.lower()
    # Twice: some compatibility forms only show their capitals or marks once taken apart.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return unicodedata.normalize("NFC", DIACRITICS.sub("", folded).translate(LETTERS))


def stem(folded: str, language: str) -> str:
    """The Snowball stem of an unfolded or folded word; the word itself where there is none."""
    algorithm = STEMMERS.get(language)
    if algorithm is None:
        return folded
    return fold(_stemmer(algorithm).stemWord(folded))


_STEMMERS: dict[str, Stemmer.Stemmer] = {}
_CACHES: dict[str, dict[str, tuple[str, str]]] = {}


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    if algorithm not in _STEMMERS:
        # Stems are remembered here, so Snowball's own cache is switched off.
        _STEMMERS[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return _STEMMERS[algorithm]


def _pairs(run: str, indexing: bool) -> list[tuple[str, int, int]]:
    """Overlapping pairs of clusters of an unspaced run, with offsets.

    When indexing, the last cluster follows alone, so that every single character starts a term
    and a query for one character is a prefix query.
    """
    clusters = [(m.start(), m.end()) for m in CLUSTER.finditer(run)]
    if len(clusters) == 1:
        return [(fold(run), 0, len(run))]
    out = [(fold(run[a:d]), a, d) for (a, _), (_, d) in pairwise(clusters)]
    if indexing:
        a, b = clusters[-1]
        out.append((fold(run[a:b]), a, b))
    return out


class _Cache(dict[str, tuple[str, str]]):
    """word -> (folded, stem) of one language, filled as words are met."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __missing__(self, word: str) -> tuple[str, str]:
        if len(self) >= CACHE_SIZE:
            self.clear()
        if not word.isprintable() and (joined := LINE_BREAK.sub("", word)) != word:
            self[word] = self[joined]
            return self[word]
        if HAS_UNSPACED.search(word):
            terms = []
            for run in RUN.findall(word):
                if HAS_UNSPACED.match(run):
                    terms += [term for term, _, _ in _pairs(run, indexing=True)]
                else:
                    terms.append(fold(run))
            folded = stemmed = " ".join(terms)
        else:
            folded = fold(word)
            stemmed = " ".join(stem(part, self.language) for part in folded.split())
        self[word] = folded, stemmed
        return folded, stemmed


def _cache(language: str) -> dict[str, tuple[str, str]]:
    key = language if language in STEMMERS else ""
    if key not in _CACHES:
        _CACHES[key] = _Cache(key)
    return _CACHES[key]


def index_terms(text: str, language: str) -> tuple[str, str]:
    """The folded terms and the stemmed terms of a text, each as one string with spaces between.

    Term i of the one stands where term i of the other does.
    """
    cache = _cache(language)
    pairs = [cache[word] for word in WORD.findall(text.replace("_", " "))]
    return " ".join([p[0] for p in pairs]), " ".join([p[1] for p in pairs])


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a text and the characters it stands for."""

    folded: str
    start: int
    end: int


def spans(text: str) -> Iterator[Term]:
    """The folded terms of a text with their places, in order."""
    for match in WORD.finditer(text.replace("_", " ")):
        for run in RUN.finditer(match[0]):
            base = match.start() + run.start()
            if HAS_UNSPACED.match(run[0]):
                for term, start, end in _pairs(run[0], indexing=False):
                    yield Term(term, base + start, base + end)
            else:
                for part in fold(LINE_BREAK.sub("", run[0])).split():
                    yield Term(part, base, base + len(run[0]))


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing a query asks for.

    `words` are folded terms that must follow one another when there are several. A single word
    also matches any of `stems`, and with `prefix` any term that starts with it. With `excluded`
    it must not occur.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...] = ()
    prefix: bool = False
    excluded: bool = False


def parse(query: str, languages: Iterable[str]) -> list[Clause]:
    """What a typed query asks for, all of which must occur: words and "quoted phrases".

    `languages` are those of the index: a word is stemmed by each, since a query of two words does
    not tell its own. A trailing `*` asks for a prefix, a leading `-` for what must not occur. An
    unbalanced quote ends with the text.
    """
    clauses: list[Clause] = []
    excluded = False
    for i, part in enumerate(re.split(r'["“”«»]', query)):
        if i % 2:
            words = tuple(t.folded for t in spans(part))
            if words:
                clause = Clause(words) if len(words) > 1 else _word(words[0], ())
                clauses.append(replace(clause, excluded=excluded))
            continue
        for match in re.finditer(r"\S+", part):
            found = _clauses(match[0], tuple(languages))
            excludes = match[0][0] in "-\u2212" and len(match[0]) > 1
            clauses += [replace(clause, excluded=excludes) for clause in found]
        excluded = bool(re.search(r"(?:^|\s)[-\u2212]$", part))
    return list(dict.fromkeys(clauses))


def _clauses(token: str, languages: tuple[str, ...]) -> list[Clause]:
    """Clauses of a query token; pairs out of one unspaced run must follow one another."""
    words = [t.folded for t in spans(token)]
    if len(words) > 1:
        return [Clause(tuple(words))]
    return [_word(w, languages, prefix=token.endswith("*")) for w in words]


def _word(word: str, languages: tuple[str, ...], prefix: bool = False) -> Clause:
    if HAS_UNSPACED.match(word):
        return Clause((word,), (), prefix=len(CLUSTER.findall(word)) == 1)
    stems = dict.fromkeys(stem(word, language) for language in languages)
    return Clause((word,), () if prefix else tuple(s for s in stems if s), prefix)


def highlights(text: str, language: str, clauses: Iterable[Clause]) -> list[tuple[int, int]]:
    """The places of `text`, in order and apart, that answer any of the clauses."""
    terms = list(spans(text))
    found: list[tuple[int, int]] = []
    for clause in clauses:
        if clause.excluded:
            continue
        size = len(clause.words)
        if size > 1:
            for i in range(len(terms) - size + 1):
                if all(terms[i + k].folded == clause.words[k] for k in range(size)):
                    found.append((terms[i].start, terms[i + size - 1].end))
            continue
        wanted, stems = clause.words[0], set(clause.stems)
        for term in terms:
            if (
                term.folded == wanted
                or (clause.prefix and term.folded.startswith(wanted))
                or (stems and stem(term.folded, language) in stems)
            ):
                found.append((term.start, term.end))
    return _apart(found)


def _apart(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping places joined, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
