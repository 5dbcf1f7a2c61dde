"""What a token looks like and what stands around it, as names of features for linear models."""

import re
from collections.abc import Mapping, Sequence

from models.clusters import normal_form
from models.tokens import listed

# How far around a token words count, and how much is asked of a word at each distance.
NEAR = (-3, -2, -1, 0, 1, 2, 3)
# Words that may stand inside a capitalised name.
INNER = listed("of the for de la del al el bin ibn von van der du des da do dos & -")
_SHAPES = ((re.compile(r"[A-Z]+"), "X"), (re.compile(r"[a-z]+"), "x"), (re.compile(r"\d+"), "d"))

Classes = Mapping[str, tuple[str, str]]


def shape(word: str) -> str:
    """Upper and lower case, digits and marks of a word, runs cut to one sign."""
    if word.islower():
        return "x"
    if word.isdigit():
        return f"d{min(len(word), 5)}"
    if word.istitle() and word.isalpha():
        return "Xx" if len(word) > 1 else "X1"
    if word.isupper() and word.isalpha():
        return f"X{min(len(word), 6)}"
    short = word[:12]
    for pattern, sign in _SHAPES:
        short = pattern.sub(sign, short)
    return short


class Describer:
    """Names the features of tokens, remembering what it said about a word."""

    # Enough for the vocabulary of a large report; the memory is dropped when full.
    MEMORY = 50_000

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._words: dict[str, tuple[tuple[str, ...], ...]] = {}

    def word(self, word: str) -> tuple[tuple[str, ...], ...]:
        """Features of a word seen from each distance of `NEAR`."""
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= self.MEMORY:
                self._words.clear()
            known = self._words[word] = tuple(self._at(word, offset) for offset in NEAR)
        return known

    def _at(self, word: str, offset: int) -> tuple[str, ...]:
        low = normal_form(word)[:30]
        coarse, fine = self._classes.get(low, ("", ""))
        names = [f"w={low}"]
        if coarse:
            names += [f"c={coarse}", f"f={fine}"]
        if abs(offset) < 3:
            names.append(f"s={shape(word)}")
        if abs(offset) < 2:
            names.append(f"e3={low[-3:]}")
        if offset == 0:
            names += [f"e2={low[-2:]}", f"e4={low[-4:]}", f"p3={low[:3]}", f"p5={low[:5]}"]
            names.append(f"W={word[:30]}")
        return tuple(f"{offset}{name}" for name in names)

    def around(self, words: Sequence[str], hints: Sequence[str]) -> list[list[str]]:
        """Features of each token that depend on several tokens: pairs, runs of capitals, hints."""
        lows = ["^", *(normal_form(w)[:30] for w in words), "$"]
        fines = [self._classes.get(low, ("", low[-3:]))[1] for low in lows]
        first = _sentence_starts(words)
        found = []
        for i, word in enumerate(words):
            a, b, c = lows[i], lows[i + 1], lows[i + 2]
            fa, fb, fc = fines[i], fines[i + 1], fines[i + 2]
            names = [
                f"b-={a}|{b}",
                f"b+={b}|{c}",
                f"g-={fa}|{fb}",
                f"g+={fb}|{fc}",
                f"g*={fa}|{fc}",
                f"b*={a}|{c}",
            ]
            if first[i]:
                names.append(f"first={shape(word)}")
            hint = hints[i]
            if hint:
                names.append(f"h={hint}")
            if i and hints[i - 1]:
                names.append(f"h-={hints[i - 1]}")
            if i + 1 < len(words) and hints[i + 1]:
                names.append(f"h+={hints[i + 1]}")
            found.append(names)
        _add_runs(found, words, lows, first)
        return found


def _sentence_starts(words: Sequence[str]) -> list[bool]:
    starts = [True]
    for i, word in enumerate(words[:-1]):
        starts.append(word in ".?!:•" or (word in '”"' and i > 0 and words[i - 1] in ".?!"))
    return starts[: len(words)]


def _add_runs(
    found: list[list[str]], words: Sequence[str], lows: Sequence[str], first: Sequence[bool]
) -> None:
    """Tells each token of a capitalised run how the run starts and ends and what is beside it."""
    for start, end in runs(words):
        head, tail = lows[start + 1], lows[end]
        before, after = lows[start], lows[end + 1]
        names = [
            f"rh={head}",
            f"rt={tail}",
            f"rb={before}",
            f"ra={after}",
            f"rl={min(end - start, 6)}",
        ]
        names.append(f"rba={before}|{after}")
        if first[start]:
            names.append(f"rf={head}")
        inside = {f"ri={low}" for low in lows[start + 1 : end + 1]} if end - start < 12 else set()
        for i in range(start, end):
            place = "s" if i == start else "m"
            found[i] += names
            found[i].append(f"rp={place}{min(end - i, 3)}")
            found[i] += inside


def runs(words: Sequence[str]) -> list[tuple[int, int]]:
    """First token and token after the last of each stretch of capitalised words, with small
    joining words ("of", "de") inside."""
    found: list[tuple[int, int]] = []
    i, n = 0, len(words)
    while i < n:
        if not words[i][0].isupper():
            i += 1
            continue
        end = i + 1
        while end < n:
            if words[end][0].isupper():
                end += 1
                continue
            ahead = end
            while ahead < n and ahead - end < 2 and words[ahead].lower() in INNER:
                ahead += 1
            if ahead > end and ahead < n and words[ahead][0].isupper():
                end = ahead + 1
            else:
                break
        found.append((i, end))
        i = end
    return found
