"""Reads the facts beside this file: taxonomies, countries and known parties.

Everything is read once, checked against everything else, and immutable afterwards. What is in the
files and where it comes from is written in README.md here.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

import yaml

from nlp.knowledge.checks import (
    ACTORS,
    ASSERTION,
    COLLISIONS,
    COUNTRIES,
    END_USERS,
    EVENTS,
    FILES,
    PRODUCTS,
    SOURCE_TYPES,
    SOURCES,
    TECHNOLOGY,
    VENDORS,
    VICTIMS,
    KnowledgeInvalid,
    cells,
    check,
    known,
)
from nlp.knowledge.facts import (
    ActorType,
    Control,
    Country,
    EventType,
    Knowledge,
    ProductUse,
    SourceType,
    Status,
    Technology,
    VictimGroup,
)
from nlp.records import Entity, Name

__all__ = [
    "ActorType",
    "Control",
    "Country",
    "EventType",
    "Knowledge",
    "KnowledgeInvalid",
    "ProductUse",
    "SourceType",
    "Status",
    "Technology",
    "VictimGroup",
    "load",
    "read",
]

# The day the facts were last checked by a person. A short hash of the files is appended, so that
# two installations that differ in a single row never state the same version.
VERSION = "2026-11-25"

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
        common_words={row["id"]: cells(row["common_words"]) for row in tables[VENDORS]},
        acronym_collisions={key: tuple(ids) for key, ids in trees[COLLISIONS].items()},
    )
    check(knowledge, tables, trees[SOURCES])
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
        aliases=cells(row["aliases"]),
        demonyms=cells(row["demonyms"]),
        capital=row["capital"] or None,
        metonyms=cells(row["government_metonyms"]),
        native=cells(row["native_names"]),
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
            ("native", cells(row["native_names"])),
            ("acronym", cells(row["acronyms"])),
            ("former", cells(row["former_names"])),
            ("alias", cells(row["aliases"])),
        ),
        parent=row["parent_id"] or None,
        basis=row["basis"],
        note=row["note"] or None,
    )


def _product_ids(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The id of every product by its name, for the vendors that list it."""
    return {row["name"]: row["id"] for row in rows}


def _vendor(row: Mapping[str, str], product_ids: Mapping[str, str]) -> Entity:
    for product in cells(row["products"]):
        known(VENDORS, row["id"], "product", product, product_ids)
    return Entity(
        id=row["id"],
        kind="VENDOR",
        name=row["name"],
        country=row["hq_iso2"],
        category=cells(row["categories"])[0],
        names=_names(
            ("name", [row["name"]]),
            ("native", cells(row["native_names"])),
            ("former", cells(row["former_or_later_names"])),
            ("alias", cells(row["aliases"])),
        ),
        parent=row["parent_id"] or None,
        listings=cells(row["listings"]),
        products=tuple(product_ids[product] for product in cells(row["products"])),
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
        names=_names(("name", [row["name"]]), ("alias", cells(row["aliases"]))),
        parent=row["vendor"] or None,
        note=row["note"] or None,
    )


def _product_use(row: Mapping[str, str]) -> ProductUse:
    return ProductUse(
        product=row["id"],
        vendor=row["vendor"] or None,
        ambiguous=row["ambiguous"] == "1",
        context=cells(row["needs_context"]),
    )


def _states(countries: Iterable[Country], listed: set[str]) -> Iterator[Entity]:
    """The government as a whole of every country that has no row of its own among the end users."""
    for country in countries:
        identifier = f"gov-{country.iso2.lower()}"
        if f"{identifier}-gov" in listed:
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
