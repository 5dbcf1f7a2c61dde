"""The facts are consistent, versioned, and looked up by code, country and control-list entry."""

import csv
import shutil
from importlib import resources
from pathlib import Path

import pytest

from nlp.knowledge.checks import END_USERS, FILES, PRODUCTS, VENDORS
from nlp.knowledge.loader import VERSION, KnowledgeInvalid, load, read

COUNTRY_NAMES = {
    "Egypt": "EG",
    "Egyptian": "EG",
    "مصر": "EG",
    "中国": "CN",
    "People's Republic of China": "CN",
    "Российская Федерация": "RU",
    "Türkiye": "TR",
    "Turkey": "TR",
    "Côte d’Ivoire": "CI",
    "Ivory Coast": "CI",
    "SRB": "RS",
    "UK": "GB",
    "U.S.": "US",
    "Ägypten": "EG",
}
ITEMS = [
    ("ECCN", "5A004.b", "", ["TECH.FORENSICS"]),
    ("ECCN", "5A004.b.1", "Mobile device extraction kit", ["TECH.FORENSICS"]),
    ("EU", "4A005", "", ["TECH.INTRUSION"]),
    ("UK", "5A001.j", "", ["TECH.IP_SURVEILLANCE"]),
    ("WASSENAAR", "5.A.4.b", "", ["TECH.FORENSICS"]),
    ("ECCN", "EAR99", "Water cannon vehicle", ["TECH.RIOT_CONTROL"]),
    ("ECCN", "5A992.c", "Facial recognition software", ["TECH.BIOMETRIC_FACE"]),
    (None, None, "IMSI catcher, vehicle mounted", ["TECH.MOBILE_INTERCEPT"]),
    ("ECCN", "9Z999", "Office chairs", []),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may spoil."""
    for name in FILES:
        with resources.as_file(resources.files("nlp.knowledge") / name) as path:
            shutil.copy(path, tmp_path / name)
    return tmp_path


def change(folder: Path, file: str, row_id: str, **cells: str) -> None:
    path = folder / file
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        columns, rows = reader.fieldnames or [], list(reader)
    for row in rows:
        if row["id"] == row_id:
            row.update(cells)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_shipped_knowledge_is_consistent_and_read_once() -> None:
    knowledge = load()
    assert load() is knowledge
    assert len(knowledge.countries) == 200
    assert {entity.kind for entity in knowledge.entities} == {"GOVERNMENT", "VENDOR", "PRODUCT"}
    assert len({entity.id for entity in knowledge.entities}) == len(knowledge.entities)


def test_the_version_names_a_day_and_the_content(folder: Path) -> None:
    version = load().version
    assert version.startswith(f"{VERSION}+")
    assert read(folder).version == version
    change(folder, END_USERS, "gov-rs-bia", note="changed")
    assert read(folder).version != version


@pytest.mark.parametrize(("text", "iso2"), COUNTRY_NAMES.items())
def test_a_country_is_known_by_name_demonym_native_name_and_code(text: str, iso2: str) -> None:
    assert load().country_in_any_language(text) == iso2


@pytest.mark.parametrize("text", ["Congolese", "Dominican", "us", "car", "in", "", "Atlantis"])
def test_what_names_no_single_country_names_none(text: str) -> None:
    assert load().country_of(text) is None


def test_every_country_has_a_government_as_a_whole_and_a_place() -> None:
    knowledge = load()
    for country in knowledge.countries:
        state = knowledge.state(country.iso2)
        assert state is not None
        assert (state.category, state.country) == ("EXECUTIVE", country.iso2)
        place = knowledge.entity(f"loc-{country.iso2.lower()}")
        assert place is not None
        assert place.kind == "LOCATION"


@pytest.mark.parametrize(("scheme", "code", "description", "expected"), ITEMS)
def test_an_item_belongs_to_technologies_by_entry_or_description(
    scheme: str | None, code: str | None, description: str, expected: list[str]
) -> None:
    assert load().technology_of_item(scheme, code, description) == expected


def test_a_broad_entry_is_narrowed_by_the_description() -> None:
    found = load().technology_of_item("ECCN", "5A001.f", "Mobile phone jammer")
    assert found[0] == "TECH.JAMMER"
    assert set(found) == {"TECH.JAMMER", "TECH.LOCATION", "TECH.MOBILE_INTERCEPT"}


def test_every_code_and_entity_has_a_label() -> None:
    knowledge = load()
    assert knowledge.label("SURV.DEVICE_HACK") == "Targeted hacking of a device or account"
    assert knowledge.label("TECH.FORENSICS").startswith("Device forensics")
    assert knowledge.label("JOURNALIST") == "Journalists and media workers"
    assert knowledge.label("RS") == "Serbia"
    assert knowledge.label("gov-rs-bia") == "Security Information Agency"
    assert knowledge.label("alleged") == "Alleged"
    assert knowledge.label("no such code") == "no such code"


def test_only_supply_and_restriction_are_no_abuse() -> None:
    context = {event.code for event in load().events if not event.abuse}
    assert context == {"TRADE.SUPPLY", "TRADE.RESTRICTION"}
    assert all((event.severity == 0) == (not event.abuse) for event in load().events)


def test_bodies_that_share_an_acronym_are_known_in_any_script() -> None:
    knowledge = load()
    assert knowledge.sharing("NISS") == ("gov-et-niss", "gov-rw-niss", "gov-sd-niss")
    assert knowledge.sharing("niss") == knowledge.sharing("NISS")
    assert knowledge.sharing("ZZZZ") == ()


def test_a_vendor_knows_its_products_and_a_product_its_vendor() -> None:
    knowledge = load()
    vendor = knowledge.entity("ven-nso")
    product = knowledge.entity("prd-pegasus")
    assert vendor is not None
    assert product is not None
    assert vendor.products == ("prd-pegasus",)
    assert product.parent == "ven-nso"
    assert knowledge.products["prd-pegasus"].ambiguous
    assert "spyware" in knowledge.products["prd-pegasus"].context


@pytest.mark.parametrize(
    ("file", "row", "cells", "problem"),
    [
        (END_USERS, "gov-rs-bia", {"parent_id": "gov-rs-nobody"}, "parent 'gov-rs-nobody'"),
        (END_USERS, "gov-rs-bia", {"country_iso2": "ZZ"}, "country 'ZZ'"),
        (END_USERS, "gov-rs-bia", {"country_iso2": "EG"}, "use gov-eg-name"),
        (END_USERS, "gov-rs-bia", {"type": "SPIES"}, "category 'SPIES'"),
        (END_USERS, "gov-rs-bia", {"id": "gov-rs-mup"}, "is used twice"),
        (END_USERS, "gov-rs-bia", {"basis": "rumour"}, "basis 'rumour'"),
        (END_USERS, "gov-rs-bia", {"name": ""}, "name is empty"),
        (END_USERS, "gov-rs-bia", {"acronyms": "NISS"}, "must list"),
        (END_USERS, "gov-rs-bia", {"note": "seen:nowhere"}, "source 'nowhere'"),
        (VENDORS, "ven-nso", {"categories": "TECH.MAGIC"}, "category 'TECH.MAGIC'"),
        (VENDORS, "ven-nso", {"products": "Unicorn"}, "product 'Unicorn'"),
        (VENDORS, "ven-nso", {"products": ""}, "must list the product 'Pegasus'"),
        (VENDORS, "ven-nso", {"common_words": "Horse"}, "common word 'Horse'"),
        (PRODUCTS, "prd-pegasus", {"vendor": "ven-nobody"}, "parent 'ven-nobody'"),
        (PRODUCTS, "prd-pegasus", {"needs_context": ""}, "give needs_context words"),
        (PRODUCTS, "prd-pegasus", {"ambiguous": "maybe"}, "ambiguous 'maybe'"),
    ],
)
def test_a_contradiction_is_refused_with_file_and_row(
    folder: Path, file: str, row: str, cells: dict[str, str], problem: str
) -> None:
    change(folder, file, row, **cells)
    with pytest.raises(KnowledgeInvalid, match=problem) as caught:
        read(folder)
    assert str(caught.value).startswith(f"{caught.value.file}, {caught.value.row}: ")


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / VENDORS).unlink()
    with pytest.raises(KnowledgeInvalid, match=r"vendors\.csv, file: is missing"):
        read(folder)


def test_a_row_with_too_many_cells_is_named_by_its_line(folder: Path) -> None:
    path = folder / PRODUCTS
    path.write_text(path.read_text(encoding="utf-8") + "prd-x,X,,,TECH.UAV,0,,a,b\n", "utf-8")
    with pytest.raises(KnowledgeInvalid, match=r"products\.csv, line \d+: must have 8 cells"):
        read(folder)


def test_a_file_that_is_not_utf_8_is_named(folder: Path) -> None:
    (folder / VENDORS).write_bytes(b"id\xff")
    with pytest.raises(KnowledgeInvalid, match="not UTF-8"):
        read(folder)
