"""Is an act told as fact, claimed, denied, feared or ruled out: features of trigger and cues."""

from models.features import Classes
from models.sketch import Piece, Sketch
from models.tokens import listed

# Words that open a clause; a cue before one reaches less far.
OPENERS = listed(", ; : — – ( who which while although but because")


def describe(view: Sketch, t: int, classes: Classes) -> list[str]:
    """The features of trigger number `t`."""
    words = view.words
    trigger = view.triggers[t]
    low, high = view.bounds(trigger.first)
    text = " ".join(words[trigger.first : trigger.past])
    names = [f"t={text}", f"T={trigger.kind}", f"d={text[-3:]}", f"F={trigger.kind.split('.')[0]}"]
    names += [f"l{i}={words[trigger.first - i]}" for i in range(1, 6) if trigger.first - i >= 0]
    names += [f"r{i}={words[trigger.past + i]}" for i in range(4) if trigger.past + i < len(words)]
    names += _pairs(words, trigger)
    clause = True
    for i in range(trigger.first - 1, low - 1, -1):
        clause = clause and words[i] not in OPENERS
        names.append(f"L={words[i]}")
        names.append(f"LC={words[i]}" if clause else f"LF={words[i]}")
        if i > low:
            names.append(f"L2={words[i - 1]} {words[i]}")
    clause = True
    for i in range(trigger.past, high):
        clause = clause and words[i] not in OPENERS
        names.append(f"R={words[i]}")
        if clause:
            names.append(f"RC={words[i]}")
        if i + 1 < high:
            names.append(f"R2={words[i]} {words[i + 1]}")
    names += [f"P={w}" for w in _sentence(view, low - 1)]
    names += [f"N={w}" for w in _sentence(view, high)]
    names += [f"D={w}" for w in set(words)]
    names += [f"E={e.kind}" for e in view.entities if low <= e.first < high]
    return names


def _pairs(words: tuple[str, ...], trigger: Piece) -> list[str]:
    found = []
    if trigger.first >= 2:
        found.append(f"l12={words[trigger.first - 2]} {words[trigger.first - 1]}")
    if trigger.first >= 3:
        found.append("l123=" + " ".join(words[trigger.first - 3 : trigger.first]))
    return found


def _sentence(view: Sketch, at: int) -> list[str]:
    if not 0 <= at < len(view.words):
        return []
    low, high = view.bounds(at)
    return list(dict.fromkeys(view.words[low:high]))
