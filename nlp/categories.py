"""Codes of `nlp/knowledge` for what a mention says: victim group, technology, actor type."""

import re
from functools import cache, lru_cache

from nlp.knowledge.loader import Knowledge, load

# Names longer than this carry nothing more for a category.
LONGEST = 160
# Names whose category is kept in memory; documents repeat them.
REMEMBERED = 20_000

# Words of the reports themselves that the taxonomies do not list.
MORE_TECHNOLOGY = {
    "TECH.INTRUSION": "malware exploit exploits zero-day trojan spyware implants hacking",
    "TECH.RIOT_CONTROL": "batons baton teargas pellets gas bullets truncheons cannons cannon",
    "TECH.ARMS_VEHICLES": "gun guns rifles rifle weapons weapon arms firearms grenade grenades "
    "bomb bombs missiles missile rockets rocket artillery shells mortar mortars ammunition tanks "
    "munitions machete machetes knives explosives mines landmines pistol kalashnikov helicopters",
    "TECH.UAV": "drones drone uavs quadcopters",
    "TECH.VIDEO_CITY": "cctv cameras camera",
    "TECH.RESTRAINT_TORTURE": "handcuffs tasers taser shackles shocks whips electroshock cables",
    "TECH.BIOMETRIC_FACE": "facial iris gait",
    "TECH.BIOMETRIC_ID": "fingerprint fingerprints biometric biometrics dna",
    "TECH.JAMMER": "jammer jammers",
    "TECH.LOCATION": "gps tracker trackers beacon geolocation",
    "TECH.MOBILE_INTERCEPT": "imsi ss7 interceptor interceptors",
    "TECH.DPI_CENSORSHIP": "filter filters filtering firewall dpi",
}
MORE_ACTORS = {
    "POLICE": "police policemen policeman gendarme gendarmes gendarmerie constable officers "
    "officer",
    "MILITARY": "army military soldiers soldier troops navy forces airforce",
    "INTEL": "intelligence mukhabarat kgb fsb",
    "PRISON": "prison guards guard wardens jailers warders",
    "JUDICIARY": "court courts judge prosecutor prosecutors prosecution tribunal judiciary "
    "magistrate",
    "PARAMILITARY": "militia militias paramilitaries paramilitary militiamen",
    "BORDER": "customs border coastguard immigration",
    "EXECUTIVE": "government authorities officials regime state administration president "
    "presidency",
    "LOCAL": "municipality mayor county municipal provincial",
    "MINISTRY": "ministry minister department",
}


@lru_cache(maxsize=REMEMBERED)
def victim_group(name: str) -> str | None:
    """The group that the last listed word of `name` names ("opposition journalists": JOURNALIST);
    None when it has none."""
    words = _singulars(name[:LONGEST])
    text = f" {' '.join(words)} "
    best: tuple[int, int, str] | None = None
    for lemma, code in _victim_lemmas():
        at = text.rfind(f" {lemma} ")
        if at >= 0:
            found = (at + len(lemma), len(lemma), code)
            best = found if best is None or found[:2] > best[:2] else best
    return best[2] if best else None


@lru_cache(maxsize=REMEMBERED)
def technology(name: str) -> str | None:
    """The technology that `name` describes, by the strong words of the taxonomy, then the weak
    ones and those of `MORE_TECHNOLOGY`; None when no word fits."""
    low = f" {' '.join(_singulars(name[:LONGEST]))} "
    for words in _technology_words():
        found = [(len(w), code) for w, code in words if f" {w} " in low]
        if found:
            return max(found)[1]
    return None


@lru_cache(maxsize=REMEMBERED)
def actor_type(name: str) -> str | None:
    """The actor type whose pattern or word `name` contains; None when none fits."""
    short = name[:LONGEST]
    for pattern, code in _actor_patterns():
        if pattern.search(short):
            return code
    words = set(re.findall(r"\w+", short.lower()))
    for code, listed in MORE_ACTORS.items():
        if not words.isdisjoint(listed.split()):
            return code
    return None


def _singulars(text: str) -> list[str]:
    return [_singular(word) for word in re.findall(r"[\w'-]+", text.lower())]


def _singular(word: str) -> str:
    """A rough singular, the same for lemmas and for the words compared with them."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("men") and len(word) > 4:
        return word[:-3] + "man"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@cache
def _victim_lemmas() -> tuple[tuple[str, str], ...]:
    return tuple(
        (" ".join(_singulars(lemma)), group.code)
        for group in _knowledge().victim_groups
        for lemma in group.lemmas.get("en", ())
    )


@cache
def _technology_words() -> tuple[tuple[tuple[str, str], ...], ...]:
    strong, weak = [], []
    for kind in _knowledge().technologies:
        strong += [(" ".join(_singulars(word)), kind.code) for word in kind.strong]
        weak += [(" ".join(_singulars(word)), kind.code) for word in kind.weak]
    more = [(_singular(w), code) for code, words in MORE_TECHNOLOGY.items() for w in words.split()]
    return tuple(strong), tuple(weak), tuple(more)


@cache
def _actor_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE), kind.code)
        for kind in _knowledge().actor_types
        for pattern in kind.patterns.get("en", ())
        if kind.code not in ("EXECUTIVE", "SOE")
    )


def _knowledge() -> Knowledge:
    return load()
