"""A passage as the argument and assertion models see it: words, sentences, entities, triggers."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

STOPS = frozenset(".?!:;•")


@dataclass(frozen=True, slots=True)
class Piece:
    """An entity or a trigger over tokens: `kind` is "GOVERNMENT.NAM" or an event type."""

    first: int
    past: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """Words in lower case, the number of the sentence of each, entities and triggers in order."""

    words: tuple[str, ...]
    sentence: tuple[int, ...]
    entities: tuple[Piece, ...]
    triggers: tuple[Piece, ...]

    def bounds(self, at: int) -> tuple[int, int]:
        """First token and token after the last of the sentence of token `at`."""
        number = self.sentence[at]
        low = high = at
        while low and self.sentence[low - 1] == number:
            low -= 1
        while high < len(self.words) and self.sentence[high] == number:
            high += 1
        return low, high


def sketch(words: Sequence[str], entities: Sequence[Piece], triggers: Sequence[Piece]) -> Sketch:
    """The sketch of a passage, its sentences cut at full stops before capitals."""
    numbers = []
    number = 0
    for i, word in enumerate(words):
        numbers.append(number)
        following = words[i + 1] if i + 1 < len(words) else "."
        if word in STOPS and (word != "." or not following[:1].islower()):
            number += 1
    return Sketch(
        tuple(word.lower() for word in words),
        tuple(numbers),
        tuple(sorted(entities, key=lambda p: p.first)),
        tuple(sorted(triggers, key=lambda p: p.first)),
    )


def between(pieces: Sequence[Piece], low: int, high: int) -> list[Piece]:
    """The pieces that start at or after token `low` and before token `high`, of sorted pieces."""
    start = bisect_right(pieces, low - 1, key=lambda p: p.first)
    end = bisect_right(pieces, high - 1, key=lambda p: p.first)
    return list(pieces[start:end])
