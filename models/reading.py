"""Reads passages with the small linear models: entities, triggers, roles and assertion."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from models import assertions, chain, clusters
from models.arguments import NONE, ArgumentDescriber, pairs
from models.chain import Chain, Floats
from models.classifier import Classifier
from models.features import NEAR, Classes, Describer
from models.gazetteer import Found, Phrases, hints
from models.sketch import Piece, Sketch, sketch
from models.tokens import tokenise

WEIGHTS = Path(__file__).parent / "weights"
# How much is taken from the weight of "no trigger here": found on dev where F1 is highest.
TRIGGER_BIAS = 1.5
# A role is given from this probability: found on dev where F1 is highest.
ROLE_THRESHOLD = 0.4
# Texts decoded together: enough to make the steps of numpy worth their call.
TOGETHER = 64


@dataclass(frozen=True, slots=True)
class ReadEntity:
    """A span of characters, its type and form (NAM or NOM), and how probable it is."""

    start: int
    end: int
    type: str
    form: str
    score: float


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """A trigger's span, type, assertion and roles (name, number of the entity, probability)."""

    start: int
    end: int
    type: str
    score: float
    assertion: str
    certainty: float
    roles: tuple[tuple[str, int, float], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the models found in one text."""

    entities: tuple[ReadEntity, ...] = ()
    events: tuple[ReadEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text cut up: places, words and features of its tokens."""

    places: list[tuple[int, int]]
    words: list[str]
    around: list[list[str]]


class Preparer:
    """Cuts texts into tokens and names their features, for training and reading alike."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self.describer = Describer(classes)

    def tokens(self, text: str, found: list[Found]) -> Tokens:
        """The tokens of `text`, in which the gazetteer found `found`."""
        places = tokenise(text)
        words = [text[a:b] for a, b in places]
        return Tokens(places, words, self.describer.around(words, hints(places, found)))

    def all_features(self, tokens: Tokens) -> list[list[str]]:
        """Every feature of every token, those of its neighbours' words included."""
        lists = [list(names) for names in tokens.around]
        for j, word in enumerate(tokens.words):
            for offset, names in zip(NEAR, self.describer.word(word), strict=True):
                if 0 <= j - offset < len(lists):
                    lists[j - offset].extend(names)
        return lists


class Labeller:
    """A chain and the sums of its weights for each word it has met, at each distance."""

    MEMORY = 50_000

    def __init__(self, model: Chain, describer: Describer) -> None:
        self.chain = model
        self._describer = describer
        self._rows: dict[str, int] = {}
        self._sums: Floats = np.zeros((0, len(NEAR), len(model.labels)), dtype=np.float32)

    def emissions(self, tokens: Tokens) -> Floats:
        """Scores of each label for each token."""
        get = self.chain.features.get
        scores = self.chain.emissions(
            [[i for name in names if (i := get(name)) is not None] for names in tokens.around]
        )
        sums = self._sums_of(tokens.words)
        n = len(tokens.words)
        for k, offset in enumerate(NEAR):
            low, high = max(0, -offset), n - max(0, offset)
            if low < high:
                scores[low:high] += sums[low + offset : high + offset, k]
        return scores

    def _sums_of(self, words: Sequence[str]) -> Floats:
        if len(self._rows) > self.MEMORY:
            self._rows.clear()
            self._sums = self._sums[:0]
        new = [w for w in dict.fromkeys(words) if w not in self._rows]
        if new:
            get = self.chain.features.get
            items = [
                [i for name in names if (i := get(name)) is not None]
                for word in new
                for names in self._describer.word(word)
            ]
            fresh = self.chain.emissions(items) - self.chain.weights[0]
            start = len(self._rows)
            self._rows.update((w, start + i) for i, w in enumerate(new))
            self._grow(start, fresh.reshape(len(new), len(NEAR), -1))
        return np.asarray(self._sums[[self._rows[w] for w in words]], dtype=np.float32)

    def _grow(self, start: int, fresh: Floats) -> None:
        needed = start + len(fresh)
        if needed > len(self._sums):
            bigger = np.zeros((needed * 2 + 256, *fresh.shape[1:]), dtype=np.float32)
            bigger[:start] = self._sums[:start]
            self._sums = bigger
        self._sums[start:needed] = fresh


class LinearReader:
    """The shipped models together. `phrases` are the known names whose presence is a hint."""

    def __init__(self, phrases: Phrases, weights: Path = WEIGHTS) -> None:
        """Loads the weights; FileNotFoundError names the file that is missing."""
        classes = clusters.read(weights / "classes.tsv")
        self._phrases = phrases
        self._classes = classes
        self._preparer = Preparer(classes)
        self._entities = Labeller(chain.load(weights / "entities.npz"), self._preparer.describer)
        self._triggers = Labeller(chain.load(weights / "triggers.npz"), self._preparer.describer)
        self._weights = weights

    @cached_property
    def _roles(self) -> Classifier:
        return Classifier(chain.load(self._weights / "roles.npz"))

    @cached_property
    def _assertion(self) -> Classifier:
        return Classifier(chain.load(self._weights / "assertion.npz"))

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text, in order."""
        prepared = [self._preparer.tokens(text, self._phrases.find(text)) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: len(prepared[i].words))
        readings = [Reading()] * len(texts)
        for low in range(0, len(order), TOGETHER):
            chosen = [i for i in order[low : low + TOGETHER] if prepared[i].words]
            batch = [prepared[i] for i in chosen]
            for i, reading in zip(chosen, self._read(batch), strict=True):
                readings[i] = reading
        return readings

    def _read(self, batch: list[Tokens]) -> list[Reading]:
        entities = decode(self._entities, batch, 0.0)
        triggers = decode(self._triggers, batch, TRIGGER_BIAS)
        return [
            self._relate(tokens, mine, acts)
            for tokens, mine, acts in zip(batch, entities, triggers, strict=True)
        ]

    def _relate(
        self, tokens: Tokens, entities: list[tuple[Piece, float]], acts: list[tuple[Piece, float]]
    ) -> Reading:
        found = tuple(_entity(tokens, piece, score) for piece, score in entities)
        if not acts:
            return Reading(found)
        view = sketch(tokens.words, [p for p, _ in entities], [p for p, _ in acts])
        roles = self._roles_of(view)
        states = self._assertion.probabilities(
            [assertions.describe(view, t, self._classes) for t in range(len(acts))]
        )
        events = []
        for t, (piece, score) in enumerate(acts):
            best = int(states[t].argmax())
            start, end = tokens.places[piece.first][0], tokens.places[piece.past - 1][1]
            events.append(
                ReadEvent(
                    start, end, piece.kind, score,
                    self._assertion.labels[best], float(states[t, best]), tuple(roles[t]),
                )
            )
        return Reading(found, tuple(events))

    def _roles_of(self, view: Sketch) -> list[list[tuple[str, int, float]]]:
        chosen: list[list[tuple[str, int, float]]] = [[] for _ in view.triggers]
        candidates = list(pairs(view))
        if not candidates:
            return chosen
        describer = ArgumentDescriber(view, self._classes)
        table = self._roles.probabilities([describer.features(t, e) for t, e in candidates])
        labels = self._roles.labels
        table[:, labels.index(NONE)] = 0
        best = table.argmax(axis=1)
        for (t, e), label, row in zip(candidates, best, table, strict=True):
            if row[label] >= ROLE_THRESHOLD:
                chosen[t].append((labels[label], e, float(row[label])))
        return chosen


def _entity(tokens: Tokens, piece: Piece, score: float) -> ReadEntity:
    kind, _, form = piece.kind.partition(".")
    start, end = tokens.places[piece.first][0], tokens.places[piece.past - 1][1]
    return ReadEntity(start, end, kind, form, score)


def decode(
    labeller: Labeller, batch: list[Tokens], bias: float
) -> list[list[tuple[Piece, float]]]:
    """The labelled stretches of each text with their probability."""
    block, lengths = chain.pad([labeller.emissions(tokens) for tokens in batch])
    table, _ = chain.marginals(block, lengths, labeller.chain.transitions)
    block[:, :, 0] -= bias
    paths = chain.viterbi(block, lengths, labeller.chain.transitions)
    labels = labeller.chain.labels
    found = []
    for i, path in enumerate(paths):
        pieces = []
        for first, past, kind in chain.spans([labels[k] for k in path]):
            score = min(float(table[i, t, path[t]]) for t in range(first, past))
            pieces.append((Piece(first, past, kind), score))
        found.append(pieces)
    return found
