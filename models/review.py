"""A second look at each possible trigger, with the whole passage in view."""

import math
from collections.abc import Sequence

from models.features import Classes
from models.sketch import Piece, Sketch
from models.tokens import listed

NONE = "none"
# Words that say nothing of the subject of a sentence or passage.
PLAIN = listed(
    "the a an of to in and on for with at by from as that this it its his her their he she they "
    "was were is are be been had has have which who or not s ’ ' , . : ; ( ) “ ” \" - – but also "
    "after during there some an one"
)


# Lowest and highest step that a probability can come to.
LOWEST, HIGHEST = -10, 10


def step(score: float) -> int:
    """A probability as one of a few steps of its logit, from `LOWEST` to `HIGHEST`."""
    bounded = min(max(score, 0.001), 0.999)
    return round(math.log(bounded / (1 - bounded)) * 1.5)


class CandidateDescriber:
    """Names the features of the possible triggers of one passage."""

    def __init__(self, view: Sketch, scores: Sequence[float], classes: Classes) -> None:
        self._view = view
        self._scores = scores
        self._classes = classes
        self._texts = [" ".join(view.words[t.first : t.past]) for t in view.triggers]

    def features(self, t: int) -> list[str]:
        """The features of possible trigger number `t`."""
        view = self._view
        words = view.words
        trigger = view.triggers[t]
        kind, family = trigger.kind, trigger.kind.split(".")[0]
        text, score = self._texts[t], step(self._scores[t])
        low, high = view.bounds(trigger.first)
        near = [
            f"l{i}={words[trigger.first - i]}" for i in range(1, 5) if trigger.first - i >= 0
        ] + [f"r{i}={words[trigger.past + i]}" for i in range(4) if trigger.past + i < len(words)]
        near += [f"c{n[:2]}{self._classes.get(n[3:], ('', ''))[1]}" for n in near]
        names = [f"p={score}", f"p={score}|{kind}", f"k={kind}", f"t={text}", f"t={text}|{kind}"]
        names += [f"f={self._classes.get(words[trigger.past - 1], ('', ''))[1]}|{kind}"]
        names += [f"p>{k}" for k in range(LOWEST, score + 1)]
        names += near
        names += [f"{n}|{family}" for n in near]
        names += [f"t={text}|{n}" for n in near[:1] + near[4:5]]
        names += [f"S={w}" for w in set(words[low:high]) - PLAIN]
        names += [f"S={w}|{kind}" for w in set(words[low:high]) - PLAIN]
        return names + self._company(t) + self._others(t)

    def _company(self, t: int) -> list[str]:
        """Which kinds of entity stand where."""
        view = self._view
        trigger = view.triggers[t]
        here = view.sentence[trigger.first]
        left: Piece | None = None
        right: Piece | None = None
        kinds = set()
        for e in view.entities:
            if view.sentence[e.first] == here:
                kinds.add(e.kind)
                if e.past <= trigger.first:
                    left = e
                elif e.first >= trigger.past and right is None:
                    right = e
        family, kind = trigger.kind.split(".")[0], trigger.kind
        names = [f"e={k}|{kind}" for k in kinds] + [f"e={k}" for k in kinds]
        names.append(f"ne={min(len(kinds), 4)}|{family}")
        a = f"{left.kind}{min(3, (trigger.first - left.past) // 2)}" if left else "^"
        b = f"{right.kind}{min(3, (right.first - trigger.past) // 2)}" if right else "$"
        names += [f"eL={a}", f"eR={b}", f"eL={a}|{family}", f"eR={b}|{family}", f"eB={a}|{b}"]
        names += [f"eL={a}|{kind}", f"eR={b}|{kind}"]
        if any(e.first < trigger.past and trigger.first < e.past for e in view.entities):
            names.append("inside")
        return names

    def _others(self, t: int) -> list[str]:
        """How this possible trigger stands among the others of the passage."""
        view, trigger = self._view, self._view.triggers[t]
        mine = self._scores[t]
        same = [o for o, p in enumerate(view.triggers) if p.kind == trigger.kind and o != t]
        here = view.sentence[trigger.first]
        before = [o for o in same if o < t]
        better = sum(1 for o in same if self._scores[o] > mine)
        twin = any(self._texts[o][:5] == self._texts[t][:5] for o in before)
        close = any(view.sentence[view.triggers[o].first] == here for o in before)
        names = [
            f"o={min(len(same), 3)}b{min(better, 3)}",
            f"ob={min(len(before), 3)}{'t' if twin else ''}{'c' if close else ''}",
            f"ob={min(len(before), 3)}{'t' if twin else ''}|{trigger.kind}",
            f"on={min(len(view.triggers), 8)}",
            f"sn={min(here, 4)}",
        ]
        for o, other in enumerate(view.triggers):
            if o != t and view.sentence[other.first] == here:
                side = "L" if o < t else "R"
                sure = "h" if self._scores[o] > 0.5 else "l"
                names.append(f"os={other.kind}{side}{sure}|{trigger.kind}")
                names.append(f"od={side}{min(8, abs(other.first - trigger.first))}{sure}")
        return names
