"""One name, one kind: mentions of the same name in a passage are made to agree."""

from collections import defaultdict
from collections.abc import Sequence

from models.sketch import Piece

Scored = tuple[Piece, float]

NAME = ".NAM"
VICTIM = "VICTIM.NAM"
PEOPLE = frozenset(("PERSON.NAM", VICTIM))
# A surname by itself is often taken for one of these.
MISTAKEN = PEOPLE | {"LOCATION.NAM", "ORG.NAM"}
# A country acts in one sentence and is a place in the next.
TWOFOLD = frozenset(("LOCATION.NAM", "GOVERNMENT.NAM"))
# Probability given to a mention that was found only because its name is known from another.
REPEATED = 0.5
# Shorter surnames are words too often ("Li", "An").
SHORTEST = 4


def agree(words: Sequence[str], found: Sequence[Scored]) -> list[Scored]:
    """The entities of a passage after its names were made to agree, in order.

    Of the kinds that one name was given the likelier stays, and a victim's name is a victim's
    everywhere; a surname follows the full name; repeats that were missed are added.
    """
    kinds = _kinds(words, found)
    surnames = _surnames(words, found, kinds)
    settled = [(_settled(words, piece, kinds, surnames), score) for piece, score in found]
    names = {name: kind for name, kind in kinds.items() if len(" ".join(name)) >= SHORTEST}
    return sorted(
        settled + _repeats(words, settled, names | surnames), key=lambda pair: pair[0].first
    )


def _name(words: Sequence[str], piece: Piece) -> tuple[str, ...]:
    return tuple(words[piece.first : piece.past])


def _kinds(words: Sequence[str], found: Sequence[Scored]) -> dict[tuple[str, ...], str]:
    """The kind of each name; names that are a state and a place keep both and are left out."""
    weights: dict[tuple[str, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for piece, score in found:
        if piece.kind.endswith(NAME):
            weights[_name(words, piece)][piece.kind] += score
    kinds = {}
    for name, given in weights.items():
        if len(given) > 1 and given.keys() <= TWOFOLD:
            continue
        kinds[name] = VICTIM if VICTIM in given else max(given, key=lambda kind: given[kind])
    return kinds


def _surnames(
    words: Sequence[str], found: Sequence[Scored], kinds: dict[tuple[str, ...], str]
) -> dict[tuple[str, ...], str]:
    surnames = {}
    for piece, _ in found:
        name = _name(words, piece)
        kind = kinds.get(name, piece.kind)
        if kind in PEOPLE and len(name) > 1 and len(name[-1]) >= SHORTEST:
            surnames[name[-1:]] = kind
    return surnames


def _settled(
    words: Sequence[str],
    piece: Piece,
    kinds: dict[tuple[str, ...], str],
    surnames: dict[tuple[str, ...], str],
) -> Piece:
    if not piece.kind.endswith(NAME):
        return piece
    name = _name(words, piece)
    kind = kinds.get(name, piece.kind)
    if kind in MISTAKEN:
        kind = surnames.get(name, kind)
    return Piece(piece.first, piece.past, kind)


def _repeats(
    words: Sequence[str], found: Sequence[Scored], names: dict[tuple[str, ...], str]
) -> list[Scored]:
    taken = bytearray(len(words))
    for piece, _ in found:
        taken[piece.first : piece.past] = b"\1" * (piece.past - piece.first)
    by_first = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        by_first[name[0]].append(name)
    added = []
    for i, word in enumerate(words):
        for name in by_first.get(word, ()):
            past = i + len(name)
            if tuple(words[i:past]) == name and not any(taken[i:past]):
                added.append((Piece(i, past, names[name]), REPEATED))
                taken[i:past] = b"\1" * len(name)
                break
    return added
