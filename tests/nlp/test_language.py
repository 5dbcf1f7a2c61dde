import pytest

from nlp.language import identify, identify_paragraph, script

TEXTS = {
    "en": "The police arrested three journalists in the capital on Monday.",
    "es": "La policía detuvo a tres periodistas en la capital el lunes.",
    "fr": "La police a arrêté trois journalistes dans la capitale lundi.",
    "ru": "Полиция задержала трёх журналистов в столице в понедельник.",
    "zh": "警察周一在首都逮捕了三名记者",
    "my": "ရဲတပ်ဖွဲ့က သတင်းထောက်သုံးဦးကို ဖမ်းဆီးခဲ့သည်",
    "ar": "اعتقلت الشرطة ثلاثة صحفيين في العاصمة يوم الاثنين",
    "fa": "پلیس روز دوشنبه سه روزنامه‌نگار را در پایتخت بازداشت کرد",
    "ug": "ساقچىلار دۈشەنبە كۈنى پايتەختتە ئۈچ مۇخبىرنى تۇتقۇن قىلدى",
    "km": "ប៉ូលីសបានចាប់ខ្លួនអ្នកកាសែតបីនាក់នៅរាជធានី",
    "lo": "ຕຳຫຼວດໄດ້ຈັບນັກຂ່າວສາມຄົນໃນນະຄອນຫຼວງ",
    "sr": "Полиција је ухапсила три новинара у главном граду и њихове пријатеље",
    "kk": "Полиция астанада үш журналисті ұстап, қамауға алды деп хабарлады",
    "ja": "警察は月曜日に首都で記者三人を逮捕した",
    "ko": "경찰은 월요일 수도에서 기자 세 명을 체포했다",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_tells_its_language(language: str) -> None:
    assert identify(TEXTS[language]) == language


@pytest.mark.parametrize("text", ["", "12345 -- 67", "NSO", "qwx zrt"])
def test_too_little_text_is_undetermined(text: str) -> None:
    assert identify(text) == "und"


def test_the_same_text_always_gives_the_same_language() -> None:
    text = "Un rapport final sur la situation general in de regio"
    assert len({identify(text) for _ in range(10)}) == 1


def test_a_paragraph_in_another_language_is_told_from_its_document() -> None:
    assert identify_paragraph(TEXTS["es"], "en") == "es"
    assert identify_paragraph(TEXTS["zh"], "en") == "zh"
    assert identify_paragraph(TEXTS["en"], "ru") == "en"


def test_a_short_or_ordinary_paragraph_has_the_language_of_its_document() -> None:
    assert identify_paragraph("Annex II", "en") == "en"
    assert identify_paragraph(TEXTS["en"], "en") == "en"
    assert identify_paragraph("2021", "ru") == "ru"


def test_the_script_is_that_of_most_letters() -> None:
    assert script("公安部 (MPS)") == "Latin" or script("公安部公安部 (MPS)") == "Han"
    assert script("полиция") == "Cyrillic"
    assert script("42") == ""


def test_an_english_paragraph_in_a_turkish_or_hindi_document_is_english() -> None:
    english = "The police of the capital arrested the editor of the paper and held her for days."
    for language in ("tr", "hi", "ja", "vi"):
        assert identify_paragraph(english, language) == "en"
    turkish = "Polis başkentte üç gazeteciyi gözaltına aldı ve bir hafta boyunca tuttu dedi"
    assert identify_paragraph(turkish, "tr") == "tr"
