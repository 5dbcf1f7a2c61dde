"""Which entity plays which part in which act: features of each pair of trigger and entity."""

from bisect import bisect_left
from collections.abc import Iterator

from models.features import Classes
from models.sketch import Piece, Sketch, between
from models.tokens import listed

# A role is looked for in the sentence of the trigger and this many around it.
SENTENCES = 2
# And among this many entities on either side.
NEAREST = 16
NONE = "none"
BE = listed("was were is are be been being get got gets")
BIND = listed(
    "the a an his her their its this that these those some several many two three mr mrs dr ms"
)
SAY = listed(
    "said says reported reports told claimed according stated alleged found noted documented "
    "accused estimated announced confirmed denied wrote revealed published identified"
)
LINKS = listed("who which that whose where when after before while because for and but")


def pairs(view: Sketch) -> Iterator[tuple[int, int]]:
    """Number of trigger and number of entity for each pair near enough to be looked at."""
    for t, trigger in enumerate(view.triggers):
        here = view.sentence[trigger.first]
        place = bisect_left(view.entities, trigger.first, key=lambda piece: piece.first)
        for e in range(max(0, place - NEAREST), min(len(view.entities), place + NEAREST)):
            if abs(view.sentence[view.entities[e].first] - here) <= SENTENCES:
                yield t, e


def _bucket(n: int) -> str:
    if n < 4:
        return str(n)
    return "4" if n < 6 else "6" if n < 10 else "10" if n < 16 else "16" if n < 30 else "30"


class ArgumentDescriber:
    """Names the features of pairs of trigger and entity in one passage."""

    def __init__(self, view: Sketch, classes: Classes) -> None:
        self._view = view
        self._classes = classes
        self._triggers = [self._trigger(t) for t in view.triggers]
        self._entities = [self._entity(e) for e in view.entities]

    def _trigger(self, trigger: Piece) -> tuple[str, str, str, str, str]:
        words = self._view.words
        text = " ".join(words[trigger.first : trigger.past])
        last = words[trigger.past - 1]
        head = words[trigger.first]
        before = words[max(0, trigger.first - 3) : trigger.first]
        participle = any(w.endswith(("ed", "en", "n", "t", "ung", "d")) for w in (head, last))
        voice = "act"
        if any(w in BE for w in before) and participle:
            voice = "pas"
        elif head.endswith("ing"):
            voice = "ing"
        elif last.endswith(("tion", "tions", "ment", "ings", "al", "als", "ance", "ure")):
            voice = "nom"
        after = words[trigger.past] if trigger.past < len(words) else "$"
        fine = self._classes.get(last, ("", ""))[1]
        return text, voice, after, fine, words[trigger.first - 1] if trigger.first else "^"

    def _entity(self, entity: Piece) -> tuple[str, str, str]:
        words = self._view.words
        at = entity.first - 1
        while at >= 0 and words[at] in BIND:
            at -= 1
        before = words[at] if at >= 0 else "^"
        after = words[entity.past] if entity.past < len(words) else "$"
        before2 = words[at - 1] if at > 0 else "^"
        return before, after, before2

    def features(self, t: int, e: int) -> list[str]:
        """The features of trigger number `t` and entity number `e`."""
        view = self._view
        trigger, entity = view.triggers[t], view.entities[e]
        text, voice, follows, fine, precedes = self._triggers[t]
        before, after, before2 = self._entities[e]
        kind = entity.kind
        family = trigger.kind.split(".")[0]
        gap = view.sentence[entity.first] - view.sentence[trigger.first]
        if entity.past <= trigger.first:
            side, low, high = "L", entity.past, trigger.first
        elif entity.first >= trigger.past:
            side, low, high = "R", trigger.past, entity.first
        else:
            side, low, high = "O", trigger.first, trigger.first
        inner = view.words[low:high]
        rivals = between(view.entities, low, high)
        same = sum(1 for r in rivals if r.kind.split(".")[0] == kind.split(".")[0])
        acts = len(between(view.triggers, low, high))
        place = f"{side}{max(-2, min(2, gap))}"
        short = f"{side}{_bucket(high - low)}"
        by = "by" if "by" in inner else ""
        links = "".join(sorted({w[:3] for w in inner if w in LINKS})) if gap == 0 else "far"
        said = "say" if any(w in SAY for w in inner) else ""
        commas = min(3, inner.count(","))
        text_kind = kind.split(".")[0]
        mine = [
            f"{place}",
            f"{short}|{place}",
            f"{side}{min(same, 3)}a{min(acts, 3)}|{gap}",
            f"{voice}|{place}|{by}",
            f"{voice}|{side}|{before}",
            f"pre={before}|{place}",
            f"pre2={before2} {before}",
            f"post={after}|{side}",
            f"{place}|r{min(len(rivals), 4)}",
            f"{place}|{links}|{commas}",
            f"{place}|{said}|a{min(acts, 2)}",
            f"{text}|{side}",
            f"{text}|{before}",
            f"{trigger.kind}|{place}",
            f"{trigger.kind}|{before}",
            f"{trigger.kind}|{voice}|{side}{min(acts, 1)}",
            f"{fine}|{voice}|{place}",
            f"fo={follows}|{place}",
            f"pc={precedes}|{place}",
            f"n{min(9, self._alike(text_kind))}|{place}",
            f"near={self._nearest(entity, t)}|{place}",
            f"near={self._nearest(entity, t)}|{side}|{before}",
        ]
        if len(inner) <= 5 and side != "O":
            mine.append(f"in={' '.join(inner)}|{side}")
        elif inner:
            mine.append(f"io={inner[0]}..{inner[-1]}|{side}")
            mine.append(f"io2={inner[0]} {inner[1]}|{side}")
        name = " ".join(view.words[entity.first : entity.past])
        mine.append(f"head={view.words[entity.past - 1]}|{side}")
        mine.append(f"head={view.words[entity.past - 1]}|{family}")
        rest = [f"name={name}|{side}"]
        return (
            [f"{kind}~{m}" for m in mine] + [f"{text_kind}~{family}~{m}" for m in mine[:10]] + rest
        )

    def _alike(self, kind: str) -> int:
        return sum(1 for e in self._view.entities if e.kind.startswith(kind))

    def _nearest(self, entity: Piece, t: int) -> str:
        """How many other triggers stand nearer to the entity, and whether there are others."""
        mine = self._view.triggers[t]
        distance = _distance(mine, entity)
        nearer = sum(
            1 for o in self._view.triggers if o is not mine and _distance(o, entity) < distance
        )
        return f"{min(nearer, 3)}of{min(len(self._view.triggers), 4)}"


def _distance(a: Piece, b: Piece) -> int:
    return max(b.first - a.past, a.first - b.past, 0)
