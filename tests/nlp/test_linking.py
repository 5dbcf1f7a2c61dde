"""Names become links to the one thing that fits, and stay unlinked when several do."""

from dataclasses import replace

import pytest

from nlp.knowledge.loader import load
from nlp.linking import REACH, Linker
from nlp.records import Document, Entity, Extraction, Form, Kind, Mention, Span

SERBIAN_AGENCY = "Безбедносно-информативна агенција"
KNOWN: list[tuple[Kind, str, str | None, str]] = [
    ("GOVERNMENT", "Ministry of Interior", "EG", "gov-eg-moi"),
    ("GOVERNMENT", "the Interior Ministry", "EG", "gov-eg-moi"),
    ("GOVERNMENT", "Ministry of Interior (Bahrain)", "EG", "gov-bh-moi"),
    ("GOVERNMENT", "Bahraini Ministry of the Interior", None, "gov-bh-moi"),
    ("GOVERNMENT", "وزارة الداخلية", "EG", "gov-eg-moi"),
    ("GOVERNMENT", SERBIAN_AGENCY, "RS", "gov-rs-bia"),
    ("GOVERNMENT", "Bezbednosno-informativna agencija", None, "gov-rs-bia"),
    ("GOVERNMENT", "Security Information Agency (BIA)", "RS", "gov-rs-bia"),
    ("GOVERNMENT", "BIA", "RS", "gov-rs-bia"),
    ("GOVERNMENT", "公安部", "CN", "gov-cn-mps"),
    ("GOVERNMENT", "Xinjiang Public Security Bureau", "CN", "gov-cn-xpsb"),
    ("GOVERNMENT", "National Security Agency", "EG", "gov-eg-nsa"),
    ("GOVERNMENT", "U.S. National Security Agency", "EG", "gov-us-nsa"),
    ("GOVERNMENT", "NSA", "EG", "gov-eg-nsa"),
    ("GOVERNMENT", "Shin Bet", "EG", "gov-il-isa"),
    ("GOVERNMENT", "Myanmar junta", None, "gov-mm-sac"),
    ("GOVERNMENT", "Lao government", None, "gov-la"),
    ("GOVERNMENT", "IRGC-IO", "IR", "gov-ir-irgcio"),
    ("GOVERNMENT", "National Intelligence and Security Service", "SD", "gov-sd-niss"),
    ("GOVERNMENT", "Beijing", "EG", "gov-cn"),
    ("GOVERNMENT", "the Kremlin", None, "gov-ru"),
    ("GOVERNMENT", "China", None, "gov-cn"),
    ("GOVERNMENT", "Saudi government", None, "gov-sa"),
    ("GOVERNMENT", "Government of Saudi Arabia", None, "gov-sa"),
    ("GOVERNMENT", "Chinese authorities", "US", "gov-cn"),
    ("VENDOR", "Hangzhou Hikvision Digital Technology Co., Ltd.", "CN", "ven-hikvision"),
    ("VENDOR", "NSO", "IL", "ven-nso"),
    ("VENDOR", "海康威视", "CN", "ven-hikvision"),
    ("ORG", "Cellebrite", "RS", "ven-cellebrite"),
    ("ORG", "Rapid Support Forces", "SD", "gov-sd-rsf"),
    ("PRODUCT", "UFED", "RS", "prd-ufed"),
    ("PRODUCT", "Predator spyware", None, "prd-predator"),
    ("LOCATION", "Serbia", None, "loc-rs"),
    ("LOCATION", "Россия", None, "loc-ru"),
    ("LOCATION", "Congo", "CD", "loc-cd"),
    ("LOCATION", "El Salvador", None, "loc-sv"),
]
UNLINKED: list[tuple[Kind, str, str | None]] = [
    ("GOVERNMENT", "NISS", None),
    ("GOVERNMENT", "NISS", "KE"),
    ("GOVERNMENT", "BIA", None),
    ("GOVERNMENT", "Ministry of Interior", None),
    ("GOVERNMENT", "Ministry", "EG"),
    ("GOVERNMENT", "Mexican and American authorities", "FR"),
    ("GOVERNMENT", "Biden administration", "MX"),
    ("VENDOR", "Circles", "US"),
    ("VENDOR", "Paragon", None),
    ("PRODUCT", "Pegasus", "FR"),
    ("PRODUCT", "Echo", None),
    ("LOCATION", "Georgia", "US"),
    ("LOCATION", "Urumqi", "CN"),
    ("GOVERNMENT", "SSD", "EG"),
    ("PERSON", "Ahmed Mansoor", "AE"),
]
# A description without the country in it never becomes a named body for sure.
DESCRIPTIONS = [
    ("police", "EG", "corpus:gov:eg:police"),
    ("two riot police officers", "EG", "corpus:gov:eg:police"),
    ("Egyptian police", None, "corpus:gov:eg:police"),
    ("the army", "EG", "corpus:gov:eg:armed-forces"),
    ("security forces", "EG", "gov-eg"),
    ("the authorities", "EG", "gov-eg"),
    ("senior government officials", "EG", "gov-eg"),
    ("the interior ministry", "EG", "gov-eg-moi"),
    ("the agency", "EG", None),
    ("local authorities", "EG", "corpus:gov:eg:local-authorities"),
    ("police", None, None),
    ("police", "ID", "corpus:gov:id:police"),
]


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(load())


def mention(
    kind: Kind, name: str, form: Form = "NAM", text: str = "", category: str | None = None
) -> Mention:
    start = text.index(name) if text else 0
    return Mention(Span(start, start + len(name)), kind, form, name, 0.9, category)


def target(linked: Mention) -> str | None:
    return linked.link.entity if linked.link else None


@pytest.mark.parametrize(("kind", "name", "country", "entity"), KNOWN)
def test_a_name_is_linked_to_the_known_thing(
    linker: Linker, kind: Kind, name: str, country: str | None, entity: str
) -> None:
    linked, entities = linker.link_mentions([mention(kind, name)], country=country)
    assert target(linked[0]) == entity
    assert [known.id for known in entities] == [entity]
    link = linked[0].link
    assert link is not None
    assert link.score >= 0.75
    assert link.reason


@pytest.mark.parametrize(("kind", "name", "country"), UNLINKED)
def test_what_could_be_several_things_stays_unlinked(
    linker: Linker, kind: Kind, name: str, country: str | None
) -> None:
    given = mention(kind, name)
    assert linker.link_mentions([given], country=country) == ((given,), ())


@pytest.mark.parametrize(("name", "country", "entity"), DESCRIPTIONS)
def test_a_description_means_the_state_or_a_nameless_branch_of_it(
    linker: Linker, name: str, country: str | None, entity: str | None
) -> None:
    linked, _ = linker.link_mentions([mention("GOVERNMENT", name, "NOM")], country=country)
    assert target(linked[0]) == entity
    assert linked[0].link is None or linked[0].link.score <= 0.7


def test_a_usual_description_with_its_country_means_the_body(linker: Linker) -> None:
    linked, _ = linker.link_mentions([mention("GOVERNMENT", "Ugandan police", "NOM")])
    assert target(linked[0]) == "gov-ug-upf"
    assert linked[0].link is not None
    assert linked[0].link.score == 0.8


def test_an_acronym_is_read_by_the_countries_around_it(linker: Linker) -> None:
    acronym = mention("GOVERNMENT", "NISS")
    linked, _ = linker.link_mentions([acronym], context=("SD", "KE"))
    assert target(linked[0]) == "gov-sd-niss"
    linked, _ = linker.link_mentions([acronym], context=("SD", "ET"))
    assert target(linked[0]) is None
    for place in ("Sudan", "Khartoum"):
        linked, _ = linker.link_mentions([acronym, mention("LOCATION", place)])
        assert target(linked[0]) == "gov-sd-niss"


def test_an_ambiguous_product_needs_a_context_word_near(linker: Linker) -> None:
    near = "The phone was infected with Pegasus, the laboratory found."
    linked, _ = linker.link_mentions([mention("PRODUCT", "Pegasus", text=near)], text=near)
    assert target(linked[0]) == "prd-pegasus"
    assert linked[0].link is not None
    assert "stands near" in linked[0].link.reason
    far = "Pegasus took off." + " calm" * REACH + " The phone was infected."
    linked, _ = linker.link_mentions([mention("PRODUCT", "Pegasus", text=far)], text=far)
    assert target(linked[0]) is None


def test_an_ambiguous_product_is_read_by_its_vendor(linker: Linker) -> None:
    names = [mention("PRODUCT", "Pegasus"), mention("VENDOR", "NSO Group")]
    linked, entities = linker.link_mentions(names)
    assert [target(m) for m in linked] == ["prd-pegasus", "ven-nso"]
    assert [entity.id for entity in entities] == ["prd-pegasus", "ven-nso"]
    linked, _ = linker.link_mentions(names[:1], context=("ven-nso",))
    assert target(linked[0]) == "prd-pegasus"


def test_a_firm_with_a_common_name_is_read_by_its_product_or_trade(linker: Linker) -> None:
    text = "Circles sells SS7 interception to governments."
    linked, _ = linker.link_mentions([mention("VENDOR", "Circles", text=text)], text=text)
    assert target(linked[0]) == "ven-circles"


def test_a_sub_unit_is_an_entity_of_its_own(linker: Linker) -> None:
    linked, entities = linker.link_mentions(
        [mention("GOVERNMENT", "Kashgar Public Security Bureau", category="POLICE")], country="CN"
    )
    assert target(linked[0]) == "corpus:gov:cn:kashgar-public-security-bureau"
    assert entities[0].source == "corpus"
    assert (entities[0].country, entities[0].category) == ("CN", "POLICE")
    _, entities = linker.link_mentions(
        [mention("GOVERNMENT", "Network Bureau, Ministry of Public Security")], country="CN"
    )
    assert entities[0].parent == "gov-cn-mps"


@pytest.mark.parametrize(
    ("kind", "name", "country", "entity"),
    [
        ("GOVERNMENT", "Kenyan Wildlife Guard Corps", "UG", "corpus:gov:ke:wildlife-guard-corps"),
        ("VENDOR", "Vexillum Ltd", "FR", "corpus:ven:zz:vexillum"),
        ("VENDOR", "Vexillum", "EG", "corpus:ven:zz:vexillum"),
        ("ORG", "Comité des Pêcheurs", "SN", "corpus:org:zz:comite-des-pecheurs"),
        ("PRODUCT", "Qorgan-7", "KZ", "corpus:prd:zz:qorgan-7"),
    ],
)
def test_an_unknown_name_becomes_an_entity_with_a_fixed_id(
    linker: Linker, kind: Kind, name: str, country: str, entity: str
) -> None:
    linked, entities = linker.link_mentions([mention(kind, name)], country=country)
    assert target(linked[0]) == entity == entities[0].id
    assert entities[0].name == name


def test_people_become_entities_only_on_request(linker: Linker) -> None:
    person = mention("PERSON", "Ahmed Mansoor")
    linked, entities = linker.link_mentions([person], persons=True)
    assert target(linked[0]) == "corpus:per:zz:ahmed-mansoor"
    assert entities[0].kind == "PERSON"


def test_victims_and_dates_are_never_linked(linker: Linker) -> None:
    given = (mention("VICTIM", "journalists", "NOM"), mention("DATE", "June 2020"))
    assert linker.link_mentions(given, country="EG", persons=True) == (given, ())


def test_a_document_keeps_its_mentions_in_order(linker: Linker) -> None:
    text = "The BIA used Cellebrite's UFED in Serbia."
    names: list[tuple[Kind, str]] = [
        ("GOVERNMENT", "BIA"),
        ("VENDOR", "Cellebrite"),
        ("PRODUCT", "UFED"),
        ("LOCATION", "Serbia"),
    ]
    mentions = tuple(mention(kind, name, text=text) for kind, name in names)
    document = Document(id="d", source="d.txt", media_type="text/plain", text=text)
    linked, entities = linker.link(document, Extraction(mentions))
    assert [target(m) for m in linked] == ["gov-rs-bia", "ven-cellebrite", "prd-ufed", "loc-rs"]
    assert [replace(m, link=None) for m in linked] == list(mentions)
    assert entities == tuple(sorted(entities, key=lambda entity: entity.id))


def test_the_same_mentions_give_the_same_links(linker: Linker) -> None:
    mentions = [mention(kind, name) for kind, name, _, _ in KNOWN]
    first = linker.link_mentions(mentions, country="EG")
    assert linker.link_mentions(mentions, country="EG") == first
    assert Linker(load()).link_mentions(mentions, country="EG") == first


def test_every_known_name_leads_to_its_entity_or_to_none(linker: Linker) -> None:
    wrong = [
        (name.text, entity.id, target(linked))
        for entity in load().entities
        for name in entity.names
        for linked in linker.link_mentions(
            [mention(entity.kind, name.text)], country=entity.country
        )[0]
        if target(linked) not in (entity.id, None) and not _same_name(entity, target(linked))
    ]
    assert wrong == []


def _same_name(entity: Entity, other_id: str | None) -> bool:
    """True when another known entity bears the name as well: renamed firms, product and vendor."""
    other = load().entity(other_id or "")
    return other is not None and other.kind == entity.kind and other.country == entity.country


def test_a_ministry_is_not_one_of_a_country_named_far_away(linker: Linker) -> None:
    text = "The Ministry of Public Security barred a channel." + " More was said." * 40 + " China"
    mentions = [
        replace(mention("GOVERNMENT", "Ministry of Public Security"), span=Span(4, 31)),
        replace(mention("LOCATION", "China"), span=Span(len(text) - 5, len(text))),
    ]
    (far, _), _ = linker.link_mentions(mentions, country="IL", text=text)
    assert far.link is not None and far.link.entity.startswith("corpus:gov:il:")
    (near, _), _ = linker.link_mentions(
        [mentions[0], replace(mentions[1], span=Span(60, 65))], country="IL", text=text
    )
    assert near.link is not None and near.link.entity == "gov-cn-mps"
