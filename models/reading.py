"""Reads passages with the small linear models: entities, triggers, roles and assertion."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from models import assertions, chain, clusters
from models.arguments import NONE, ArgumentDescriber, pairs
from models.chain import Chain, Floats, joined
from models.classifier import Classifier
from models.consistency import agree
from models.features import NEAR, Classes, Describer
from models.gazetteer import Found, Phrases, hints
from models.review import NONE as NOTHING
from models.review import CandidateDescriber
from models.sketch import Piece, Sketch, sketch
from models.tokens import tokenise

WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Decoding:
    """How labels are chosen: `bias` is taken from the weight of "outside"; with `whole` the best
    sequence is taken, else each label by itself, which is quicker."""

    bias: float
    whole: bool


# Found where F1 of the entities is highest on held-out passages.
ENTITIES = Decoding(0.3, whole=True)
# So that no likely trigger is passed over; most candidates do not survive the second look.
CANDIDATES = Decoding(3.0, whole=False)
# A possible trigger is kept from this probability: found where F1 is highest on held-out passages.
TRIGGER_THRESHOLD = 0.35
# Only a text made to be slow has more possible triggers in one passage; the likeliest are read.
MOST_CANDIDATES = 40
# A role is given from this probability: found on dev where F1 is highest.
ROLE_THRESHOLD = 0.22
# An adverse finding rests on the perpetrator: more is asked of it, so that fewer than eight of a
# hundred dev passages without an adverse act are called adverse.
PERPETRATOR_THRESHOLD = 0.45
PERPETRATOR = "perpetrator"
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
    """Several chains read as one: features are looked up once, and the sums of the weights of each
    word, at each distance, are remembered."""

    MEMORY = 50_000

    def __init__(self, chains: Sequence[Chain], describer: Describer) -> None:
        self.chains = tuple(chains)
        self._describer = describer
        self._joint = joined(chains)
        self._rows: dict[str, int] = {}
        self._sums: Floats = np.zeros((0, len(NEAR), len(self._joint.labels)), dtype=np.float32)

    def emissions(self, tokens: Tokens) -> list[Floats]:
        """For each chain the scores of its labels for each token."""
        get = self._joint.features.get
        scores = self._joint.emissions(
            [[i for name in names if (i := get(name))] for names in tokens.around]
        )
        sums = self._sums_of(tokens.words)
        n = len(tokens.words)
        for k, offset in enumerate(NEAR):
            low, high = max(0, -offset), n - max(0, offset)
            if low < high:
                scores[low:high] += sums[low + offset : high + offset, k]
        ends = np.cumsum([len(c.labels) for c in self.chains])
        return np.split(scores, ends[:-1], axis=1)

    def _sums_of(self, words: Sequence[str]) -> Floats:
        if len(self._rows) > self.MEMORY:
            self._rows.clear()
        new = [w for w in dict.fromkeys(words) if w not in self._rows]
        if new:
            get = self._joint.features.get
            items = [
                [i for name in names if (i := get(name))]
                for word in new
                for names in self._describer.word(word)
            ]
            fresh = self._joint.emissions(items) - self._joint.weights[0]
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
        chains = [chain.load(weights / f"{name}.npz") for name in ("entities", "triggers")]
        self._labeller = Labeller(chains, self._preparer.describer)
        self._weights = weights

    @cached_property
    def _review(self) -> Classifier:
        return Classifier(chain.load(self._weights / "review.npz"))

    @cached_property
    def _roles(self) -> Classifier:
        return Classifier(chain.load(self._weights / "roles.npz"))

    @cached_property
    def _assertion(self) -> Classifier:
        return Classifier(chain.load(self._weights / "assertion.npz"))

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text, in order."""
        readings = [Reading()] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for low in range(0, len(order), TOGETHER):
            chosen = order[low : low + TOGETHER]
            prepared = [self._tokens(texts[i]) for i in chosen]
            full = [(i, tokens) for i, tokens in zip(chosen, prepared, strict=True) if tokens.words]
            for i, reading in self._read(full):
                readings[i] = reading
        return readings

    def _tokens(self, text: str) -> Tokens:
        return self._preparer.tokens(text, self._phrases.find(text))

    def _read(self, numbered: list[tuple[int, Tokens]]) -> list[tuple[int, Reading]]:
        batch = [tokens for _, tokens in numbered]
        if not batch:
            return []
        entities, triggers = decode(self._labeller, batch, (ENTITIES, CANDIDATES))
        return [
            (number, self._relate(tokens, agree(tokens.words, mine), acts))
            for (number, tokens), mine, acts in zip(numbered, entities, triggers, strict=True)
        ]

    def _relate(
        self, tokens: Tokens, entities: list[tuple[Piece, float]], acts: list[tuple[Piece, float]]
    ) -> Reading:
        found = tuple(_entity(tokens, piece, score) for piece, score in entities)
        acts = review(self._review, tokens, [p for p, _ in entities], acts, self._classes)
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
                    start,
                    end,
                    piece.kind,
                    score,
                    self._assertion.labels[best],
                    float(states[t, best]),
                    tuple(roles[t]),
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
            least = PERPETRATOR_THRESHOLD if labels[label] == PERPETRATOR else ROLE_THRESHOLD
            if row[label] >= least:
                chosen[t].append((labels[label], e, float(row[label])))
        return chosen


def _entity(tokens: Tokens, piece: Piece, score: float) -> ReadEntity:
    kind, _, form = piece.kind.partition(".")
    start, end = tokens.places[piece.first][0], tokens.places[piece.past - 1][1]
    return ReadEntity(start, end, kind, form, score)


def review(
    classifier: Classifier,
    tokens: Tokens,
    entities: Sequence[Piece],
    candidates: Sequence[tuple[Piece, float]],
    classes: Classes,
) -> list[tuple[Piece, float]]:
    """The possible triggers that stay after a second look, with the type and score it gives."""
    if not candidates:
        return []
    if len(candidates) > MOST_CANDIDATES:
        likeliest = sorted(candidates, key=lambda pair: -pair[1])[:MOST_CANDIDATES]
        candidates = sorted(likeliest, key=lambda pair: pair[0].first)
    view = sketch(tokens.words, entities, [p for p, _ in candidates])
    describer = CandidateDescriber(view, [score for _, score in candidates], classes)
    table = classifier.probabilities([describer.features(t) for t in range(len(candidates))])
    labels = classifier.labels
    none = labels.index(NOTHING)
    kept = []
    for (piece, _), row in zip(candidates, table, strict=True):
        score = 1 - float(row[none])
        row[none] = 0
        if score >= TRIGGER_THRESHOLD:
            kept.append((Piece(piece.first, piece.past, labels[int(row.argmax())]), score))
    return kept


def decode(
    labeller: Labeller, batch: Sequence[Tokens], ways: Sequence[Decoding]
) -> list[list[list[tuple[Piece, float]]]]:
    """For each chain, and for each text, the labelled stretches with their probability.

    The probabilities are those without the bias.
    """
    scores = [labeller.emissions(tokens) for tokens in batch]
    found = []
    for k, (model, way) in enumerate(zip(labeller.chains, ways, strict=True)):
        block, lengths = chain.pad([emissions[k] for emissions in scores])
        block[:, :, 0] -= way.bias
        table = chain.marginals(block, lengths, model.transitions)
        if way.whole:
            paths = chain.viterbi(block, lengths, model.transitions)
        else:
            best = table.argmax(axis=2)
            paths = [best[i, :n].tolist() for i, n in enumerate(lengths.tolist())]
        discount = float(np.exp(-way.bias))
        found.append(
            [
                _stretches(
                    path, table[i, np.arange(len(path)), path].tolist(), model.labels, discount
                )
                for i, path in enumerate(paths)
            ]
        )
    return found


def _stretches(
    path: list[int], sure: list[float], labels: Sequence[str], discount: float
) -> list[tuple[Piece, float]]:
    if not any(path):
        return []
    found = []
    for first, past, kind in chain.spans([labels[k] for k in path]):
        score = min(sure[first:past])
        odds = score / max(1 - score, 1e-6) * discount
        found.append((Piece(first, past, kind), odds / (1 + odds)))
    return found
