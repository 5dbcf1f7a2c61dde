"""Where one sentence ends and the next begins, in any script, in one pass over the text."""

import re

from models.tokens import listed
from nlp.records import Span

# A run of Latin sentence marks with what closes after it, a mark of another script (Chinese and
# Japanese, Urdu, Arabic, Devanagari, Burmese, Khmer, Ethiopic, Armenian), an empty line, or a line
# break before a bullet. Each alternative is one run without look-ahead, so the scan is linear.
BOUNDARY = re.compile(
    r"(?P<latin>[.!?…‽]+[\"'”’»›)\]}*]*)"
    r"|(?P<other>[。！？｡．۔؟।॥။។៕።፧։]+[”’」』）》】\"')\]]*)"
    r"|(?P<line>\n[^\S\n]*\n)"
    r"|(?P<item>\n[^\S\n]*[-–—•▪◦‣*●■][^\S\n])"
)

# A title or a word that never ends a sentence: what it belongs to follows.
BEFORE_NAME = listed(
    "mr mrs ms dr prof gen col lt maj capt sgt cpl brig adm cmdr gov sen rep hon rev fr st ste "
    "pres supt insp msgr amb atty messrs mme mlle sr sra srta ing lic shri smt sh vs viz cf "
    "al-haj eng arch"
)
# Ends no sentence when a number follows.
BEFORE_NUMBER = listed(
    "no nos art arts para paras sec ch vol fig figs p pp pg ed app cl col pt approx ca reg res "
    "doc jan feb mar apr jun jul aug sep sept oct nov dec núm nº n ap"
)
# May end one: only a word that usually starts a sentence tells.
EITHER = listed(
    "inc ltd co corp llc plc etc jr sr al ave blvd dept est govt univ assn bros cie mt ft e.g i.e "
    "eg ie s.a a.s s.p.a a.m p.m am pm u.s u.k u.n e.u u.a.e d.c d.r u.s.a u.s.s.r b.c a.d "
    "ph.d m.d b.a m.a n.b"
)
NEVER_AFTER = frozenset(("e.g", "i.e", "eg", "ie", "viz", "cf", "vs"))
STARTERS = listed(
    "The A An In On At By For From With According After Before During As If When While Although "
    "Despite However But And He She It They We I His Her Its Their This That These Those There "
    "Some Many Most Several Police Authorities Officials Under Since Both On No Not "
    "Human Security Prison Courts Journalists Between Following Until Another Other Such"
)
# Longer than any abbreviation above; bounds the look back from a full stop.
LOOK_BACK = 14


def split(text: str, language: str = "en") -> list[Span]:
    """The sentences of `text` in order, each without the white space around it.

    Every character that is not white space lies in exactly one span. `language` is accepted for
    callers that know it; the rules for all scripts always apply, because quotations mix them.
    """
    spans: list[Span] = []
    start = 0
    for match in BOUNDARY.finditer(text):
        if _ends_here(text, match):
            end = match.start() if match.lastgroup == "item" else match.end()
            _add(spans, text, start, end)
            start = end
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    part = text[start:end]
    bare = part.strip()
    if bare:
        at = start + len(part) - len(part.lstrip())
        spans.append(Span(at, at + len(bare)))


def _ends_here(text: str, match: re.Match[str]) -> bool:
    if match.lastgroup != "latin":
        return True
    end = match.end()
    if end < len(text) and not text[end].isspace():
        return False
    if match[0][0] not in ".…" or match[0].startswith(".."):
        return not _continues(text, end) or (match[0][0] in "!?" and match[0][-1] in "!?")
    return _full_stop(text, match)


def _full_stop(text: str, match: re.Match[str]) -> bool:
    word = _word_before(text, match.start())
    following = _word_after(text, match.end())
    if _continues(text, match.end()):
        return False
    key = word.lower()
    if len(match[0]) > 1:
        return True
    if key in BEFORE_NAME or key in NEVER_AFTER:
        return not following
    if key in BEFORE_NUMBER and following[:1].isdigit():
        return False
    if _is_initials(word) or key in EITHER:
        return not following or following in STARTERS
    return not (_is_item_number(text, match.start(), word) and following)


def _word_before(text: str, end: int) -> str:
    low = max(0, end - LOOK_BACK)
    parts = text[low:end].split()
    return parts[-1].lstrip("([\"'“‘") if parts and not text[end - 1].isspace() else ""


def _word_after(text: str, start: int) -> str:
    part = text[start : start + 40].split(maxsplit=1)
    return part[0].lstrip("([\"'“‘").rstrip(".,;:!?)]\"'”’") if part else ""


def _continues(text: str, end: int) -> bool:
    """True when the next word starts in lower case, so that the mark ended nothing."""
    following = text[end : end + 40].lstrip()
    return following[:1].islower()


def _is_initials(word: str) -> bool:
    letters = word.split(".")
    return all(len(letter) == 1 and letter.isupper() for letter in letters)


def _is_item_number(text: str, end: int, word: str) -> bool:
    """True for "3." or "iv." at the start of a line: the number of a list item."""
    if not word or len(word) > 4 or not (word.isdigit() or set(word) <= set("ivxIVX")):
        return False
    before = text[max(0, end - len(word) - 4) : end - len(word)].rstrip(" \t")
    return not before or before.endswith("\n")
