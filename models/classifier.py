"""A log-linear classifier over named features, with 8-bit weights in an .npz file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.chain import Chain, Floats
from models.fitting import BATCH, SEED, START, falling, index, number, update_rows

# An item has hundreds of features: with the step of the chains they would be learned by heart.
CAREFUL = 0.03


@dataclass(slots=True)
class Classifier:
    """Chooses one of the labels of `chain` for each item; the chain's transitions are unused."""

    chain: Chain

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in the order of the columns of `probabilities`."""
        return self.chain.labels

    def probabilities(self, items: Sequence[Sequence[str]]) -> Floats:
        """A row for each item: the probability of each label."""
        scores = self.chain.emissions(number(items, self.chain.features))
        return softmax(scores)


def softmax(scores: Floats) -> Floats:
    """Each row as probabilities."""
    exp = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-1e9))
    return np.asarray(exp / exp.sum(axis=1, keepdims=True), dtype=np.float32)


def fit(
    items: Sequence[Sequence[str]],
    answers: Sequence[str],
    least: int = 3,
    rounds: int = 8,
    also: Sequence[str] = (),
    rate: float = CAREFUL,
) -> Classifier:
    """The classifier that makes `answers` likely; `also` are labels that may be missing there, and
    `rate` the first step of a weight."""
    labels = tuple(sorted({*answers, *also}))
    features = index([items], least)
    chain = Chain(
        labels,
        features,
        np.zeros((len(features), len(labels)), np.float32),
        np.zeros((len(labels) + 1, len(labels)), np.float32),
    )
    ids = number(items, features)
    gold = np.array([labels.index(answer) for answer in answers])
    memory = np.full(len(features), START, dtype=np.float32)
    rng = np.random.default_rng(SEED)
    size = BATCH * 8
    for round in range(rounds):
        now = falling(round, rounds, rate)
        order = rng.permutation(len(ids))
        for low in range(0, len(order), size):
            chosen = order[low : low + size]
            batch = [ids[i] for i in chosen]
            slope = softmax(chain.emissions(batch))
            slope[np.arange(len(chosen)), gold[chosen]] -= 1
            update_rows(chain.weights, memory, [batch], slope, now)
    return Classifier(chain)
