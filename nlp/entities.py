"""Mentions in a passage: what the models find, corrected and completed by known names."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import get_args

from models.gazetteer import Found, Phrases, names
from models.reading import ReadEntity
from nlp.categories import actor_type, technology, victim_group
from nlp.extraction import PassageText
from nlp.knowledge.loader import Knowledge, load
from nlp.records import Form, Kind, Mention, Span

# Rough precision of a mention that rests on a known name alone: listed firms and products with
# unmistakable names; names of bodies; acronyms whose country is in reach; names that are also
# words, beside a word of their context; countries.
SCORES = {"vendor": 0.9, "product": 0.9, "body": 0.85, "acronym": 0.8, "product?": 0.75,
          "country": 0.8, "metonym": 0.5}  # fmt: skip
# Words of the keyword lists of a technology in a text of a language without models.
KEYWORD_SCORE = 0.6
KINDS: dict[str, Kind] = {"vendor": "VENDOR", "product": "PRODUCT", "product?": "PRODUCT",
                          "body": "GOVERNMENT", "acronym": "GOVERNMENT"}  # fmt: skip
# Signs that put a country, and those that put a firm or product, in reach of an acronym.
PLACE = frozenset(("country", "capital", "demonym", "metonym"))
COMPANY = frozenset(("vendor", "product", "product?"))
_KINDS = frozenset(get_args(Kind))


@cache
def phrases() -> Phrases:
    """The known names, made once a process."""
    return Phrases(names(files("nlp.knowledge")))


@cache
def keywords() -> Phrases:
    """The words of the technologies in all languages, made once a process; the id is the code."""
    return Phrases(
        (word, "keyword", kind.code)
        for kind in load().technologies
        for word in kind.strong
        if len(word) > 2
    )


def context(texts: Iterable[str]) -> frozenset[str]:
    """Ids of the countries (ISO alpha-2), vendors and products that the texts of a document name.

    Names that also mean something else ("Circles", "Predator") count only beside a word that
    belongs to them, in the same text.
    """
    knowledge = load()
    found: set[str] = set()
    for text in texts:
        for place in phrases().find(text):
            sign = place.known.sign
            meant = sign in COMPANY and _is_meant(text, place, frozenset(), knowledge)
            if sign in PLACE or meant:
                found.update(place.known.ids)
    return frozenset(found)


def find(
    passage: PassageText, read: Sequence[ReadEntity]
) -> tuple[tuple[Mention, ...], dict[int, int]]:
    """The mentions of a passage in order of their spans, and for the number of each entity of
    `read` the index of its mention.

    Mentions never overlap, and each name is the text of its span. `read` may be empty, as it is
    for languages the models do not know.
    """
    english = [(number, e) for number, e in enumerate(read) if e.type in _KINDS]
    known = _known(passage)
    taken = [Span(e.start, e.end) for _, e in english]
    rows: list[tuple[Mention, int | None]] = []
    by_start = {place.start: place for place in known}
    for number, entity in english:
        place = by_start.get(entity.start)
        same = place if place and place.end == entity.end else None
        rows.append((_from_model(passage.text, entity, same), number))
    rows += [(mention, None) for mention in _added(passage, known, taken)]
    if passage.language != "en":
        taken += [mention.span for mention, _ in rows]
        rows += [(mention, None) for mention in _technologies(passage.text, taken)]
    rows.sort(key=lambda row: row[0].span)
    index = {number: i for i, (_, number) in enumerate(rows) if number is not None}
    return tuple(mention for mention, _ in rows), index


def _known(passage: PassageText) -> list[Found]:
    """The known names of vendors, products, bodies and countries that are meant here."""
    text, knowledge = passage.text, load()
    places = phrases().find(text)
    reach = set(passage.context) | ({passage.country} if passage.country else set())
    for place in places:
        if place.known.sign in PLACE:
            reach.update(place.known.ids)
    return [p for p in places if _is_meant(text, p, frozenset(reach), knowledge)]


def _is_meant(text: str, place: Found, reach: frozenset[str], knowledge: Knowledge) -> bool:
    sign, ids = place.known.sign, place.known.ids
    if sign == "acronym":
        return any(_country(id, knowledge) in reach for id in ids)
    name = text[place.start : place.end]
    if sign == "vendor":
        common = any(name in knowledge.common_words.get(id, ()) for id in ids)
        return not common or _has_company(text, place, reach, ids, knowledge)
    if sign == "product?":
        return _has_context(text, place, reach, ids, knowledge)
    return sign in ("product", "body", "country", "metonym")


def _country(id: str, knowledge: Knowledge) -> str | None:
    entity = knowledge.entity(id)
    return entity.country if entity else None


def _has_company(
    text: str, place: Found, reach: frozenset[str], ids: tuple[str, ...], knowledge: Knowledge
) -> bool:
    """True when the full name of the vendor or one of its products is named in the document."""
    if not reach.isdisjoint(ids):
        return True
    for id in ids:
        entity = knowledge.entity(id)
        if entity and any(
            p != text[place.start : place.end] and p in text
            for p in (entity.name, *_product_names(entity.products, knowledge))
        ):
            return True
    return False


def _product_names(ids: tuple[str, ...], knowledge: Knowledge) -> list[str]:
    return [entity.name for id in ids if (entity := knowledge.entity(id))]


def _has_context(
    text: str, place: Found, reach: frozenset[str], ids: tuple[str, ...], knowledge: Knowledge
) -> bool:
    """True when a word of the product's context, or its vendor, stands in the passage."""
    low = (text[: place.start] + " " + text[place.end :]).lower()
    for id in ids:
        use = knowledge.products.get(id)
        if use is None:
            continue
        if any(word.lower() in low for word in use.context):
            return True
        vendor = knowledge.entity(use.vendor) if use.vendor else None
        if vendor and (vendor.id in reach or vendor.name.lower() in low):
            return True
    return False


def _from_model(text: str, entity: ReadEntity, place: Found | None) -> Mention:
    kind: Kind = entity.type  # type: ignore[assignment]  # checked against the kinds by `find`
    form: Form = "NAM" if entity.form == "NAM" else "NOM"
    if place and form == "NAM" and kind in ("ORG", "LOCATION", "PERSON"):
        kind = _corrected(kind, place)
    name = text[entity.start : entity.end]
    ids = place.known.ids if place else ()
    span = Span(entity.start, entity.end)
    return Mention(span, kind, form, name, round(entity.score, 3), category(kind, name, ids))


def _corrected(kind: Kind, place: Found) -> Kind:
    """The kind of a listed firm, product or body, where the model saw an organisation."""
    listed = KINDS.get(place.known.sign, kind)
    return listed if kind == "ORG" or place.known.sign in ("vendor", "product") else kind


def category(kind: Kind, name: str, ids: Sequence[str] = ()) -> str | None:
    """The code of victim group, technology or actor type for a mention; None for other kinds and
    where no list says anything. `ids` are the known entities that bear the name."""
    if kind == "VICTIM":
        return victim_group(name)
    if kind not in ("PRODUCT", "GOVERNMENT"):
        return None
    listed = [e.category for id in ids if (e := load().entity(id)) and e.kind == kind]
    if listed and listed[0]:
        return listed[0]
    return technology(name) if kind == "PRODUCT" else actor_type(name)


def _added(passage: PassageText, known: Sequence[Found], taken: list[Span]) -> list[Mention]:
    """Mentions of known names where the models found nothing; countries only in languages that the
    models do not read."""
    added = []
    for place in _free(known, taken):
        sign = place.known.sign
        kind: Kind | None = KINDS.get(sign)
        if sign == "country" and passage.language != "en":
            kind = "LOCATION"
        if kind is not None:
            name = passage.text[place.start : place.end]
            code = category(kind, name, place.known.ids)
            span = Span(place.start, place.end)
            added.append(Mention(span, kind, "NAM", name, SCORES[sign], code))
    return added


def _technologies(text: str, taken: list[Span]) -> list[Mention]:
    """The words for technologies in a text of a language without models."""
    return [
        Mention(
            Span(place.start, place.end),
            "PRODUCT",
            "NOM",
            text[place.start : place.end],
            KEYWORD_SCORE,
            place.known.ids[0],
        )
        for place in _free(keywords().find(text), taken)
    ]


def _free(places: Sequence[Found], taken: list[Span]) -> list[Found]:
    """The places, in order, that overlap nothing in `taken`."""
    spans = sorted(taken)
    free, at = [], 0
    for place in places:
        span = Span(place.start, place.end)
        while at < len(spans) and spans[at].end <= span.start:
            at += 1
        if at == len(spans) or not spans[at].overlaps(span):
            free.append(place)
    return free
