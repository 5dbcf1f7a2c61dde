"""What the knowledge consists of, and the questions it answers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import regex
from rigour.territories import lookup_territory

from nlp.folding import fold, latin
from nlp.records import Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country or territory. `metonyms` stand for its government ("the Kremlin")."""

    iso2: str
    iso3: str
    name: str
    aliases: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    capital: str | None = None
    metonyms: tuple[str, ...] = ()
    native: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the country itself: usual, other and native ones."""
        return (self.name, *self.aliases, *self.native)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A kind of event. `abuse` is False for context, which is never an adverse finding; `severity`
    runs from 0 (context) to 5 (gravest)."""

    code: str
    label: str
    abuse: bool
    severity: int
    family: str
    roles: tuple[str, ...]
    verbs: tuple[str, ...]
    nouns: tuple[str, ...]
    negatives: tuple[str, ...]
    udhr: tuple[int, ...]
    iccpr: tuple[int, ...]
    huridocs: tuple[str, ...]
    cameo: tuple[str, ...]
    plover: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """One entry of a control list, and the condition under which it applies, if it has one."""

    code: str
    condition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """A category of technology. `strong` words assign it alone, `weak` ones only beside another
    cue, `avoid` are look-alikes; `controls` maps a scheme to entries of its list."""

    code: str
    label: str
    controls: Mapping[str, tuple[Control, ...]]
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    avoid: tuple[str, ...]
    typical_events: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimGroup:
    """A group of victims; `lemmas` maps a language code to dictionary forms."""

    code: str
    label: str
    lemmas: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorType:
    """A type of state actor; `patterns` maps a language code to regular expressions of heads."""

    code: str
    label: str
    patterns: Mapping[str, tuple[str, ...]]
    huridocs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceType:
    """A type of source and the reliability (A to F) it starts with."""

    code: str
    label: str
    reliability: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A way in which a passage presents an event; `cues` are words that signal it, by kind."""

    code: str
    meaning: str
    cues: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductUse:
    """What a product needs in order to be recognised: one of `context` beside it if `ambiguous`."""

    product: str
    vendor: str | None
    ambiguous: bool
    context: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """All facts the product starts with. Being in it as an end user is not an accusation.

    `entities` are vendors, products, end users and one government as a whole for each country
    (`gov-xx`); `locations` are the countries as places (`loc-xx`). `common_words` gives, by vendor,
    those of its names, in full or without their legal form, that also mean something else.
    `version` belongs into every result that rests on these facts.
    """

    version: str
    entities: tuple[Entity, ...]
    locations: tuple[Entity, ...]
    countries: tuple[Country, ...]
    events: tuple[EventType, ...]
    technologies: tuple[Technology, ...]
    victim_groups: tuple[VictimGroup, ...]
    actor_types: tuple[ActorType, ...]
    source_types: tuple[SourceType, ...]
    assertions: tuple[Status, ...]
    attributions: tuple[Status, ...]
    responses: tuple[Status, ...]
    roles: Mapping[str, str]
    families: Mapping[str, str]
    reliability: Mapping[str, str]
    credibility: Mapping[int, str]
    products: Mapping[str, ProductUse]
    common_words: Mapping[str, tuple[str, ...]]
    acronym_collisions: Mapping[str, tuple[str, ...]]

    def entity(self, entity_id: str) -> Entity | None:
        """The entity or place with this id, or None."""
        return self._by_id.get(entity_id)

    def state(self, iso2: str) -> Entity | None:
        """The government of a country as a whole, or None for an unknown code.

        Its id is `gov-xx`, or `gov-xx-gov` where the gazetteer has a row of its own for it.
        """
        whole = f"gov-{iso2.lower()}"
        return self._by_id.get(whole) or self._by_id.get(f"{whole}-gov")

    def country_named(self, text: str) -> str | None:
        """As `country_of`, but by names only: "US" is one, the codes "AE" and "SSD" are not."""
        iso2 = self.country_of(text)
        country = self.country(iso2) if iso2 else None
        if country is None:
            return None
        codes = {country.iso2, country.iso3} - set(country.names)
        return None if text.strip() in codes else country.iso2

    def country(self, iso2: str) -> Country | None:
        """The country with this ISO 3166 alpha-2 code, or None."""
        return self._countries.get(iso2)

    def event(self, code: str) -> EventType | None:
        """The event type with this code, or None."""
        return self._events.get(code)

    def technology(self, code: str) -> Technology | None:
        """The technology category with this code, or None."""
        return self._technologies.get(code)

    def sharing(self, acronym: str) -> tuple[str, ...]:
        """The ids of all known bodies that use this acronym, in any case or script, in order."""
        return self._folded_acronyms.get(latin(acronym).replace(" ", ""), ())

    def label(self, value: str) -> str:
        """What to show for a code or an entity id; the value itself when it is neither."""
        if value in self.labels:
            return self.labels[value]
        entity = self.entity(value)
        return entity.name if entity else value

    def country_of(self, text: str) -> str | None:
        """The ISO alpha-2 code that a name, native name, demonym or ISO code stands for, or None.

        Codes and short acronyms count in capitals only ("US", not "us"). A demonym that two
        countries share ("Congolese") stands for neither.
        """
        text = text.strip()
        if text in self._country_codes:
            return self._country_codes[text]
        return self._country_names.get(fold(text))

    def country_in_any_language(self, text: str) -> str | None:
        """`country_of`, and else what rigour's list of territories knows in other languages.

        The first call reads that list, which takes a second or two.
        """
        known = self.country_of(text)
        if known or len(text.strip()) < 4:
            return known
        territory = lookup_territory(text)
        code = territory.code.upper() if territory else ""
        return code if code in self._countries else None

    def technology_of_item(
        self, scheme: str | None, code: str | None, description: str = ""
    ) -> list[str]:
        """Codes of the technology categories a licence item belongs to, most telling first.

        `scheme` is one of ECCN, CCL, EU, UK, WASSENAAR in any case (None: all lists are tried),
        `code` an entry such as "5A004.b.1". A catch-all entry (EAR99, 5A992) says nothing, so there
        the words of `description` decide; they also add to what the code says.
        """
        by_code = self._technologies_of_code(scheme, code) if code else []
        by_words = self._technologies_of_words(description)
        agreed = [technology for technology in by_words if technology in by_code]
        return list(dict.fromkeys([*agreed, *by_code, *by_words]))

    def _technologies_of_code(self, scheme: str | None, code: str) -> list[str]:
        wanted = _control_code(code)
        lists = _SCHEMES.get((scheme or "").upper().replace("_", " "), _ALL_LISTS)
        found: dict[str, int] = {}
        for technology in self.technologies:
            for name in lists:
                for control in technology.controls.get(name, ()):
                    depth = _agreement(wanted, _control_code(control.code))
                    if depth and control.code not in _CATCH_ALL:
                        rank = depth - (control.condition is not None)
                        found[technology.code] = max(rank, found.get(technology.code, 0))
        best = max(found.values(), default=0)
        return sorted((c for c, rank in found.items() if rank == best), key=lambda c: c)

    def _technologies_of_words(self, description: str) -> list[str]:
        words = f" {fold(description)} "
        scored = []
        for technology, strong, weak, avoid in self._technology_words:
            hits = sum(words.count(f" {word} ") for word in strong)
            if hits and not any(f" {word} " in words for word in avoid):
                hints = sum(f" {word} " in words for word in weak)
                scored.append((-hits, -hints, technology))
        return [technology for *_, technology in sorted(scored)]

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Label of every taxonomy code and of every country code."""
        labels: dict[str, str] = {item.code: item.label for item in self.events}
        labels |= {item.code: item.label for item in self.technologies}
        labels |= {item.code: item.label for item in self.victim_groups}
        labels |= {item.code: item.label for item in self.actor_types}
        labels |= {item.code: item.label for item in self.source_types}
        statuses = (*self.assertions, *self.attributions, *self.responses)
        labels |= {s.code: s.code.replace("_", " ").capitalize() for s in statuses}
        labels |= {family: text.capitalize() for family, text in self.families.items()}
        return labels | {country.iso2: country.name for country in self.countries}

    @cached_property
    def _by_id(self) -> dict[str, Entity]:
        return {entity.id: entity for entity in (*self.entities, *self.locations)}

    @cached_property
    def _countries(self) -> dict[str, Country]:
        return {country.iso2: country for country in self.countries}

    @cached_property
    def _events(self) -> dict[str, EventType]:
        return {event.code: event for event in self.events}

    @cached_property
    def _technologies(self) -> dict[str, Technology]:
        return {technology.code: technology for technology in self.technologies}

    @cached_property
    def acronyms(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the bodies that use each acronym, as written."""
        return _acronyms_of(self.entities)

    @cached_property
    def _folded_acronyms(self) -> dict[str, tuple[str, ...]]:
        users: dict[str, set[str]] = defaultdict(set)
        for acronym, ids in self.acronyms.items():
            users[latin(acronym).replace(" ", "")].update(ids)
        return {acronym: tuple(sorted(ids)) for acronym, ids in users.items()}

    @cached_property
    def _technology_words(
        self,
    ) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]:
        def folded(words: Iterable[str]) -> tuple[str, ...]:
            return tuple(fold(word) for word in words)

        return tuple(
            (t.code, folded(t.strong), folded(t.weak), folded(t.avoid)) for t in self.technologies
        )

    @cached_property
    def _country_codes(self) -> dict[str, str]:
        """ISO codes and the acronyms among the names, which count in capitals only."""
        codes = {
            alias: country.iso2
            for country in self.countries
            for alias in country.aliases
            if _is_acronym(alias)
        }
        codes |= {country.iso3: country.iso2 for country in self.countries}
        return codes | {country.iso2: country.iso2 for country in self.countries}

    @cached_property
    def _country_names(self) -> dict[str, str | None]:
        """Folded names and demonyms; None for one that several countries share."""
        claims: dict[str, set[str]] = defaultdict(set)
        for country in self.countries:
            for name in (*country.names, *country.demonyms):
                if not _is_acronym(name):
                    claims[fold(name)].add(country.iso2)
        return {name: min(isos) if len(isos) == 1 else None for name, isos in claims.items()}


def _is_acronym(name: str) -> bool:
    return bool(regex.fullmatch(r"\p{Lu}{2,4}|(\p{Lu}\.){2,4}", name))


# Names of lists as licence systems write them, and the columns of the taxonomy they mean.
_ALL_LISTS = ("us_ccl", "eu_annex_i", "uk", "wassenaar")
_SCHEMES: Mapping[str, tuple[str, ...]] = {
    "ECCN": ("us_ccl",), "CCL": ("us_ccl",), "US": ("us_ccl",), "US CCL": ("us_ccl",),
    "EU": ("eu_annex_i",), "EU ANNEX I": ("eu_annex_i",), "ANNEX I": ("eu_annex_i",),
    "UK": ("uk", "eu_annex_i"), "UK CONTROL LIST": ("uk", "eu_annex_i"),
    "WASSENAAR": ("wassenaar",), "WA": ("wassenaar",),
}  # fmt: skip
# Entries that hold very different goods: they are no sign of a technology.
_CATCH_ALL = frozenset({"EAR99", "5A991", "5A992", "5A002", "5.A.1", "5.A.2", "5A001", "4A994"})


def _control_code(code: str) -> tuple[str, ...]:
    """("5a004", "b", "1") of "5A004.b.1" or "5A004b1", ("5", "a", "4", "b") of "5.A.4.b"."""
    code = regex.sub(r"^(\d[a-e]\d{3})(?=[a-z])", r"\1.", code.strip().casefold())
    return tuple(regex.findall(r"^\d[a-e]\d{3}|^(?:ml|pl|ear)\d+|[a-z]+|\d+", code))


def _agreement(wanted: tuple[str, ...], listed: tuple[str, ...]) -> int:
    """How many levels of two entries agree; 0 when one is not a part of the other."""
    depth = min(len(wanted), len(listed))
    return depth if wanted[:depth] == listed[:depth] else 0


def _acronyms_of(entities: Iterable[Entity]) -> dict[str, tuple[str, ...]]:
    users: dict[str, set[str]] = defaultdict(set)
    for entity in entities:
        for name in entity.names:
            if name.kind == "acronym":
                users[name.text].add(entity.id)
    return {acronym: tuple(sorted(ids)) for acronym, ids in users.items()}
