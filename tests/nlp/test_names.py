"""One body under all its names, and two bodies under one name."""

from dataclasses import replace

import pytest

from nlp.knowledge.loader import load
from nlp.names import (
    ALIKE,
    Band,
    Comparison,
    band,
    compare,
    fold,
    keys,
    latin,
    romanisations,
    similarity,
)
from nlp.records import Entity, Name

BIA = "gov-rs-bia"
CHINESE_MPS = "gov-cn-mps"
SAME_BODY = [
    (BIA, "Безбедносно-информативна агенција", "RS"),
    (BIA, "Bezbednosno-informativna agencija", "RS"),
    (BIA, "BEZBEDNOSNO INFORMATIVNA AGENCIJA", "RS"),
    (BIA, "Security Information Agency", "RS"),
    (BIA, "Security Information Agency (BIA)", "RS"),
    (BIA, "Security Information Agency of Serbia", "RS"),
    (BIA, "BIA", "RS"),
    (BIA, "БИА", "RS"),
    (CHINESE_MPS, "公安部", "CN"),
    (CHINESE_MPS, "中华人民共和国公安部", "CN"),
    (CHINESE_MPS, "Gong'an Bu", "CN"),
    (CHINESE_MPS, "GONGAN BU", "CN"),
    (CHINESE_MPS, "Gong An Bu", "CN"),
    (CHINESE_MPS, "Ministry of Public Security", "CN"),
    (CHINESE_MPS, "Ministry of Public Security of the People's Republic of China", "CN"),
    (CHINESE_MPS, "Public Security Ministry", "CN"),
    ("gov-vn-mps", "Ministry of Public Security", "VN"),
    ("gov-vn-mps", "Bộ Công an", "VN"),
    ("gov-vn-mps", "Bo Cong An", "VN"),
    ("gov-sa-moi", "Ministry of Interior (Saudi Arabia)", "SA"),
    ("gov-sa-moi", "Saudi Ministry of the Interior", "SA"),
    ("gov-eg-moi", "وزارة الداخلية", "EG"),
    ("gov-eg-moi", "وزارة الداخليـــة", "EG"),
    ("gov-tr-egm", "EMNİYET GENEL MÜDÜRLÜĞÜ", "TR"),
    ("gov-tr-egm", "Emniyet Genel Mudurlugu", "TR"),
    ("gov-ru-fsb", "Федеральная служба безопасности", "RU"),
    ("gov-ru-fsb", "Federal Security Service of the Russian Federation", "RU"),
    ("gov-rs-mup", "Ministry of Internal Affairs", "RS"),
    ("gov-mx-cni", "Centro de Investigación y Seguridad Nacional", "MX"),
    ("gov-sd-rsf", "Rapid Suport Forces", "SD"),
    ("gov-kr-nis", "국가정보원", "KR"),
    ("ven-hikvision", "Hangzhou Hikvision Digital Technology Co., Ltd.", "CN"),
    ("ven-ntechlab", "ООО «НТехЛаб»", "RU"),
    ("ven-nso", "NSO Group Technologies Ltd", "IL"),
    ("ven-megvii", "旷视科技", "CN"),
    ("ven-paragon", "Paragon Solutions (US)", "IL"),
]
OTHER_BODY = [
    (CHINESE_MPS, "Public Security Charity Foundation", "CN"),
    (CHINESE_MPS, "Ministry of Public Security", "VN"),
    (CHINESE_MPS, "Ministry of State Security", "CN"),
    (CHINESE_MPS, "Ministry of Public Security of Vietnam", None),
    (BIA, "BIA", None),
    (BIA, "BIA", "IT"),
    (BIA, "Agency for Information", "RS"),
    ("gov-ru-fsb", "Federal Security Service", "BY"),
    ("gov-il-8200", "Unit 8201", "IL"),
    ("gov-cn-xpsb", "Tibet Public Security Bureau", "CN"),
    ("gov-ae-ssd", "General Trading Agency", "AE"),
    ("gov-sa-moi", "وزارة الداخلية", "EG"),
    ("ven-huawei", "Al Nawras Trading FZE", "AE"),
    ("ven-area", "Area 51 Tours", "US"),
]
PERHAPS_THE_BODY = [
    (CHINESE_MPS, "Ministry of Public Security", None),
    (CHINESE_MPS, "Department of Cyber Security, Ministry of Public Security", "CN"),
    ("gov-cn-urumqi", "新疆维吾尔自治区乌鲁木齐市公安局", "CN"),
    ("gov-sa-mabahith", "Mabahith", "AE"),
    ("gov-il-police", "Police", "IL"),
    ("ven-paragon", "Paragon", "US"),
    ("gov-sd-gis", "NISS", "SD"),
    (CHINESE_MPS, "Office for Special Tasks (Gong'an Bu)", "CN"),
]
FOLDINGS = {
    "Ri'asat Al-Istikhbarat Al-'Amah": "riasat al istikhbarat al amah",
    "رئاسة الاستخبارات": "رياسه الاستخبارات",
    "İçişleri Bakanlığı": "icisleri bakanligi",
    "ＮＳＯ　Ｇｒｏｕｐ": "nso group",
    "Gm\u00adbH\u200b": "gmbh",
    "U.A.E.": "uae",
    "НИИ «Квант»": "нии квант",
    "Face++": "face++",
    "...": "",
}


def known(entity_id: str) -> Entity:
    entity = load().entity(entity_id)
    assert entity is not None
    return entity


def judged(
    entity_id: str, query: str, country: str | None
) -> tuple[Band, tuple[str, ...], Comparison]:
    entity = known(entity_id)
    comparison = compare(query, entity, country=country)
    verdict, reasons = band(comparison, country, entity)
    return verdict, reasons, comparison


@pytest.mark.parametrize(("entity_id", "query", "country"), SAME_BODY)
def test_one_body_is_known_by_all_its_names(entity_id: str, query: str, country: str) -> None:
    verdict, reasons, comparison = judged(entity_id, query, country)
    assert verdict == "strong", reasons
    assert comparison.score >= 0.85


@pytest.mark.parametrize(("entity_id", "query", "country"), OTHER_BODY)
def test_another_body_is_not_taken_for_it(entity_id: str, query: str, country: str | None) -> None:
    verdict, reasons, _ = judged(entity_id, query, country)
    assert verdict == "none", reasons


@pytest.mark.parametrize(("entity_id", "query", "country"), PERHAPS_THE_BODY)
def test_what_is_incomplete_or_broader_is_possible(
    entity_id: str, query: str, country: str | None
) -> None:
    verdict, reasons, _ = judged(entity_id, query, country)
    assert verdict == "possible", reasons


def test_reasons_name_both_strings() -> None:
    _, reasons, comparison = judged(BIA, "Bezbednosno-informativna agencija", "RS")
    assert comparison.alias == "Bezbednosno-informativna agencija"
    assert all(repr(text) in reasons[0] for text in (comparison.query, comparison.alias))
    assert reasons[1] == "the country agrees: RS"


def test_an_acronym_without_country_says_who_shares_it() -> None:
    verdict, reasons, _ = judged("gov-sd-niss", "NISS", None)
    assert verdict == "none"
    assert "gov-et-niss, gov-rw-niss, gov-sd-niss" in reasons[-1]


def test_the_native_name_is_stated_as_the_alias_used() -> None:
    _, _, comparison = judged(BIA, "Безбедносно-информативна агенција", "RS")
    assert (comparison.agreement, comparison.alias_kind) == ("native", "native")
    feature = comparison.feature("alias_exact_native")
    assert feature is not None
    assert feature.text.startswith("The name is written exactly")


def test_a_former_name_is_said_to_be_one() -> None:
    _, _, comparison = judged("gov-mx-cni", "Centro de Investigación y Seguridad Nacional", "MX")
    assert comparison.alias_kind == "former"
    assert comparison.feature("former_name") is not None


def test_two_bodies_that_fit_alike_are_a_tie() -> None:
    first = Entity(
        id="gov-eg-one",
        kind="GOVERNMENT",
        name="Border Affairs Office",
        country="EG",
        names=(Name("Border Affairs Office", "name"),),
    )
    second = replace(first, id="gov-eg-two")
    one = compare("Border Affairs Office", first, country="EG")
    two = compare("Border Affairs Office", second, country="EG")
    verdict, reasons = band(one, "EG", first, [(two, second)])
    assert verdict == "possible"
    assert "gov-eg-two" in reasons[-1]


def test_a_body_and_its_renamed_successor_are_no_rivals() -> None:
    name = "National Intelligence and Security Service"
    before, after = known("gov-sd-niss"), known("gov-sd-gis")
    one, two = (compare(name, entity, country="SD") for entity in (before, after))
    assert band(one, "SD", before, [(two, after)])[0] == "strong"
    assert band(two, "SD", after, [(one, before)])[0] == "strong"


def test_a_body_elsewhere_is_no_rival() -> None:
    here, there = known(CHINESE_MPS), known("gov-vn-mps")
    one, two = (compare("Ministry of Public Security", e, country="CN") for e in (here, there))
    assert band(one, "CN", here, [(two, there)])[0] == "strong"


def test_the_kind_of_party_is_observed() -> None:
    agrees = compare("Cellebrite", known("ven-cellebrite"), country="IL", sub_type="commercial")
    differs = compare("Cellebrite", known("ven-cellebrite"), country="IL", sub_type="government")
    assert agrees.feature("sub_type_agrees") is not None
    assert differs.feature("sub_type_differs") is not None
    assert differs.score < agrees.score


@pytest.mark.parametrize("query", ["", " ", "...", "()"])
def test_a_name_without_letters_agrees_with_nothing(query: str) -> None:
    comparison = compare(query, known(BIA), country="RS")
    assert (comparison.agreement, comparison.score) == ("none", 0.0)


@pytest.mark.parametrize(("text", "folded"), FOLDINGS.items())
def test_folding_levels_what_tells_nothing(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


def test_names_in_other_scripts_have_a_latin_form() -> None:
    assert latin("Безбедносно-информативна агенција") == "bezbednosno informativna agencija"
    assert latin("公安部") == "gong an bu"
    assert latin("អគ្គ") == fold("អគ្គ")
    assert len(romanisations("Εθνική Υπηρεσία Πληροφοριών")) == 2


def test_every_known_name_shares_its_key_with_itself_in_other_spelling() -> None:
    assert keys("公安部") & keys("Gong'an Bu") == {"f:gonganbu"}
    assert "a:bia" in keys("BIA") & keys("Security Information Agency (BIA)")
    assert "c:EG" in keys("Egyptian Ministry of Interior")
    assert "f:ministryofinterior" in keys("Ministry of Interior (Egypt)") & keys(
        "Ministry of Interior"
    )
    assert "g:公安" in keys("新疆公安厅") & keys("公安部")
    assert keys("...") == frozenset()


def test_keys_carry_the_prefix_of_their_kind() -> None:
    found = {key.split(":")[0] for entity in load().entities for key in keys(entity.name)}
    assert found == {"f", "c", "p", "m", "s", "a"}


def test_similarity_is_the_same_both_ways() -> None:
    pairs = [
        ("Siemens Aktiengesellschaft", "Siemens AG", "Company"),
        ("Усама бин Ладен", "Usama bin Laden", "Person"),
    ]
    for left, right, schema in pairs:
        assert similarity(left, right, schema) == similarity(right, left, schema) >= ALIKE


@pytest.mark.parametrize(
    ("left", "right", "schema"),
    [
        ("Salman bin Muhammad al-Rawi", "Muhammad bin Salman al-Rawi", "Person"),
        ("Barzan Ibrahim Hassan al-Mosuli", "Barzan Ibrahim Hassan al-Tikriti", "Person"),
        ("Banco Santander", "Banco Santander Chile", "Company"),
        ("Trust Series 2007-1", "Trust Series 2007-2", "Company"),
        ("General Trading Company", "General Security Company", "Company"),
        ("", "Siemens", "Company"),
    ],
)
def test_what_contradicts_is_not_alike(left: str, right: str, schema: str) -> None:
    assert similarity(left, right, schema) < ALIKE
