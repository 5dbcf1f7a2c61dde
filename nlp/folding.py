"""Spellings made comparable: one folding for every script, and the same name in Latin letters."""

import unicodedata
from functools import lru_cache

import normality
import regex
from rigour.text.translit import ascii_text, maybe_ascii

# Zero-width characters, directional marks, soft hyphens, and the Arabic kashida that only stretches
# a word: they come with copied PDF and web text and are never part of a name.
_INVISIBLE = regex.compile(r"[\p{Cf}\u0640]+")
# Apostrophes, Hebrew gershayim and romanised ayn and hamza ("Al-A'amah", "Oʻzbek") join a word.
_APOSTROPHES = regex.compile(r"['`´ʹʻʼʽʾʿˈ‘’‛′＇]+")
# Initials written with stops ("U.A.E.", "S.p.A.") are one word.
_STOPS_BETWEEN_INITIALS = regex.compile(r"(?<=(?<!\p{L})\p{L})\.(?=\p{L}(?!\p{L}))|(?<=\.\p{L})\.")
_SEPARATORS = regex.compile(r"[^\p{L}\p{N}\p{M}+&]+")
_MARKS = regex.compile(r"\p{Mn}+")
_LATIN_GREEK_CYRILLIC_ARABIC_HEBREW = regex.compile(
    r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]"
)

# Letters that writers of one language use for one another, or that a decomposition leaves alone.
# Arabic: alef with hamza or madda, ya and alef maqsura, ta marbuta, hamza carriers. Persian and
# Urdu: kaf, ya, he. Latin: letters with a stroke. Ukrainian and Russian: ghe with upturn.
_LETTERS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ې": "ي",
        "ة": "ه", "ۀ": "ه", "ہ": "ه", "ە": "ه", "ھ": "ه", "ؤ": "و", "ک": "ك", "ڪ": "ك", "ء": "",
        "ı": "i", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "þ": "th",
        "æ": "ae", "œ": "oe", "ə": "e", "ґ": "г",
    }
)  # fmt: skip


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` without the differences that tell nothing about a name, words parted by one space.

    Compatibility forms, case, accents, punctuation, invisible characters, Arabic letter variants
    and the Turkish dotless i are levelled; the script stays. Empty when nothing is left.
    """
    if text.isascii():
        folded = text.lower()
    else:
        folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
        folded = _without_marks(folded).translate(_LETTERS)
    folded = _APOSTROPHES.sub("", folded)
    folded = _STOPS_BETWEEN_INITIALS.sub("", folded)
    return _SEPARATORS.sub(" ", folded).strip()


def _without_marks(text: str) -> str:
    """Accents are dropped where they only colour a letter; in Thai, Burmese or Devanagari the
    marks are vowels and stay. The short i of Cyrillic (й) stays a letter of its own."""
    if not _LATIN_GREEK_CYRILLIC_ARABIC_HEBREW.search(text):
        return text
    kept = unicodedata.normalize("NFD", text.replace("й", "\ue000"))
    folded = regex.sub(
        r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]\p{Mn}*)\p{Mn}", "", kept
    )
    return unicodedata.normalize("NFC", folded).replace("\ue000", "й")


@lru_cache(maxsize=65536)
def latin(text: str) -> str:
    """The folded `text` in plain Latin letters, by the usual English romanisation of its script.

    Of a script that nothing here can romanise (Khmer, for one) the folded text itself comes back.
    """
    folded = fold(text)
    if folded.isascii():
        return folded
    return fold(ascii_text(folded)) or folded


@lru_cache(maxsize=16384)
def romanisations(text: str) -> tuple[str, ...]:
    """`latin(text)` first, then the other romanisations in use for its script, without repeats."""
    first = latin(text)
    folded = fold(text)
    if folded.isascii():
        return (first,)
    others = (fold(normality.ascii_text(folded)), fold(maybe_ascii(folded, drop=True)))
    return tuple(dict.fromkeys(form for form in (first, *others) if form))
