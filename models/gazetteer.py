"""Known names found in a text, all at once, on word boundaries."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import ahocorasick

# Shorter names are acronyms and words; they are left to the tables that know their country.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What a phrase names: the sign of its kind, and the ids of the entries that bear the name."""

    sign: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a known phrase is written."""

    start: int
    end: int
    known: Known


class Phrases:
    """Finds every known phrase in a text in time linear in the text, longest first."""

    def __init__(self, phrases: Iterable[tuple[str, str, str]]) -> None:
        """`phrases` are triples of phrase, sign and id; the first sign of a phrase stays."""
        table: dict[str, Known] = {}
        for phrase, sign, id in phrases:
            old = table.get(phrase)
            if old is None:
                table[phrase] = Known(sign, (id,))
            elif old.sign == sign and id not in old.ids:
                table[phrase] = Known(sign, (*old.ids, id))
        self._automaton = ahocorasick.Automaton()
        for phrase, known in table.items():
            self._automaton.add_word(phrase, (len(phrase), known))
        if table:
            self._automaton.make_automaton()
        self._empty = not table

    def find(self, text: str) -> list[Found]:
        """The places, in order and without overlaps; of two that overlap the longer stays."""
        if self._empty or not text:
            return []
        places = []
        for last, (length, known) in self._automaton.iter(text):
            start, end = last + 1 - length, last + 1
            if _on_boundary(text, start) and _on_boundary(text, end):
                places.append(Found(start, end, known))
        return _longest(places)


def _on_boundary(text: str, at: int) -> bool:
    if at == 0 or at == len(text):
        return True
    before, after = text[at - 1], text[at]
    if _writes_no_spaces(before) or _writes_no_spaces(after):
        return True
    return not (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _writes_no_spaces(character: str) -> bool:
    """True for scripts without spaces: Thai to Khmer, kana, Han."""
    return character > "\u0dff" and (
        "\u0e00" <= character <= "\u109f"
        or "\u1780" <= character <= "\u17ff"
        or "\u3040" <= character <= "\u9fff"
    )


def _longest(places: list[Found]) -> list[Found]:
    chosen: list[Found] = []
    end = -1
    for place in sorted(places, key=lambda f: (f.start, -f.end)):
        if place.start >= end:
            chosen.append(place)
            end = place.end
        elif place.end - place.start > chosen[-1].end - chosen[-1].start:
            chosen[-1] = place
            end = place.end
    return chosen


def _rows(folder: Traversable, name: str) -> Iterator[dict[str, str]]:
    with folder.joinpath(name).open("r", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _all(row: dict[str, str], *columns: str) -> Iterator[str]:
    for column in columns:
        for name in (row.get(column) or "").split(";"):
            bare = name.split(" (")[0].strip()
            if bare:
                yield bare


def names(folder: Traversable) -> Iterator[tuple[str, str, str]]:
    """Phrase, sign and id of each name in the tables of `folder` (`countries.csv`,
    `end_users.csv`, `vendors.csv`, `products.csv`).

    Signs: `country`, `capital`, `demonym`, `metonym`, `body`, `acronym`, `vendor`, `product`, and
    `product?` for a product whose name means other things too.
    """
    for row in _rows(folder, "products.csv"):
        sign = "product?" if row["ambiguous"] == "1" else "product"
        written = list(_all(row, "name", "aliases"))
        # "Pegasus spyware" is the name and what it is; the name alone is the mention.
        bare = [n for n in written if n.rpartition(" ")[0] not in written]
        yield from ((n, sign, row["id"]) for n in bare if len(n) >= SHORTEST)
    for row in _rows(folder, "end_users.csv"):
        long = _all(row, "name", "aliases", "native_names", "former_names")
        for name in long:
            acronym = name.isupper() and name.isascii() and len(name) < 7
            yield name, "acronym" if acronym else "body", row["id"]
        yield from ((n, "acronym", row["id"]) for n in _all(row, "acronyms"))
    for row in _rows(folder, "vendors.csv"):
        long = _all(row, "name", "aliases", "native_names", "former_or_later_names")
        yield from ((n, "vendor", row["id"]) for n in long if len(n) >= SHORTEST)
    for row in _rows(folder, "countries.csv"):
        id = row["iso2"]
        yield from ((n, "country", id) for n in _all(row, "name", "aliases", "native_names"))
        yield from ((n, "demonym", id) for n in _all(row, "demonyms"))
        yield from ((n, "capital", id) for n in _all(row, "capital"))
        yield from ((n, "metonym", id) for n in _all(row, "government_metonyms"))


def hints(tokens: list[tuple[int, int]], found: list[Found]) -> list[str]:
    """For each token the sign of the known name it begins or continues, or an empty string."""
    marks = [""] * len(tokens)
    at = 0
    for place in found:
        while at < len(tokens) and tokens[at][0] < place.start:
            at += 1
        first = True
        while at < len(tokens) and tokens[at][1] <= place.end:
            marks[at] = ("B" if first else "I") + place.known.sign
            first = False
            at += 1
    return marks
