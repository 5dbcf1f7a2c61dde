"""From names in a text to the things they name: known parties first, new entities for the rest.

A link is made only when one thing fits: a name that two bodies could bear stays unlinked, and an
acronym or a common word counts only with its country, vendor or context words in reach.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import regex
from rigour.names import remove_org_types

from nlp.folding import fold, latin
from nlp.knowledge.loader import Knowledge
from nlp.readings import Reading, bag, is_generic, readings
from nlp.records import DESCRIPTION, Document, Entity, Extraction, Kind, Link, Mention, Name, Span
from nlp.running_text import running_text

# A name of a firm that is this short without its legal form ("Area", "SIO") may mean anything.
_SHORTEST_BARE = 4
# Context words count within about a paragraph on either side of the name.
REACH = 400

# Scores of links, set by judgement: the more of name and country is written where the name stands,
# the surer. Their order is meant, not their distance.
_OWN_COUNTRY, _DOCUMENT, _NEARBY, _UNIQUE = 0.95, 0.9, 0.75, 0.85
_ACRONYM = 0.05  # less, when only the letters agree
_STATE, _BARE_STATE, _BARE_BODY, _DESCRIBED, _NATIONAL = 0.85, 0.6, 0.6, 0.7, 0.8
_NEW = 0.5

# Words for the state as a whole. With a country they stand for its government, never for a body.
_STATE_LIST = """
    government governments authority authorities state regime official officials administration
    cabinet leadership rulers junta ruler
    gobierno autoridades gouvernement autorites governo regierung behorden hukumet yetkililer
    pravitelstvo vlasti vlada
"""
_STATE_WORDS = frozenset(_STATE_LIST.split()) | {
    "правительство", "власти", "режим", "الحكومه", "السلطات", "النظام", "政府", "当局", "當局",
    "دولت", "مقامات",
}  # fmt: skip
# Heads that say what kind of force acted but not which body: the state as a whole is meant.
_FORCES_LIST = """
    security forces|security services|state forces|government forces|security officials
    security officers|security agents|state agents|government agents|security agencies
    fuerzas de seguridad|forces de securite|forces de l ordre|law enforcement
    law enforcement officers|law enforcement agencies|law enforcement officials|agencies|forces
"""
_FORCES = frozenset(part.strip() for line in _FORCES_LIST.splitlines() for part in line.split("|"))
# Words before such heads that leave the meaning as it is ("two riot police officers").
_MODIFIER_LIST = """
    government state federal local regional provincial municipal senior top other several some many
    two three four five six plainclothes plain clothes uniformed armed riot anti
"""
_MODIFIERS = frozenset(_MODIFIER_LIST.split())
_LOCAL = frozenset({"local", "regional", "provincial", "municipal", "city", "district"})
# Heads that name one branch of the state: a body of its own for each country, without a proper
# name. It is never a named body, and screening shows it at most as possible.
_BRANCHES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("police", "policemen", "police officer", "police officers", "police force",
         "police forces", "police officials", "police authorities", "policia", "polis",
         "полиция", "الشرطه", "警察"),
        ("police", "POLICE"),
    ),
    **dict.fromkeys(
        ("army", "military", "armed forces", "soldiers", "troops", "military forces",
         "army soldiers", "ejercito", "armee", "ordu", "армия", "الجيش", "军队"),
        ("armed-forces", "MILITARY"),
    ),
    **dict.fromkeys(
        ("intelligence services", "intelligence agencies", "intelligence service",
         "secret service", "secret services", "secret police", "intelligence officers",
         "intelligence agents", "المخابرات", "спецслужбы"),
        ("intelligence-services", "INTEL"),
    ),
    **dict.fromkeys(
        ("prison authorities", "prison guards", "prison officials", "prison service",
         "prison officers"),
        ("prison-service", "PRISON"),
    ),
    **dict.fromkeys(
        ("border guards", "border police", "border guard", "coast guard", "immigration authorities",
         "border officials"),
        ("border-guards", "BORDER"),
    ),
    **dict.fromkeys(("gendarmerie", "gendarmes"), ("gendarmerie", "POLICE")),
    **dict.fromkeys(
        ("prosecutor", "prosecutors", "public prosecutor", "public prosecutors", "prosecution"),
        ("prosecutors", "JUDICIARY"),
    ),
}  # fmt: skip
# Country names that are also something else, and the countries where they mean the country.
_DOUBTFUL_PLACES: Mapping[str, Mapping[str, str | None]] = {
    "georgia": {"US": None},
    "congo": {"CD": "CD", "CG": "CG"},
    "korea": {"KP": "KP", "KR": "KR"},
}
_POSSESSIVE = regex.compile(r"['’]s?$")
_ARTICLE = regex.compile(r"^the\s+", regex.IGNORECASE)
_CORPUS_KINDS: Mapping[Kind, str] = {
    "GOVERNMENT": "gov", "VENDOR": "ven", "PRODUCT": "prd", "ORG": "org", "PERSON": "per",
}  # fmt: skip
# As what a name of each kind is looked up, in this order.
_MEANT_KINDS: Mapping[Kind, tuple[Kind, ...]] = {
    "VENDOR": ("VENDOR",), "PRODUCT": ("PRODUCT", "VENDOR"), "ORG": ("VENDOR",),
}  # fmt: skip
# Where a new entity is of no known country. ISO 3166 leaves ZZ to its users.
_NOWHERE = "zz"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A known entity under one of its names."""

    entity: Entity
    name: Name
    telling: bool


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a name means in its scope. A link with `needs` holds only when one of these words is
    near, or one of `beside` is known to be in the document."""

    entity: Entity
    link: Link
    needs: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Found:
    """What a name means by itself, and the bodies it means if their country is named around it."""

    meaning: _Meaning | None = None
    elsewhere: tuple[_Entry, ...] = ()


@dataclass(slots=True)
class _Context:
    """What else a document names: ids of entities that are in it without doubt, and its text."""

    text: str
    ids: set[str] = field(default_factory=set)


class Linker:
    """Links mentions to the entities of `knowledge`, and to entities of the corpus otherwise."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._bodies: dict[str, list[_Entry]] = defaultdict(list)
        self._acronyms: dict[str, list[_Entry]] = defaultdict(list)
        self._goods: dict[str, list[_Entry]] = defaultdict(list)
        self._national: dict[str, list[_Entry]] = defaultdict(list)
        self._metonyms = self._metonyms_of_states()
        for entity in knowledge.entities:
            self._enter(entity)
        # Names recur: a report repeats its bodies on every page, a corpus in every document.
        self._meaning = lru_cache(maxsize=200_000)(self._find_meaning)

    def link(
        self, document: Document, extraction: Extraction, *, persons: bool = False
    ) -> tuple[tuple[Mention, ...], tuple[Entity, ...]]:
        """The mentions of a whole document with their links, in the same order, and the entities
        they link to, by id. `persons` also makes entities of the people named."""
        return self.link_mentions(
            extraction.mentions, country=document.country, text=document.text, persons=persons
        )

    def link_mentions(
        self,
        mentions: Sequence[Mention],
        *,
        country: str | None = None,
        context: Iterable[str] = (),
        text: str = "",
        persons: bool = False,
    ) -> tuple[tuple[Mention, ...], tuple[Entity, ...]]:
        """The mentions with their links, in the same order, and the entities they link to, by id.

        `country` is the country the text is about, `context` country codes and ids of vendors and
        products named around it, and `text` what the spans of the mentions point into.
        """
        around = set(context)
        given = {c for c in around if len(c) == 2}
        named = sorted(self._countries_in(mentions))
        everywhere = given | {code for _, code in named}
        meanings = []
        for m in mentions:
            found = self._meaning(m.kind, m.form, m.name, m.category, country)
            # A text about one country means its own bodies, unless another is named beside them.
            countries = _named_near(m, named) | given if country else everywhere
            meanings.append(self._here(m.name, found, countries))
        beside = _Context(text, around | {m.entity.id for m in meanings if m and not m.needs})
        linked: list[Mention] = []
        entities: dict[str, Entity] = {}
        for mention, meaning in zip(mentions, meanings, strict=True):
            if meaning is None or (mention.kind == "PERSON" and not persons):
                linked.append(mention)
                continue
            reason = _reason_to_believe(meaning, mention, beside)
            if reason is None:
                linked.append(mention)
                continue
            entities.setdefault(meaning.entity.id, meaning.entity)
            linked.append(replace(mention, link=reason))
        return tuple(linked), tuple(entities[i] for i in sorted(entities))

    # -- the dictionaries -----------------------------------------------------------------------

    def _enter(self, entity: Entity) -> None:
        of_state = entity.kind == "GOVERNMENT"
        if of_state and entity == self._knowledge.state(entity.country or ""):
            return
        for name in entity.names:
            if of_state:
                self._enter_body(entity, name)
            else:
                for key in _goods_keys(name.text):
                    self._goods[key].append(_Entry(entity, name, self._tells(entity, name, key)))

    def _enter_body(self, entity: Entity, name: Name) -> None:
        for reading in readings(name.text, True):
            telling = not is_generic(reading) and not reading.countries
            entry = _Entry(entity, name, telling)
            if reading.countries:
                self._national[fold(name.text)].append(entry)
            if name.kind == "acronym" or reading.acronym:
                self._acronyms[reading.compact].append(entry)
            else:
                self._bodies[bag(reading)].append(entry)

    def _tells(self, entity: Entity, name: Name, key: str) -> bool:
        """False for a key that is a common word or ambiguous for what the name stands for."""
        use = self._knowledge.products.get(entity.id)
        if use is not None and use.ambiguous:
            vendor = self._knowledge.entity(use.vendor or "")
            around = {fold(word) for word in use.context}
            around |= set(fold(vendor.name).split()) if vendor else set()
            words = set(fold(name.text).split())
            return len(words) > 1 and bool(words & around)
        if use is not None:
            return True
        common = {_compact(word) for word in self._knowledge.common_words[entity.id]}
        shortened = key != _compact(name.text)
        return key not in common and not (shortened and len(key) <= _SHORTEST_BARE)

    def _metonyms_of_states(self) -> dict[str, str]:
        claims: dict[str, set[str]] = defaultdict(set)
        for country in self._knowledge.countries:
            for metonym in country.metonyms:
                claims[fold(_ARTICLE.sub("", metonym))].add(country.iso2)
        return {name: min(isos) for name, isos in claims.items() if len(isos) == 1}

    def _countries_in(self, mentions: Iterable[Mention]) -> Iterator[tuple[int, str]]:
        """Where and which countries the mentions name, as places, by their capital or in names of
        bodies."""
        for mention in mentions:
            if mention.kind == "LOCATION":
                name = _clean(mention.name)
                code = self._knowledge.country_named(name) or self._metonyms.get(fold(name))
                if code:
                    yield mention.span.start, code
            elif mention.kind == "GOVERNMENT":
                for reading in readings(_clean(mention.name), True):
                    if len(reading.countries) == 1:
                        yield from ((mention.span.start, code) for code in reading.countries)

    # -- the meaning of a name ------------------------------------------------------------------

    def _here(self, name: str, found: _Found, countries: set[str]) -> _Meaning | None:
        """The meaning of a name among these countries; None when several bodies fit."""
        near = _current(e for e in found.elsewhere if e.entity.country in countries)
        if not near:
            return found.meaning
        if len(near) > 1:
            return None
        entry = next(iter(near.values()))
        return _known(name, entry, _NEARBY, f"{entry.entity.country} is named in the document")

    def _find_meaning(
        self,
        kind: Kind,
        form: Literal["NAM", "NOM"],
        written: str,
        category: str | None,
        country: str | None,
    ) -> _Found:
        name = _clean(written)
        match kind:
            case "GOVERNMENT":
                return self._government(name, form, category, country)
            case "LOCATION" if form == "NAM":
                return _Found(self._location(name, country))
            case "VENDOR" | "PRODUCT" | "ORG" if form == "NAM":
                return _Found(self._goods_or_firm(kind, name, category, country))
            case "PERSON" if form == "NAM":
                return _Found(_new(kind, name, None, category))
        return _Found()

    def _location(self, name: str, country: str | None) -> _Meaning | None:
        doubtful = _DOUBTFUL_PLACES.get(fold(name), {})
        code = self._knowledge.country_named(name)
        if country is not None and country in doubtful:
            code = doubtful[country]
        place = self._knowledge.entity(f"loc-{code.lower()}") if code else None
        if place is None:
            return None
        return _Meaning(place, Link(place.id, _OWN_COUNTRY, f"{name!r} is a name of {place.name}"))

    def _government(
        self, name: str, form: Literal["NAM", "NOM"], category: str | None, country: str | None
    ) -> _Found:
        read = readings(name, True)
        if not read:
            return _Found()
        national = _current(self._national.get(fold(name), ()))
        if len(national) == 1:
            score = _OWN_COUNTRY if form == "NAM" else _NATIONAL
            entry = next(iter(national.values()))
            return _Found(_known(name, entry, score, "the name gives the country"))
        general = self._state(name, read[0], country) or self._branch(name, read[0], country)
        if general is not None:
            return _Found(general)
        if form == "NOM":
            return _Found(self._described(name, read, country))
        found = self._body(name, read, country)
        unknown_acronym = read[0].acronym and not self._acronyms.get(read[0].compact)
        if found.meaning is not None:
            return found
        if any(len(self._fitting(reading, country)) > 1 for reading in read):
            return _Found()
        if (read[0].acronym and not unknown_acronym) or not _names_a_body(read[0], country):
            return found
        return replace(found, meaning=self._new_body(name, read[0], category, country))

    def _state(self, name: str, reading: Reading, country: str | None) -> _Meaning | None:
        """A country, its capital or its government as an actor: the state as a whole."""
        iso2 = self._knowledge.country_named(name) or self._metonyms.get(fold(name))
        state = self._knowledge.state(iso2) if iso2 else None
        if state is not None:
            reason = f"{name!r} stands for the state as a whole, {state.name}"
            return _Meaning(state, Link(state.id, _STATE, reason))
        words = reading.text.split()
        iso2 = self._metonyms.get(" ".join(word for word in words if word not in _STATE_WORDS))
        if iso2 and words[-1] in _STATE_WORDS:
            reading = replace(reading, countries=frozenset({iso2}), text=words[-1])
            words = words[-1:]
        forces = _head(words) in _FORCES
        if not forces and (not _names_a_state(words) or not _LOCAL.isdisjoint(words)):
            return None
        iso2 = _only(reading.countries, country) if reading.countries else country
        state = self._knowledge.state(iso2) if iso2 else None
        if state is None:
            return None
        score = _STATE if reading.countries and not forces else _BARE_STATE
        where = "its country" if reading.countries else "the country of the document"
        reason = f"{name!r} and {where} name the state as a whole, {state.name}"
        return _Meaning(state, Link(state.id, score, reason))

    def _state_id(self, iso2: str) -> str | None:
        state = self._knowledge.state(iso2)
        return state.id if state else None

    def _branch(self, name: str, reading: Reading, country: str | None) -> _Meaning | None:
        """Police, army and the like without a proper name: a nameless body of their country."""
        words = reading.text.split()
        branch = _BRANCHES.get(_head(words))
        if branch is None and _names_a_state(words):
            branch = ("local-authorities", "LOCAL")
        iso2 = _only(reading.countries, country) if reading.countries else country
        if branch is None or iso2 is None:
            return None
        slug, category = branch
        land = self._knowledge.label(iso2)
        title = f"{slug.replace('-', ' ').capitalize()} ({land})"
        entity = Entity(
            id=f"corpus:gov:{iso2.lower()}:{slug}",
            kind="GOVERNMENT",
            name=title,
            country=iso2,
            category=category,
            names=(Name(title, "name"),),
            parent=self._state_id(iso2),
            source="corpus",
            basis=DESCRIPTION,
            note="No particular body: what texts call so without a name",
        )
        where = "its country" if reading.countries else "the country of the document"
        reason = f"{name!r} with {where} means no named body, only its kind in {land}"
        return _Meaning(entity, Link(entity.id, _BARE_BODY, reason))

    def _body(self, name: str, read: Sequence[Reading], country: str | None) -> _Found:
        """The known body that fits, or those that would if their country were in reach."""
        elsewhere: list[_Entry] = []
        for reading in read:
            entries = self._entries(reading)
            fitting = self._fitting(reading, country)
            if len(fitting) == 1:
                entry = next(iter(fitting.values()))
                if reading.countries:
                    return _Found(_known(name, entry, _OWN_COUNTRY, "the name gives the country"))
                if entry.entity.country == country:
                    where = f"the document is about {country}"
                    return _Found(_known(name, entry, _DOCUMENT, where))
                return _Found(_known(name, entry, _UNIQUE, "no other known body has this name"))
            if not fitting and not reading.countries:
                elsewhere.extend(entries)
        return _Found(None, tuple(elsewhere))

    def _described(
        self, name: str, read: Sequence[Reading], country: str | None
    ) -> _Meaning | None:
        """The known body that a description in small letters means ("the interior ministry"): only
        one of its own country or the document's, of two words or more, and never for sure."""
        found = self._body(name, read, country).meaning
        if found is None or len(read[0].text.split()) < 2:
            return None
        link = Link(found.link.entity, min(found.link.score, _DESCRIBED), found.link.reason)
        return replace(found, link=link) if found.link.score != _UNIQUE else None

    def _entries(self, reading: Reading) -> Sequence[_Entry]:
        if reading.acronym:
            return self._acronyms.get(reading.compact, ())
        return self._bodies.get(bag(reading), ())

    def _fitting(self, reading: Reading, country: str | None) -> dict[str, _Entry]:
        """The known bodies of this name in the country that it or the document gives, or else the
        only body in the world that has it; by id."""
        entries = self._entries(reading)
        if reading.countries:
            return _current(e for e in entries if e.entity.country in reading.countries)
        home = [e for e in entries if e.entity.country == country]
        if home:
            return _current(home)
        alone = len({entry.entity.id for entry in entries}) == 1
        unique = [e for e in entries if e.telling] if alone and not reading.acronym else []
        return _current(unique)

    def _new_body(
        self, name: str, reading: Reading, category: str | None, country: str | None
    ) -> _Meaning | None:
        iso2 = _only(reading.countries, country) if reading.countries else country
        return _new("GOVERNMENT", name, iso2, category, reading, self._parent(name, iso2))

    def _parent(self, name: str, iso2: str | None) -> str | None:
        """The known body that a unit's own name gives after a comma: "X, Ministry of Y"."""
        for piece in name.split(",")[1:]:
            for reading in readings(piece, True):
                entries = self._bodies.get(bag(reading), ())
                bodies = {e.entity.id for e in entries if e.entity.country == iso2}
                if len(bodies) == 1:
                    return bodies.pop()
        return None

    def _goods_or_firm(
        self, kind: Kind, name: str, category: str | None, country: str | None
    ) -> _Meaning | None:
        for known in _MEANT_KINDS[kind]:
            entries = [e for key in _goods_keys(name) for e in self._goods.get(key, ())]
            fitting = _current(e for e in entries if e.entity.kind == known)
            if len(fitting) == 1:
                return self._known_goods(name, next(iter(fitting.values())))
            if fitting:
                return None
        if kind == "ORG":
            body = self._body(name, readings(name, True), country).meaning
            if body is not None:
                return body
        return _new(kind, name, None, category)

    def _known_goods(self, name: str, entry: _Entry) -> _Meaning:
        entity = entry.entity
        reason = f"{name!r} is {_kind(entry.name)} {entry.name.text!r} of {entity.name}"
        link = Link(entity.id, _OWN_COUNTRY if entry.telling else _DOCUMENT, reason)
        if entry.telling:
            return _Meaning(entity, link)
        return _Meaning(entity, link, self._words_beside(entity), self._ids_beside(entity))

    def _words_beside(self, entity: Entity) -> tuple[str, ...]:
        """Words of which one must be near a name that also means something else."""
        use = self._knowledge.products.get(entity.id)
        if use is not None:
            return tuple(fold(word) for word in use.context)
        technology = self._knowledge.technology(entity.category or "")
        words = (*technology.strong, *technology.weak) if technology else ()
        return tuple(fold(word) for word in words)

    def _ids_beside(self, entity: Entity) -> frozenset[str]:
        """Entities of which one in the document is as good: the vendor, or the vendor's goods."""
        vendor = self._knowledge.entity(entity.parent or "") if entity.kind == "PRODUCT" else entity
        if vendor is None:
            return frozenset()
        return frozenset({vendor.id, vendor.parent or vendor.id, *vendor.products}) - {entity.id}


def _named_near(mention: Mention, named: Sequence[tuple[int, str]]) -> set[str]:
    """The countries named within reach of a mention; `named` is in order of place."""
    low = bisect_left(named, (mention.span.start - REACH, ""))
    high = bisect_left(named, (mention.span.end + REACH, ""))
    return {code for _, code in named[low:high]}


def _reason_to_believe(meaning: _Meaning, mention: Mention, context: _Context) -> Link | None:
    """The link, if nothing more is needed or what is needed is in reach; else None."""
    if not meaning.needs and not meaning.beside:
        return meaning.link
    beside = sorted(meaning.beside & context.ids)
    if beside:
        reason = f"{meaning.link.reason}; the text also names {beside[0]}"
        return Link(meaning.link.entity, meaning.link.score, reason)
    start, end = mention.span.start, mention.span.end
    before, after = context.text[max(0, start - REACH) : start], context.text[end : end + REACH]
    near = f" {fold(before)} {fold(after)} "
    word = next((w for w in meaning.needs if f" {w}" in near), None)
    if word is None:
        return None
    reason = f"{meaning.link.reason}; {word!r} stands near"
    return Link(meaning.link.entity, meaning.link.score, reason)


def _current(entries: Iterable[_Entry]) -> dict[str, _Entry]:
    """One entry an entity, by id, without those that only bore the name before another took it."""
    found: dict[str, _Entry] = {}
    for entry in entries:
        found.setdefault(entry.entity.id, entry)
    now = {i: entry for i, entry in found.items() if entry.name.kind != "former"}
    return now or found


def _known(name: str, entry: _Entry, score: float, where: str) -> _Meaning:
    """A link to a known body, with the reason in words."""
    if entry.name.kind == "acronym":
        score -= _ACRONYM
    entity = entry.entity
    reason = f"{name!r} is {_kind(entry.name)} {entry.name.text!r} of {entity.name}, and {where}"
    return _Meaning(entity, Link(entity.id, round(score, 2), reason))


def _only(countries: frozenset[str], country: str | None) -> str | None:
    """The one country meant: the only one named, or the document's when it is among them."""
    if len(countries) == 1:
        return next(iter(countries))
    return country if country in countries else None


def _names_a_state(words: Sequence[str]) -> bool:
    """True for "government", "local authorities", "senior state officials" and the like."""
    small = ("the", "of", "and")
    telling = [word for word in words if word not in {*small, *_MODIFIERS, *_LOCAL}]
    states = any(word in _STATE_WORDS for word in words)
    return states and all(word in _STATE_WORDS for word in telling)


def _names_a_body(reading: Reading, country: str | None) -> bool:
    """True when a name that is not known is enough for an entity of its own: not "the Division",
    not "Ministry of Interior" of nowhere, not "French and German authorities", and not "the
    Ruritanian regime" of a person."""
    words = reading.text.split()
    if reading.countries and _only(reading.countries, country) is None:
        return False
    if words[-1] in ("administration", "regime") and len(words) == 2:
        return False
    nowhere = not reading.countries and country is None
    return not (is_generic(reading) and not reading.acronym and (nowhere or len(words) == 1))


def _head(words: Sequence[str]) -> str:
    """The words without article and modifiers in front, as soon as they name a force."""
    for at in range(len(words)):
        rest = " ".join(words[at:])
        if rest in _BRANCHES or rest in _FORCES:
            return rest
        if words[at] != "the" and words[at] not in _MODIFIERS:
            break
    return " ".join(words)


def _kind(name: Name) -> str:
    return {
        "name": "the name", "alias": "the alias", "acronym": "the acronym",
        "native": "the native name", "former": "the former or later name",
    }[name.kind]  # fmt: skip


@lru_cache(maxsize=65536)
def _clean(name: str) -> str:
    """The name on one line, without article and possessive."""
    tidy = running_text(name, Span(0, len(name))).text.strip()
    return _ARTICLE.sub("", _POSSESSIVE.sub("", tidy))


def _compact(name: str) -> str:
    return latin(name).replace(" ", "")


@lru_cache(maxsize=65536)
def _goods_keys(name: str) -> tuple[str, ...]:
    """The name of a firm or product, and the same without its legal form, without spaces."""
    whole = _compact(name)
    bare = _compact(remove_org_types(fold(name), " "))
    return tuple(dict.fromkeys(key for key in (whole, bare) if key))


def _new(
    kind: Kind,
    name: str,
    iso2: str | None,
    category: str | None,
    reading: Reading | None = None,
    parent: str | None = None,
) -> _Meaning | None:
    """An entity of the corpus, keyed by its normalised name and country."""
    text = latin(reading.text if reading else remove_org_types(fold(name), " ") or name)
    slug = "-".join(word for word in text.split() if word != "the")
    if len(slug) < 2:
        return None
    entity = Entity(
        id=f"corpus:{_CORPUS_KINDS[kind]}:{(iso2 or _NOWHERE).lower()}:{slug}",
        kind=kind,
        name=name,
        country=iso2,
        category=category,
        names=(Name(name, "name"),),
        parent=parent,
        source="corpus",
    )
    return _Meaning(entity, Link(entity.id, _NEW, f"{name!r} is no known name; kept as it stands"))
