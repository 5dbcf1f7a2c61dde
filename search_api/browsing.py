"""What the search page shows: its address, filters as links, the chart, and passages cut to size.

Addresses in, values out: nothing here answers a request or writes HTML.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from indexer.engine import FACETS, Hit, Query, QueryInvalid, Results
from nlp.knowledge.loader import load
from nlp.records import Span
from search_api.marking import Mark, Piece, pieces
from search_api.routes import DEEPEST

HITS = 20
# Values of a facet that are shown at once, and with "more".
FEW_VALUES, MOST_VALUES = 7, 50
# Characters of a passage that are shown among the results.
SNIPPET = 700
# Years in the chart, the latest; older ones are among the filters.
MOST_YEARS = 40
# Words of a question without answer that are left out one at a time to find one that has some.
MOST_WORDS = 6
FACET_LABELS = {
    "event": "Event type",
    "technology": "Technology",
    "government": "Government body",
    "vendor": "Vendor",
    "product": "Product",
    "victim_group": "Victim group",
    "country": "Country",
    "year": "Year",
    "source_type": "Source type",
    "language": "Language",
    "assertion": "Assertion",
}
LANGUAGES = {
    "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "bo": "Tibetan", "bs": "Bosnian", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "ko": "Korean",
    "ku": "Kurdish", "ky": "Kyrgyz", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "my": "Burmese", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "tg": "Tajik", "th": "Thai", "ti": "Tigrinya", "tr": "Turkish",
    "ug": "Uyghur", "uk": "Ukrainian", "und": "Not recognised", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "zh": "Chinese", "zh-cn": "Chinese, simplified",
    "zh-tw": "Chinese, traditional",
}  # fmt: skip
DATE = re.compile(r"\d{4}(-\d\d){0,2}")
WORDS = re.compile(r'"[^"]*"|\S+')


def label(code: str | None) -> str:
    """What to show for a code of the knowledge, a language or an entity id."""
    if not code:
        return ""
    return LANGUAGES.get(code) or load().label(code)


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a search: its words, dates and filters, in order. It is the whole state."""

    items: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, given: QueryParams) -> "Address":
        """The search that the parameters of a request ask for, without what is empty."""
        kept = ("q", "since", "until", *FACETS)
        items = ((name, value.strip()) for name, value in given.multi_items() if name in kept)
        return cls(tuple(dict.fromkeys((name, value) for name, value in items if value)))

    def __str__(self) -> str:
        return f"/?{urlencode(self.items)}" if self.items else "/"

    @property
    def json(self) -> str:
        """The same question to the HTTP interface."""
        return f"/search?{urlencode(self.items)}"

    def holds(self, name: str, value: str) -> bool:
        """True when this filter is set."""
        return (name, value) in self.items

    def plus(self, name: str, value: str) -> "Address":
        """This search with one more filter."""
        return Address((*self.items, (name, value)))

    def minus(self, name: str, value: str | None = None) -> "Address":
        """This search without a filter, or without all values of it."""
        kept = (i for i in self.items if i[0] != name or value not in (None, i[1]))
        return Address(tuple(kept))


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that a link sets or takes away."""

    name: str
    label: str
    count: int | None
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with the values to choose from; `chosen` says that one is."""

    name: str
    label: str
    few: tuple[Choice, ...]
    more: tuple[Choice, ...]
    left_out: int

    @property
    def chosen(self) -> bool:
        """True when a value of this facet is set as filter."""
        return any(choice.chosen for choice in (*self.few, *self.more))


@dataclass(frozen=True, slots=True)
class Bar:
    """A year of the chart: `height` in percent of the highest."""

    year: str
    count: int
    height: float
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as shown: the pieces of its passage, cut where it is long."""

    hit: Hit
    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool


def asked(given: QueryParams) -> tuple[Query, list[str]]:
    """The query of an address, and in words what of it could not be used."""
    problems = []
    bounds: dict[str, str | None] = {"since": None, "until": None}
    for name in bounds:
        text = given.get(name, "").strip()
        if DATE.fullmatch(text):
            bounds[name] = text
        elif text:
            problems.append(f"“{text}” is no date: write 2021, 2021-06 or 2021-06-30.")
    items = Address.of(given).items
    filters = {f: tuple(v for n, v in items if n == f) for f in FACETS}
    offset = given.get("offset", "0")
    given_filters = {name: values for name, values in filters.items() if values}
    try:
        Query(filters=given_filters)
    except QueryInvalid as error:
        problems.append(f"{error}.")
        given_filters = {}
    query = Query(
        text=next((v for n, v in items if n == "q"), ""),
        filters=given_filters,
        since=bounds["since"],
        until=bounds["until"],
        limit=HITS,
        offset=min(int(offset), DEEPEST) if offset.isdecimal() and len(offset) < 9 else 0,
    )
    return query, problems


def shown(hit: Hit) -> Shown:
    """The passage of a hit with its words marked; a long one is cut around the first of them."""
    first = hit.highlights[0].start if hit.highlights else 0
    start, end = 0, len(hit.text)
    if end > SNIPPET * 1.3:
        start = max(0, min(first - SNIPPET // 3, end - SNIPPET))
        end = start + SNIPPET
    marks = [Mark(Span(h.start, h.end), "hit") for h in hit.highlights]
    return Shown(hit, pieces(hit.text[start:end], start, marks), start > 0, end < len(hit.text))


def facets(results: Results, address: Address) -> Iterator[Facet]:
    """The facets of the results as links, those chosen first."""
    for name in FACETS:
        values = results.facets.get(name, ())
        choices = [_choice(name, v.value, v.label, v.count, address) for v in values[:MOST_VALUES]]
        choices.sort(key=lambda c: not c.chosen)
        if name == "year":
            choices.sort(key=lambda c: c.label, reverse=True)
        if choices:
            few, more = tuple(choices[:FEW_VALUES]), tuple(choices[FEW_VALUES:])
            yield Facet(name, FACET_LABELS[name], few, more, max(len(values) - MOST_VALUES, 0))


def _choice(name: str, value: str, text: str, count: int | None, address: Address) -> Choice:
    chosen = address.holds(name, value)
    link = address.minus(name, value) if chosen else address.plus(name, value)
    known = LANGUAGES.get(value, text) if name == "language" else text
    return Choice(name, known, count, chosen, str(link))


def chips(results: Results, address: Address) -> Iterator[Choice]:
    """Every filter that is set, to be taken away."""
    labels = {(name, v.value): v.label for name, values in results.facets.items() for v in values}
    for name, value in address.items:
        if name in FACETS:
            text = labels.get((name, value)) or label(value)
            if name == "language":
                text = label(value)
            yield Choice(FACET_LABELS[name], text, None, True, str(address.minus(name, value)))
        elif name != "q":
            yield Choice(name.capitalize(), value, None, True, str(address.minus(name)))


def bars(results: Results, address: Address) -> list[Bar]:
    """Matches by year, every year from the first to the last; at most the latest 40."""
    counts = {v.value: v.count for v in results.facets.get("year", ()) if v.value.isdecimal()}
    if len(counts) < 2:
        return []
    last = int(max(counts))
    first = max(int(min(counts)), last - MOST_YEARS + 1)
    years = [str(year) for year in range(first, last + 1)]
    highest = max(counts.get(year, 0) for year in years)
    found = []
    for year in years:
        count = counts.get(year, 0)
        height = max(100 * count / highest, 2.5) if count else 0
        choice = _choice("year", year, year, count, address)
        found.append(Bar(year, count, round(height, 1), choice.chosen, choice.link))
    return found


def neighbours(query: Query, total: int, address: Address) -> dict[str, Any]:
    """Links to the results before and after these."""
    before = max(query.offset - query.limit, 0)
    after = query.offset + query.limit
    return {
        "first": min(query.offset + 1, total),
        "last": min(after, total),
        "previous": str(address.plus("offset", str(before))) if query.offset else None,
        "next": str(address.plus("offset", str(after)))
        if after < total and after <= DEEPEST
        else None,
    }


def near(
    ask: Callable[[Query], Results], query: Query, address: Address
) -> list[tuple[str, int, str]]:
    """Questions near one that has no answer, with the number of passages each finds."""
    bare = Address(tuple(i for i in address.items if i[0] == "q"))
    words = WORDS.findall(query.text)
    few = range(len(words) if 1 < len(words) <= MOST_WORDS else 0)
    fewer = [(f"without {words[i]}", " ".join(words[:i] + words[i + 1 :])) for i in few]
    found = [(text, address.minus("q").plus("q", rest)) for text, rest in fewer]
    if bare != address:
        found.insert(0, ("without filters", bare))
        found += [(f"{text} and filters", Address((("q", rest),))) for text, rest in fewer]
    counted: list[tuple[str, int, str]] = []
    for text, other in found:
        # Two changes at once are worth looking at only when no single one helps.
        if counted and text.endswith(" and filters"):
            break
        other_query, _ = asked(QueryParams(list(other.items)))
        if total := ask(_counting(other_query)).total:
            counted.append((text, total, str(other)))
    return counted


def _counting(query: Query) -> Query:
    return replace(query, limit=1, offset=0, facets=False)
