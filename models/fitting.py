"""Fits the small linear models: stochastic gradients with AdaGrad steps, on one core, seeded."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from models.chain import Chain, Floats, allowed, expectations, pad

# First step of a weight, and the memory of its gradients at the start: large enough that what is
# rare moves little.
RATE = 0.1
START = 1.0
BATCH = 48
SEED = 7


def index(tokens: Sequence[Sequence[Sequence[str]]], least: int) -> dict[str, int]:
    """A number for each feature seen at least `least` times; 0 is the bias."""
    counts: Counter[str] = Counter()
    for text in tokens:
        for names in text:
            counts.update(names)
    kept = sorted(name for name, n in counts.items() if n >= least)
    return {"": 0} | {name: i for i, name in enumerate(kept, 1)}


def falling(round: int, rounds: int, rate: float = RATE) -> float:
    """The step in one of `rounds` rounds: from `rate` down to a tenth of it."""
    return rate * (1 - 0.9 * round / max(1, rounds - 1))


def number(text: Sequence[Sequence[str]], features: dict[str, int]) -> list[list[int]]:
    """The ids of the known features of each token."""
    get = features.get
    return [[i for name in names if (i := get(name)) is not None] for names in text]


def fit_chain(
    texts: Sequence[list[list[int]]],
    gold: Sequence[Sequence[int]],
    labels: tuple[str, ...],
    features: dict[str, int],
    rounds: int = 8,
) -> Chain:
    """The chain that makes the gold labels likely."""
    rng = np.random.default_rng(SEED)
    fixed = allowed(labels)
    chain = Chain(
        labels, features, np.zeros((len(features), len(labels)), np.float32), fixed.copy()
    )
    memory = np.full(len(features), START, dtype=np.float32)
    between_memory = np.full_like(fixed, 1e-2)
    order = np.argsort([len(t) for t in texts], kind="stable")
    order = np.array([i for i in order if len(texts[i])])
    batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    for round in range(rounds):
        rate = falling(round, rounds)
        for b in rng.permutation(len(batches)):
            chosen = batches[b]
            _step(
                chain,
                [texts[i] for i in chosen],
                [gold[i] for i in chosen],
                memory,
                between_memory,
                fixed,
                rate,
            )
    return chain


def _step(
    chain: Chain,
    texts: list[list[list[int]]],
    gold: list[Sequence[int]],
    memory: Floats,
    between_memory: Floats,
    fixed: Floats,
    rate: float,
) -> None:
    block, lengths = pad([chain.emissions(text) for text in texts])
    probabilities, counts = expectations(block, lengths, chain.transitions)
    slope, between = [], counts
    for i, answer in enumerate(gold):
        mine = probabilities[i, : lengths[i]]
        mine[np.arange(len(answer)), answer] -= 1
        slope.append(mine)
        before = np.array([len(chain.labels), *answer[:-1]])
        np.add.at(between, (before, np.asarray(answer)), -1)
    update_rows(chain.weights, memory, texts, np.concatenate(slope), rate)
    between_memory += between**2
    change = rate * between / np.sqrt(between_memory)
    chain.transitions -= np.where(fixed < 0, 0, change)


def update_rows(
    weights: Floats,
    memory: Floats,
    texts: Sequence[Sequence[Sequence[int]]],
    slope: Floats,
    rate: float,
) -> None:
    """One AdaGrad step on the rows of the features that are present; `slope` has a row a token."""
    tokens = [ids for text in texts for ids in text]
    lengths = np.array([len(ids) + 1 for ids in tokens])
    flat = np.fromiter((i for ids in tokens for i in (0, *ids)), np.int64, int(lengths.sum()))
    owner = np.repeat(np.arange(len(tokens)), lengths)
    order = np.argsort(flat, kind="stable")
    rows, starts = np.unique(flat[order], return_index=True)
    total = np.add.reduceat(slope[owner[order]], starts, axis=0)
    memory[rows] += (total**2).sum(axis=1) / total.shape[1] * 4
    weights[rows] -= rate * total / np.sqrt(memory[rows])[:, None]


def labelled(
    tokens: Sequence[tuple[int, int]],
    marked: Sequence[tuple[int, int, str]],
    labels: dict[str, int],
) -> list[int]:
    """The label of each token from marked character spans and their types."""
    answer = [0] * len(tokens)
    at = 0
    for start, end, name in sorted(marked):
        while at < len(tokens) and tokens[at][1] <= start:
            at += 1
        first = True
        while at < len(tokens) and tokens[at][0] < end:
            answer[at] = labels[("B-" if first else "I-") + name]
            first = False
            at += 1
    return answer
