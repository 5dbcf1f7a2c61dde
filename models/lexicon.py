"""Learns words and weights from annotated passages: the small models that ship with the package.

    python -m models.lexicon --data FOLDER --knowledge FOLDER --out FOLDER

`--data` holds `train.jsonl` in the annotation format, `--knowledge` the tables of known names,
`--out` the word classes of `models.clusters` (classes.tsv), and receives the weights. They hold
words and numbers, no passage of the training text.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from models import arguments, assertions, clusters, corpora, fitting
from models.chain import Chain, bio
from models.classifier import Classifier, fit
from models.corpora import Annotated
from models.gazetteer import Phrases, names
from models.reading import Preparer, Tokens
from models.sketch import Piece, Sketch, sketch

# Features seen less often are not kept.
LEAST = 3
ROUNDS = 4

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


class Learner:
    """Fits each model from the same prepared passages."""

    def __init__(self, passages: Sequence[Annotated], preparer: Preparer, phrases: Phrases) -> None:
        self.passages = passages
        self.preparer = preparer
        self.tokens = [preparer.tokens(p.text, phrases.find(p.text)) for p in passages]
        features = [preparer.all_features(tokens) for tokens in self.tokens]
        self.index = fitting.index(features, LEAST)
        self.ids = [fitting.number(text, self.index) for text in features]

    def chain(self, marks: Sequence[Marked], rounds: int = ROUNDS) -> Chain:
        """A chain fitted to marked spans, one list a passage."""
        labels = bio(sorted({kind for marked in marks for _, _, kind in marked}))
        numbers = {label: i for i, label in enumerate(labels)}
        gold = [
            fitting.labelled(tokens.places, marked, numbers)
            for tokens, marked in zip(self.tokens, marks, strict=True)
        ]
        return fitting.fit_chain(self.ids, gold, labels, self.index, rounds)

    def sketches(self) -> list[tuple[Sketch, dict[tuple[int, int], str], list[str]]]:
        """Each passage with its gold roles by pair, and the assertion of each trigger."""
        return [gold_sketch(p, t) for p, t in zip(self.passages, self.tokens, strict=True)]

    def roles(self) -> Classifier:
        """The classifier of pairs of trigger and entity."""
        items, answers = [], []
        for view, roles, _ in self.sketches():
            describer = arguments.ArgumentDescriber(view, self.preparer.classes)
            for t, e in arguments.pairs(view):
                items.append(describer.features(t, e))
                answers.append(roles.get((t, e), arguments.NONE))
        return fit(items, answers, rounds=6)

    def assertion(self) -> Classifier:
        """The classifier of triggers by how the text presents the act."""
        items, answers = [], []
        for view, _, states in self.sketches():
            items += [
                assertions.describe(view, t, self.preparer.classes) for t in range(len(states))
            ]
            answers += states
        return fit(items, answers, rounds=6)


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
    learner.assertion().chain.save(given.out / "assertion.npz")
    learner.roles().chain.save(given.out / "roles.npz")
    learner.chain([entity_marks(p) for p in passages]).save(given.out / "entities.npz")
    learner.chain([trigger_marks(p) for p in passages]).save(given.out / "triggers.npz")


if __name__ == "__main__":
    main()
