"""Whether the files of the knowledge agree with one another."""

from collections import Counter
from collections.abc import Iterable, Mapping

import regex

from nlp.knowledge.facts import Knowledge

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

_ID = regex.compile(r"(gov-[a-z]{2}(-[a-z0-9]+)?|ven-[a-z0-9]+|prd-[a-z0-9]+)")
_NAME_CELLS = ("aliases", "native_names", "former_or_later_names")
_BASES = ("seen", "general_knowledge")


class KnowledgeInvalid(Exception):
    """A file of the knowledge is inconsistent: names the file, the row and what would work."""

    def __init__(self, file: str, row: str, problem: str) -> None:
        super().__init__(f"{file}, {row}: {problem}")
        self.file = file
        self.row = row


def cells(text: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values, separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def check(
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
        known(EVENTS, event.code, "family", event.family, knowledge.families)
        for role in event.roles:
            known(EVENTS, event.code, "role", role, knowledge.roles)
    for technology in knowledge.technologies:
        for code in technology.typical_events:
            known(TECHNOLOGY, technology.code, "event", code, {e.code for e in knowledge.events})
    for source in knowledge.source_types:
        known(SOURCE_TYPES, source.code, "default", source.reliability, knowledge.reliability)


def _check_entities(knowledge: Knowledge) -> None:
    ids = {entity.id for entity in knowledge.entities}
    technologies = {technology.code for technology in knowledge.technologies}
    categories = {
        "GOVERNMENT": {actor.code for actor in knowledge.actor_types},
        "VENDOR": technologies,
        "PRODUCT": technologies,
    }
    files = {"GOVERNMENT": END_USERS, "VENDOR": VENDORS, "PRODUCT": PRODUCTS}
    for entity in knowledge.entities:
        file = files[entity.kind]
        if not _ID.fullmatch(entity.id):
            raise KnowledgeInvalid(file, entity.id, "is no id; use gov-cc-name, ven-name, prd-name")
        known(file, entity.id, "category", entity.category or "", categories[entity.kind])
        if entity.country is not None:
            known(file, entity.id, "country", entity.country, {c.iso2 for c in knowledge.countries})
        if entity.parent is not None:
            known(file, entity.id, "parent", entity.parent, ids)
        expected = f"gov-{(entity.country or '').lower()}"
        if entity.kind == "GOVERNMENT" and not f"{entity.id}-".startswith(f"{expected}-"):
            raise KnowledgeInvalid(file, entity.id, f"is of {entity.country}; use {expected}-name")


def _check_tables(knowledge: Knowledge, tables: Mapping[str, list[dict[str, str]]]) -> None:
    technologies = {technology.code for technology in knowledge.technologies}
    for file in (END_USERS, VENDORS):
        for row in tables[file]:
            known(file, row["id"], "basis", row["basis"], _BASES)
    for row in tables[VENDORS]:
        for category in cells(row["categories"]):
            known(VENDORS, row["id"], "category", category, technologies)
        own = (row["name"], *(cell for c in _NAME_CELLS for cell in cells(row[c])))
        for word in cells(row["common_words"]):
            if not any(name.startswith(word) for name in own):
                known(VENDORS, row["id"], "common word", word, own)
    for row in tables[PRODUCTS]:
        vendor = knowledge.entity(row["vendor"]) if row["vendor"] else None
        if vendor and row["id"] not in vendor.products:
            raise KnowledgeInvalid(VENDORS, vendor.id, f"must list the product {row['name']!r}")
        known(PRODUCTS, row["id"], "ambiguous", row["ambiguous"], ("0", "1"))
        if row["ambiguous"] == "1" and not row["needs_context"]:
            raise KnowledgeInvalid(PRODUCTS, row["id"], "is ambiguous; give needs_context words")


def _check_sources(tables: Mapping[str, list[dict[str, str]]], sources: Mapping[str, str]) -> None:
    for file in (END_USERS, VENDORS, PRODUCTS):
        for row in tables[file]:
            for source in regex.findall(r"seen:([\w-]+)", row["note"]):
                known(file, row["id"], "source", source, sources)


def _check_collisions(knowledge: Knowledge) -> None:
    actual = {
        acronym: ids
        for acronym, ids in knowledge.acronyms.items()
        if len({i.split("-")[1] for i in ids}) > 1
    }
    for acronym in sorted(actual.keys() | knowledge.acronym_collisions.keys()):
        listed = knowledge.acronym_collisions.get(acronym, ())
        shared = actual.get(acronym, ())
        if sorted(listed) != sorted(shared):
            wanted = ", ".join(shared) or "nothing: one country only"
            raise KnowledgeInvalid(COLLISIONS, acronym, f"must list {wanted} as in {END_USERS}")


def known(file: str, row: str, column: str, value: str, allowed: Iterable[str]) -> None:
    """Raises KnowledgeInvalid unless `value` is one of `allowed`."""
    choices = list(allowed)
    if value not in choices:
        near = ", ".join(sorted(choices)[:8]) or "none"
        raise KnowledgeInvalid(file, row, f"{column} {value!r} is unknown; known: {near}, ...")
