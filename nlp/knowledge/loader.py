"""Reads and checks the facts beside this file: taxonomies, countries and known parties.

Everything is read once, checked against everything else, and immutable afterwards. What is in the
files and where it comes from is written in README.md here.
"""

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

import regex
import yaml
from rigour.territories import lookup_territory

from nlp.folding import fold, latin
from nlp.records import Entity, Name

# The day the facts were last checked by a person. A short hash of the files is appended, so that
# two installations that differ in a single row never state the same version.
VERSION = "2026-11-25"

COUNTRIES = "countries.csv"
END_USERS = "end_users.csv"
VENDORS = "vendors.csv"
PRODUCTS = "products.csv"
COLLISIONS = "acronym_collisions.yaml"
SOURCES = "gazetteer_sources.yaml"
EVENTS = "taxonomy_events.yaml"
TECHNOLOGY = "taxonomy_technology.yaml"
VICTIMS = "taxonomy_victims.yaml"
ACTORS = "taxonomy_actors.yaml"
ASSERTION = "taxonomy_assertion.yaml"
SOURCE_TYPES = "taxonomy_sources.yaml"
FILES = (
    COUNTRIES, END_USERS, VENDORS, PRODUCTS, COLLISIONS, SOURCES, EVENTS, TECHNOLOGY, VICTIMS,
    ACTORS, ASSERTION, SOURCE_TYPES,
)  # fmt: skip

_COLUMNS = {
    COUNTRIES: "iso2 iso3 un_m49 name aliases demonyms capital government_metonyms native_names",
    END_USERS: "id name country_iso2 type acronyms aliases native_names parent_id former_names "
    "basis note",
    VENDORS: "id name aliases common_words native_names hq_iso2 categories products parent_id "
    "former_or_later_names status listings basis note",
    PRODUCTS: "id name aliases vendor category ambiguous needs_context note",
}
_REQUIRED = {
    COUNTRIES: "iso2 iso3 name",
    END_USERS: "id name country_iso2 type basis",
    VENDORS: "id name hq_iso2 categories basis",
    PRODUCTS: "id name category ambiguous",
}
_ID = regex.compile(r"(gov-[a-z]{2}(-[a-z0-9]+)?|ven-[a-z0-9]+|prd-[a-z0-9]+)")
_NAME_CELLS = ("aliases", "native_names", "former_or_later_names")
_BASES = ("seen", "general_knowledge")


class KnowledgeInvalid(Exception):
    """A file of the knowledge is inconsistent: names the file, the row and what would work."""

    def __init__(self, file: str, row: str, problem: str) -> None:
        super().__init__(f"{file}, {row}: {problem}")
        self.file = file
        self.row = row


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
        """The government of a country as a whole (`gov-xx`), or None for an unknown code."""
        return self._by_id.get(f"gov-{iso2.lower()}")

    def country(self, iso2: str) -> Country | None:
        """The country with this ISO 3166 alpha-2 code, or None."""
        return self._countries.get(iso2)

    def in_country(self, iso2: str) -> tuple[Entity, ...]:
        """The known entities of a country, in the order of ids; empty if there are none."""
        return self._by_country.get(iso2, ())

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
    def _by_country(self) -> dict[str, tuple[Entity, ...]]:
        grouped: dict[str, list[Entity]] = defaultdict(list)
        for entity in sorted(self.entities, key=lambda entity: entity.id):
            if entity.country:
                grouped[entity.country].append(entity)
        return {iso2: tuple(entities) for iso2, entities in grouped.items()}

    @cached_property
    def _events(self) -> dict[str, EventType]:
        return {event.code: event for event in self.events}

    @cached_property
    def _technologies(self) -> dict[str, Technology]:
        return {technology.code: technology for technology in self.technologies}

    @cached_property
    def _acronyms(self) -> dict[str, tuple[str, ...]]:
        return _acronyms_of(self.entities)

    @cached_property
    def _folded_acronyms(self) -> dict[str, tuple[str, ...]]:
        users: dict[str, set[str]] = defaultdict(set)
        for acronym, ids in self._acronyms.items():
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


@cache
def load() -> Knowledge:
    """The knowledge that ships with the package, read and checked on the first call.

    Raises KnowledgeInvalid when the files contradict one another.
    """
    return read(resources.files("nlp.knowledge"))


def read(folder: Traversable) -> Knowledge:
    """The knowledge in the files of `folder`; raises KnowledgeInvalid."""
    contents = {name: _content(folder, name) for name in FILES}
    tables = {name: _table(name, contents[name]) for name in _COLUMNS}
    trees = {name: _tree(name, contents[name]) for name in FILES if name.endswith(".yaml")}
    countries = tuple(_country(row) for row in tables[COUNTRIES])
    products = tuple(_product_use(row) for row in tables[PRODUCTS])
    product_ids = _product_ids(tables[PRODUCTS])
    homes = {row["id"]: row["hq_iso2"] for row in tables[VENDORS]}
    end_users = [_end_user(row) for row in tables[END_USERS]]
    entities = (
        *(_vendor(row, product_ids) for row in tables[VENDORS]),
        *(_product(row, homes) for row in tables[PRODUCTS]),
        *end_users,
        *_states(countries, {entity.id for entity in end_users}),
    )
    knowledge = Knowledge(
        version=_version(contents),
        entities=entities,
        locations=tuple(_location(country) for country in countries),
        countries=countries,
        events=tuple(_event(row) for row in trees[EVENTS]["events"]),
        technologies=tuple(_technology(row) for row in trees[TECHNOLOGY]["categories"]),
        victim_groups=tuple(_victim_group(row) for row in trees[VICTIMS]["groups"]),
        actor_types=tuple(_actor_type(row) for row in trees[ACTORS]["types"]),
        source_types=tuple(_source_type(row) for row in trees[SOURCE_TYPES]["source_types"]),
        assertions=tuple(_status(row) for row in trees[ASSERTION]["statuses"]),
        attributions=tuple(_status(row) for row in trees[ASSERTION]["attribution"]),
        responses=tuple(_status(row) for row in trees[ASSERTION]["official_response"]),
        roles=trees[EVENTS]["roles"],
        families=trees[EVENTS]["families"],
        reliability=trees[SOURCE_TYPES]["reliability"],
        credibility=trees[SOURCE_TYPES]["credibility"],
        products={use.product: use for use in products},
        common_words={row["id"]: _cells(row["common_words"]) for row in tables[VENDORS]},
        acronym_collisions={key: tuple(ids) for key, ids in trees[COLLISIONS].items()},
    )
    _check(knowledge, tables, trees[SOURCES])
    return knowledge


def _content(folder: Traversable, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KnowledgeInvalid(name, "file", "is missing; restore it from the package") from None
    except UnicodeDecodeError as error:
        raise KnowledgeInvalid(name, f"byte {error.start}", "is not UTF-8; save as UTF-8") from None


def _version(contents: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(f"{name}\0{contents[name]}\0".encode())
    return f"{VERSION}+{digest.hexdigest()[:8]}"


def _table(file: str, content: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(content, newline=""))
    columns = _COLUMNS[file].split()
    if list(reader.fieldnames or ()) != columns:
        raise KnowledgeInvalid(file, "header", f"must be {','.join(columns)}")
    rows = []
    for row in reader:
        where = f"line {reader.line_num}"
        if None in row or None in row.values():
            raise KnowledgeInvalid(file, where, f"must have {len(columns)} cells; quote commas")
        for column in _REQUIRED[file].split():
            if not row[column].strip():
                raise KnowledgeInvalid(file, where, f"{column} is empty; fill it or drop the row")
        rows.append({column: cell.strip() for column, cell in row.items()})
    return rows


def _tree(file: str, content: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(content, Loader=loader)
    except yaml.YAMLError as error:
        raise KnowledgeInvalid(file, "file", f"is not YAML: {error}") from None


def _cells(text: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values, separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _names(
    *groups: tuple[Literal["name", "alias", "acronym", "native", "former"], Iterable[str]],
) -> tuple[Name, ...]:
    """Names in order, each spelling once, with the kind it was first given."""
    found: dict[str, Name] = {}
    for kind, texts in groups:
        for text in texts:
            found.setdefault(text, Name(text, kind))
    return tuple(found.values())


def _country(row: Mapping[str, str]) -> Country:
    return Country(
        iso2=row["iso2"],
        iso3=row["iso3"],
        name=row["name"],
        aliases=_cells(row["aliases"]),
        demonyms=_cells(row["demonyms"]),
        capital=row["capital"] or None,
        metonyms=_cells(row["government_metonyms"]),
        native=_cells(row["native_names"]),
    )


def _end_user(row: Mapping[str, str]) -> Entity:
    return Entity(
        id=row["id"],
        kind="GOVERNMENT",
        name=row["name"],
        country=row["country_iso2"],
        category=row["type"],
        names=_names(
            ("name", [row["name"]]),
            ("native", _cells(row["native_names"])),
            ("acronym", _cells(row["acronyms"])),
            ("former", _cells(row["former_names"])),
            ("alias", _cells(row["aliases"])),
        ),
        parent=row["parent_id"] or None,
        basis=row["basis"],
        note=row["note"] or None,
    )


def _product_ids(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The id of every product by its name, for the vendors that list it."""
    return {row["name"]: row["id"] for row in rows}


def _vendor(row: Mapping[str, str], product_ids: Mapping[str, str]) -> Entity:
    for product in _cells(row["products"]):
        _known(VENDORS, row["id"], "product", product, product_ids)
    return Entity(
        id=row["id"],
        kind="VENDOR",
        name=row["name"],
        country=row["hq_iso2"],
        category=_cells(row["categories"])[0],
        names=_names(
            ("name", [row["name"]]),
            ("native", _cells(row["native_names"])),
            ("former", _cells(row["former_or_later_names"])),
            ("alias", _cells(row["aliases"])),
        ),
        parent=row["parent_id"] or None,
        listings=_cells(row["listings"]),
        products=tuple(product_ids[product] for product in _cells(row["products"])),
        basis=row["basis"],
        note=row["note"] or None,
    )


def _product(row: Mapping[str, str], homes: Mapping[str, str]) -> Entity:
    return Entity(
        id=row["id"],
        kind="PRODUCT",
        name=row["name"],
        country=homes.get(row["vendor"]),
        category=row["category"],
        names=_names(("name", [row["name"]]), ("alias", _cells(row["aliases"]))),
        parent=row["vendor"] or None,
        note=row["note"] or None,
    )


def _product_use(row: Mapping[str, str]) -> ProductUse:
    return ProductUse(
        product=row["id"],
        vendor=row["vendor"] or None,
        ambiguous=row["ambiguous"] == "1",
        context=_cells(row["needs_context"]),
    )


def _states(countries: Iterable[Country], listed: set[str]) -> Iterator[Entity]:
    """The government as a whole of every country that has no row of its own among the end users."""
    for country in countries:
        identifier = f"gov-{country.iso2.lower()}"
        if identifier in listed:
            continue
        adjectives = [f"{demonym} government" for demonym in country.demonyms]
        yield Entity(
            id=identifier,
            kind="GOVERNMENT",
            name=f"Government of {country.name}",
            country=country.iso2,
            category="EXECUTIVE",
            names=_names(
                ("name", [f"Government of {country.name}"]),
                ("alias", [f"Government of {alias}" for alias in country.aliases]),
                ("alias", adjectives),
            ),
            basis="general_knowledge",
            note="The state as a whole, for statements that name no particular body",
        )


def _location(country: Country) -> Entity:
    return Entity(
        id=f"loc-{country.iso2.lower()}",
        kind="LOCATION",
        name=country.name,
        country=country.iso2,
        names=_names(
            ("name", [country.name]), ("native", country.native), ("alias", country.aliases)
        ),
        basis="general_knowledge",
    )


def _event(row: Mapping[str, Any]) -> EventType:
    return EventType(
        code=row["code"],
        label=row["label"],
        abuse=row["abuse"],
        severity=row["severity"],
        family=row["code"].partition(".")[0],
        roles=tuple(row["roles"]),
        verbs=tuple(row["triggers"]["verb"]),
        nouns=tuple(row["triggers"]["noun"]),
        negatives=tuple(row["negatives"]),
        udhr=tuple(row["rights"]["udhr"]),
        iccpr=tuple(row["rights"]["iccpr"]),
        huridocs=tuple(row["huridocs"]),
        cameo=tuple(row["cameo"]),
        plover=row["plover"],
        examples=tuple(row["examples"]),
    )


def _technology(row: Mapping[str, Any]) -> Technology:
    return Technology(
        code=row["code"],
        label=row["label"],
        controls={
            scheme: tuple(_control(entry) for entry in entries)
            for scheme, entries in row["controls"].items()
        },
        strong=tuple(row["keywords"]["strong"]),
        weak=tuple(row["keywords"]["weak"]),
        avoid=tuple(row["keywords"]["avoid"]),
        typical_events=tuple(row["typical_events"]),
        basis=row["basis"],
    )


def _control(entry: str) -> Control:
    code, _, condition = entry.partition(" (")
    return Control(code, condition.rstrip(")") or None)


def _victim_group(row: Mapping[str, Any]) -> VictimGroup:
    others = {language: tuple(lemmas) for language, lemmas in row["multi"].items()}
    lemmas = {"en": tuple(row["lemmas"])} | others
    return VictimGroup(code=row["code"], label=row["label"], lemmas=lemmas)


def _actor_type(row: Mapping[str, Any]) -> ActorType:
    return ActorType(
        code=row["code"],
        label=row["label"],
        patterns={language: tuple(texts) for language, texts in row["patterns"].items()},
        huridocs=row["huridocs24"],
    )


def _source_type(row: Mapping[str, Any]) -> SourceType:
    return SourceType(
        code=row["code"], label=row["label"], reliability=row["default"], note=row["note"]
    )


def _status(row: Mapping[str, Any]) -> Status:
    cues = {kind: tuple(c) for kind, c in row.get("cues", {}).items() if isinstance(c, list)}
    return Status(code=row["code"], meaning=row.get("meaning", ""), cues=cues)


def _check(
    knowledge: Knowledge, tables: Mapping[str, list[dict[str, str]]], sources: Mapping[str, str]
) -> None:
    """Raises KnowledgeInvalid at the first reference that leads nowhere or code used twice."""
    _check_codes(knowledge)
    _check_entities(knowledge)
    _check_tables(knowledge, tables)
    _check_sources(tables, sources)
    _check_collisions(knowledge)


def _check_codes(knowledge: Knowledge) -> None:
    files: tuple[tuple[str, Iterable[str]], ...] = (
        (COUNTRIES, (country.iso2 for country in knowledge.countries)),
        (COUNTRIES, (country.iso3 for country in knowledge.countries)),
        (EVENTS, (event.code for event in knowledge.events)),
        (TECHNOLOGY, (technology.code for technology in knowledge.technologies)),
        (VICTIMS, (group.code for group in knowledge.victim_groups)),
        (ACTORS, (actor.code for actor in knowledge.actor_types)),
        (SOURCE_TYPES, (source.code for source in knowledge.source_types)),
        (ASSERTION, (status.code for status in knowledge.assertions)),
        ("end_users.csv, vendors.csv, products.csv", (e.id for e in knowledge.entities)),
    )
    for file, codes in files:
        for code, uses in Counter(codes).items():
            if uses > 1:
                raise KnowledgeInvalid(file, code, "is used twice; every code and id stands once")
    for event in knowledge.events:
        _known(EVENTS, event.code, "family", event.family, knowledge.families)
        for role in event.roles:
            _known(EVENTS, event.code, "role", role, knowledge.roles)
    for technology in knowledge.technologies:
        for code in technology.typical_events:
            _known(TECHNOLOGY, technology.code, "event", code, knowledge._events)
    for source in knowledge.source_types:
        _known(SOURCE_TYPES, source.code, "default", source.reliability, knowledge.reliability)


def _check_entities(knowledge: Knowledge) -> None:
    categories = {
        "GOVERNMENT": {actor.code for actor in knowledge.actor_types},
        "VENDOR": set(knowledge._technologies),
        "PRODUCT": set(knowledge._technologies),
    }
    files = {"GOVERNMENT": END_USERS, "VENDOR": VENDORS, "PRODUCT": PRODUCTS}
    for entity in knowledge.entities:
        file = files[entity.kind]
        if not _ID.fullmatch(entity.id):
            raise KnowledgeInvalid(file, entity.id, "is no id; use gov-cc-name, ven-name, prd-name")
        _known(file, entity.id, "category", entity.category or "", categories[entity.kind])
        if entity.country is not None:
            _known(file, entity.id, "country", entity.country, knowledge._countries)
        if entity.parent is not None:
            _known(file, entity.id, "parent", entity.parent, knowledge._by_id)
        expected = f"gov-{(entity.country or '').lower()}"
        if entity.kind == "GOVERNMENT" and not f"{entity.id}-".startswith(f"{expected}-"):
            raise KnowledgeInvalid(file, entity.id, f"is of {entity.country}; use {expected}-name")


def _check_tables(knowledge: Knowledge, tables: Mapping[str, list[dict[str, str]]]) -> None:
    for file in (END_USERS, VENDORS):
        for row in tables[file]:
            _known(file, row["id"], "basis", row["basis"], _BASES)
    for row in tables[VENDORS]:
        for category in _cells(row["categories"]):
            _known(VENDORS, row["id"], "category", category, knowledge._technologies)
        own = (row["name"], *(cell for c in _NAME_CELLS for cell in _cells(row[c])))
        for word in _cells(row["common_words"]):
            if not any(name.startswith(word) for name in own):
                _known(VENDORS, row["id"], "common word", word, own)
    for row in tables[PRODUCTS]:
        vendor = knowledge.entity(row["vendor"]) if row["vendor"] else None
        if vendor and row["id"] not in vendor.products:
            raise KnowledgeInvalid(VENDORS, vendor.id, f"must list the product {row['name']!r}")
        _known(PRODUCTS, row["id"], "ambiguous", row["ambiguous"], ("0", "1"))
        if row["ambiguous"] == "1" and not row["needs_context"]:
            raise KnowledgeInvalid(PRODUCTS, row["id"], "is ambiguous; give needs_context words")


def _check_sources(tables: Mapping[str, list[dict[str, str]]], sources: Mapping[str, str]) -> None:
    for file in (END_USERS, VENDORS, PRODUCTS):
        for row in tables[file]:
            for source in regex.findall(r"seen:([\w-]+)", row["note"]):
                _known(file, row["id"], "source", source, sources)


def _check_collisions(knowledge: Knowledge) -> None:
    actual = {
        acronym: ids
        for acronym, ids in knowledge._acronyms.items()
        if len({i.split("-")[1] for i in ids}) > 1
    }
    for acronym in sorted(actual.keys() | knowledge.acronym_collisions.keys()):
        listed = knowledge.acronym_collisions.get(acronym, ())
        shared = actual.get(acronym, ())
        if sorted(listed) != sorted(shared):
            wanted = ", ".join(shared) or "nothing: one country only"
            raise KnowledgeInvalid(COLLISIONS, acronym, f"must list {wanted} as in {END_USERS}")


def _known(file: str, row: str, column: str, value: str, allowed: Iterable[str]) -> None:
    choices = list(allowed)
    if value not in choices:
        near = ", ".join(sorted(choices)[:8]) or "none"
        raise KnowledgeInvalid(file, row, f"{column} {value!r} is unknown; known: {near}, ...")
