"""Learns words and weights from annotated passages: the small models that ship with the package.

    python -m models.lexicon --data FOLDER --knowledge FOLDER --out FOLDER

`--data` holds `train.jsonl` in the annotation format, `--knowledge` the tables of known names,
`--out` the word classes of `models.clusters` (classes.tsv), and receives the weights. They hold
words and numbers, no passage of the training text.
"""

import argparse
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models import arguments, assertions, clusters, corpora, fitting
from models.chain import Chain, bio
from models.classifier import Classifier, fit
from models.corpora import Annotated
from models.gazetteer import Phrases, names
from models.reading import (
    CANDIDATES,
    TOGETHER,
    Decoding,
    Labeller,
    Preparer,
    Tokens,
    decode,
)
from models.review import NONE as NOTHING
from models.review import CandidateDescriber
from models.sketch import Piece, Sketch, sketch

# Features seen less often are not kept.
LEAST = 8
ROUNDS = 4
FOLDS = 3
# Guessed triggers from this probability teach the roles; less likely ones seldom survive the
# review.
ROLE_CANDIDATE = 0.04

ABOUT = (
    "Learned from the train split of the annotation set (texts not shipped) and the names in "
    "nlp/knowledge by: python -m models.lexicon --data FOLDER --knowledge FOLDER --out FOLDER"
)

Marked = list[tuple[int, int, str]]


def entity_marks(passage: Annotated) -> Marked:
    """Start, end and type with form ("VICTIM.NOM") of each entity."""
    return [(e.start, e.end, f"{e.type}.{e.mention}") for e in passage.entities]


def trigger_marks(passage: Annotated) -> Marked:
    """Start, end and type of each trigger."""
    return [(e.start, e.end, e.type) for e in passage.events]


def pieces(tokens: Tokens, marked: Iterable[tuple[int, int, str]]) -> list[Piece | None]:
    """Each marked span over tokens; None where no token lies inside."""
    found: list[Piece | None] = []
    for start, end, kind in marked:
        inside = [i for i, (a, b) in enumerate(tokens.places) if a < end and start < b]
        found.append(Piece(inside[0], inside[-1] + 1, kind) if inside else None)
    return found


@dataclass(slots=True)
class Guess:
    """What chains that never saw the passage find in it."""

    entities: list[tuple[Piece, float]]
    candidates: list[tuple[Piece, float]]


class Learner:
    """Fits each model from the same prepared passages."""

    def __init__(self, passages: Sequence[Annotated], preparer: Preparer, phrases: Phrases) -> None:
        self.passages = passages
        self.preparer = preparer
        self.tokens = [preparer.tokens(p.text, phrases.find(p.text)) for p in passages]
        features = [preparer.all_features(tokens) for tokens in self.tokens]
        self.index = fitting.index(features, LEAST)
        self.ids = [fitting.number(text, self.index) for text in features]

    def chain(self, marks: Sequence[Marked], chosen: Sequence[int] | None = None) -> Chain:
        """A chain fitted to the marked spans of all passages, or of the chosen ones."""
        labels = bio(sorted({kind for marked in marks for _, _, kind in marked}))
        numbers = {label: i for i, label in enumerate(labels)}
        chosen = range(len(self.passages)) if chosen is None else chosen
        gold = [fitting.labelled(self.tokens[i].places, marks[i], numbers) for i in chosen]
        ids = [self.ids[i] for i in chosen]
        return fitting.fit_chain(ids, gold, labels, self.index, ROUNDS)

    def guesses(self) -> list[Guess]:
        """For each passage what chains fitted to the other folds find in it."""
        entities = [entity_marks(p) for p in self.passages]
        triggers = [trigger_marks(p) for p in self.passages]
        guessed: dict[int, Guess] = {}
        for fold in range(FOLDS):
            mine = [i for i, p in enumerate(self.passages) if fold_of(p) == fold]
            others = [i for i, p in enumerate(self.passages) if fold_of(p) != fold]
            chains = [self.chain(marks, chosen=others) for marks in (entities, triggers)]
            labeller = Labeller(chains, self.preparer.describer)
            for low in range(0, len(mine), TOGETHER):
                some = mine[low : low + TOGETHER]
                batch = [self.tokens[i] for i in some]
                found = decode(labeller, batch, (Decoding(0.0, whole=True), CANDIDATES))
                guessed |= {i: Guess(*pair) for i, *pair in zip(some, *found, strict=True)}
        return [guessed[i] for i in range(len(self.passages))]

    def review(self, guesses: Sequence[Guess]) -> Classifier:
        """The classifier of possible triggers."""
        items, answers = [], []
        for i, guess in enumerate(guesses):
            if guess.candidates:
                some, truth = self.candidates(i, guess)
                items += some
                answers += truth
        return fit(items, answers, least=6, rounds=3, also=[NOTHING])

    def candidates(self, i: int, guess: Guess) -> tuple[list[list[str]], list[str]]:
        """Features and true types of the possible triggers of passage number `i`."""
        tokens = self.tokens[i]
        acts = [p for p, _ in guess.candidates]
        view = sketch(tokens.words, [p for p, _ in guess.entities], acts)
        describer = CandidateDescriber(
            view, [s for _, s in guess.candidates], self.preparer.classes
        )
        gold = [p for p in pieces(tokens, trigger_marks(self.passages[i])) if p]
        return [describer.features(t) for t in range(len(acts))], true_types(acts, gold)

    def roles(self, guesses: Sequence[Guess]) -> Classifier:
        """The classifier of pairs of trigger and entity, from gold spans and from guessed ones."""
        items: list[list[str]] = []
        answers: list[str] = []
        for i, guess in enumerate(guesses):
            gold = gold_sketch(self.passages[i], self.tokens[i])
            kept = [(p, s) for p, s in guess.candidates if s >= ROLE_CANDIDATE]
            for view, roles, _ in (
                gold,
                guessed_sketch(self.tokens[i], guess.entities, kept, gold),
            ):
                describer = arguments.ArgumentDescriber(view, self.preparer.classes)
                for t, e in arguments.pairs(view):
                    items.append(describer.features(t, e))
                    answers.append(roles.get((t, e), arguments.NONE))
        return fit(items, answers, least=5, rounds=4, also=[arguments.NONE])

    def assertion(self) -> Classifier:
        """The classifier of triggers by how the text presents the act."""
        items, answers = [], []
        for passage, tokens in zip(self.passages, self.tokens, strict=True):
            view, _, states = gold_sketch(passage, tokens)
            items += [
                assertions.describe(view, t, self.preparer.classes) for t in range(len(states))
            ]
            answers += states
        return fit(items, answers, rounds=6, rate=fitting.RATE)


def fold_of(passage: Annotated) -> int:
    """The fold of a passage: all that share a source share one; written ones go by id."""
    name = passage.id if passage.source in ("written", "secnews") else passage.source
    return zlib.crc32(name.encode()) % FOLDS


def true_types(candidates: Sequence[Piece], gold: Sequence[Piece]) -> list[str]:
    """The type of the gold trigger that each candidate meets, each gold one given once, to a
    candidate of its type first."""
    answers = [NOTHING] * len(candidates)
    for trigger in gold:
        meeting = [
            c
            for c, piece in enumerate(candidates)
            if piece.first < trigger.past and trigger.first < piece.past and answers[c] == NOTHING
        ]
        meeting.sort(key=lambda c: candidates[c].kind != trigger.kind)
        if meeting:
            answers[meeting[0]] = trigger.kind
    return answers


def guessed_sketch(
    tokens: Tokens,
    entities: Sequence[tuple[Piece, float]],
    candidates: Sequence[tuple[Piece, float]],
    gold: tuple[Sketch, dict[tuple[int, int], str], list[str]],
) -> tuple[Sketch, dict[tuple[int, int], str], list[str]]:
    """The guessed spans of a passage with the roles that the gold ones under them have."""
    true, roles, _ = gold
    view = sketch(tokens.words, [p for p, _ in entities], [p for p, _ in candidates])
    mapped = {}
    for t, trigger in enumerate(view.triggers):
        for e, entity in enumerate(view.entities):
            for (gt, ge), role in roles.items():
                act, filler = true.triggers[gt], true.entities[ge]
                if act.kind == trigger.kind and meet(act, trigger) and meet(filler, entity):
                    mapped[t, e] = role
    return view, mapped, []


def meet(a: Piece, b: Piece) -> bool:
    """True when the two share a token."""
    return a.first < b.past and b.first < a.past


def gold_sketch(
    passage: Annotated, tokens: Tokens
) -> tuple[Sketch, dict[tuple[int, int], str], list[str]]:
    """The passage as annotated: sketch, role by (trigger, entity), assertion by trigger."""
    entities = pieces(tokens, entity_marks(passage))
    triggers = pieces(tokens, trigger_marks(passage))
    kept = [(e, p) for e, p in zip(passage.entities, entities, strict=True) if p]
    kept.sort(key=lambda pair: pair[1].first)
    acts = [(v, p) for v, p in zip(passage.events, triggers, strict=True) if p]
    acts.sort(key=lambda pair: pair[1].first)
    view = sketch(tokens.words, [p for _, p in kept], [p for _, p in acts])
    place = {e.id: i for i, (e, _) in enumerate(kept)}
    roles = {
        (t, place[id]): role
        for t, (event, _) in enumerate(acts)
        for role, id in reversed(event.fillers())
        if id in place
    }
    return view, roles, [event.assertion for event, _ in acts]


def main(argv: Sequence[str] | None = None) -> None:
    """Fits and writes the four models."""
    parser = argparse.ArgumentParser(prog="models.lexicon", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--knowledge", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(argv)
    passages = corpora.read(given.data / "train.jsonl")
    preparer = Preparer(clusters.read(given.out / "classes.tsv"))
    learner = Learner(passages, preparer, Phrases(names(given.knowledge)))
    entities, triggers = map(entity_marks, passages), map(trigger_marks, passages)
    guesses = learner.guesses()
    for name, model in (
        ("entities", learner.chain(list(entities))),
        ("triggers", learner.chain(list(triggers))),
        ("review", learner.review(guesses).chain),
        ("roles", learner.roles(guesses).chain),
        ("assertion", learner.assertion().chain),
    ):
        model.save(given.out / f"{name}.npz", ABOUT)


if __name__ == "__main__":
    main()
