"""Which language a text is in: first by its script, then by langdetect, `und` when unsure.

langdetect has no profile for Burmese, Uyghur, Khmer, Lao and others, and is random unless seeded;
so scripts and letters that only one language writes decide first. Codes are ISO 639-1.
"""

import re
from collections import Counter

import regex
from langdetect import DetectorFactory, LangDetectException, detect_langs

DetectorFactory.seed = 0

UNKNOWN = "und"
# Scripts that (nearly) one language of our reports writes.
SCRIPT_LANGUAGE = {
    "Myanmar": "my",
    "Khmer": "km",
    "Lao": "lo",
    "Tibetan": "bo",
    "Thai": "th",
    "Hangul": "ko",
    "Georgian": "ka",
    "Armenian": "hy",
    "Greek": "el",
    "Hebrew": "he",
    "Ethiopic": "am",
    "Sinhala": "si",
    "Bengali": "bn",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
}
# Letters that tell languages of one script apart where langdetect cannot; the share of all
# letters from which they decide. Uyghur writes its vowels, so its letters are frequent.
TELLING = (
    ("Arabic", "ug", re.compile("[ېۆۈڭۋۇ]"), 0.04),
    ("Arabic", "ckb", re.compile("[ڕڵێۆ]"), 0.04),
    ("Arabic", "ps", re.compile("[ټډړښځۍ]"), 0.02),
    ("Cyrillic", "sr", re.compile("[ђћџљњјЂЋЏЉЊЈ]"), 0.02),
    ("Cyrillic", "kk", re.compile("[әғқңұһӘҒҚҢҰҺ]"), 0.04),
    ("Cyrillic", "tg", re.compile("[ӣӯҷӢӮҶ]"), 0.01),
    ("Cyrillic", "be", re.compile("[ўЎ]"), 0.005),
    ("Cyrillic", "ky", re.compile("[өүңӨҮҢ]"), 0.02),
)
SHARED_SCRIPTS = ("Latin", "Cyrillic", "Arabic", "Han", "Hiragana", "Katakana", "Devanagari")
SCRIPTS = (*SHARED_SCRIPTS, *SCRIPT_LANGUAGE)
SCRIPT = regex.compile("|".join(rf"(?P<{name}>\p{{Script={name}}}+)" for name in SCRIPTS))
# Below this many letters a text says too little for langdetect (its own tests start at a line).
FEWEST_LETTERS = 20
# langdetect's probability below which it is guessing.
SURE = 0.85
# Characters looked at: three stretches, so that a title page does not speak for the report.
SAMPLE = 1500
# Words that make up a third of running text; a paragraph with more of another language's is looked
# at by itself.
COMMON = {
    "en": "the of and to in a that for was were by on with is as at from his her their had has",
    "fr": "le la les de des du et en un une que qui dans pour par sur au aux est ont",
    "es": "el la los las de del y en un una que por con para se su al es fue",
    "pt": "o a os as de do da dos das e em um uma que por com para no na se foi",
    "de": "der die das und in zu den von mit ist im des auf für ein eine nicht dem",
    "it": "il la le di del della e in un una che per con i gli al è sono nel",
}
COMMON_WORDS = {code: frozenset(words.split()) for code, words in COMMON.items()}
# Languages in Latin letters whose common words are not listed: three English ones in a paragraph
# are a reason to look closely, fewer are chance.
LATIN = "tr vi id sw so tl af sq hr cs da et fi hu lt lv nl no pl ro sk sl sv cy ca"
# Words a paragraph needs before the lack of common ones means anything.
FEWEST_WORDS = 8


def script(text: str) -> str:
    """The script most letters of `text` are in ("Latin", "Arabic", ...); "" without letters."""
    if text.isascii():
        return "Latin" if any(c.isalpha() for c in text) else ""
    counts = _scripts(text)
    return counts.most_common(1)[0][0] if counts else ""


def _scripts(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for match in SCRIPT.finditer(text):
        counts[match.lastgroup or ""] += len(match[0])
    return counts


def identify(text: str) -> str:
    """The language of a text as an ISO 639-1 code, or `und` when it is too short or unclear."""
    sample = _sample(text)
    counts = _scripts(sample)
    if not counts:
        return UNKNOWN
    main, letters = counts.most_common(1)[0]
    if counts["Hiragana"] + counts["Katakana"] > letters / 10 and main in ("Han", "Hiragana"):
        return "ja"
    if main == "Han":
        return "zh"
    if main in SCRIPT_LANGUAGE:
        return SCRIPT_LANGUAGE[main]
    for where, code, pattern, share in TELLING:
        if main == where and len(pattern.findall(sample)) >= share * letters:
            return code
    if letters < FEWEST_LETTERS:
        return UNKNOWN
    return _detect(sample)


def _sample(text: str) -> str:
    if len(text) <= 3 * SAMPLE:
        return text
    middle = len(text) // 2
    return "\n".join((text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]))


def _detect(sample: str) -> str:
    try:
        best = detect_langs(sample)[0]
    except LangDetectException:  # no letters it knows
        return UNKNOWN
    return str(best.lang)[:2] if best.prob >= SURE else UNKNOWN


def identify_paragraph(text: str, document_language: str) -> str:
    """The language of one paragraph, where it differs from that of its document.

    Looks closely only where the script changes or common words of another language outnumber
    those of the document's, so that it costs next to nothing on a uniform text.
    """
    if text.isascii() or script(text) == "Latin":
        words = text.lower().split()
        counts = {code: len(common.intersection(words)) for code, common in COMMON_WORDS.items()}
        own, most = counts.get(document_language, 0), max(counts.values())
        if len(words) < FEWEST_WORDS or (own > 0 and own >= most):
            return document_language
        if most < 3 and document_language in LATIN.split():
            return document_language
    elif document_language != UNKNOWN and _same_script(text, document_language):
        return document_language
    found = identify(text)
    return document_language if found == UNKNOWN else found


def _same_script(text: str, language: str) -> bool:
    """True when the paragraph is in the script that the language is known to be written in."""
    main = script(text)
    return main == "" or main == _SCRIPT_OF.get(language, "Latin")


_SCRIPT_OF = {
    **{code: name for name, code in SCRIPT_LANGUAGE.items()},
    **dict.fromkeys(("ar", "fa", "ur", "ug", "ps", "ckb"), "Arabic"),
    **dict.fromkeys(("ru", "uk", "bg", "mk", "sr", "kk", "tg", "be", "ky"), "Cyrillic"),
    **dict.fromkeys(("hi", "mr", "ne"), "Devanagari"),
    "zh": "Han",
    "ja": "Han",
}
