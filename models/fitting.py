"""Fits the small linear models: stochastic gradients with AdaGrad steps, on one core, seeded."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from models.chain import Chain, Floats, allowed, expectations, pad

RATE = 0.15
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


def reduced(chain: Chain, texts: Sequence[Sequence[Sequence[int]]], keep: int) -> dict[str, int]:
    """The `keep` features that do most in `chain`: their weight counts as often as they occur."""
    counts = np.zeros(len(chain.features), dtype=np.float32)
    for text in texts:
        for ids in text:
            counts[ids] += 1
    worth = np.abs(chain.weights).max(axis=1) * np.sqrt(counts)
    worth[0] = 0
    best = set(np.argsort(-worth, kind="stable")[:keep].tolist())
    kept = [name for name, i in chain.features.items() if i in best and name]
    return {"": 0} | {name: i for i, name in enumerate(kept, 1)}


def renumbered(
    texts: Sequence[Sequence[Sequence[int]]], old: dict[str, int], new: dict[str, int]
) -> list[list[list[int]]]:
    """Ids of the old numbering in the new one, features that it lacks left out."""
    table = {i: new[name] for name, i in old.items() if name in new and name}
    return [[[table[i] for i in ids if i in table] for ids in text] for text in texts]


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
    decay: float = 1e-5,
    top: float = RATE,
    start: float = 1e-3,
) -> Chain:
    """The chain that makes the gold labels likely."""
    rng = np.random.default_rng(SEED)
    fixed = allowed(labels)
    chain = Chain(
        labels, features, np.zeros((len(features), len(labels)), np.float32), fixed.copy()
    )
    memory = np.full(len(features), start, dtype=np.float32)
    between_memory = np.full_like(fixed, 1e-2)
    order = np.argsort([len(t) for t in texts], kind="stable")
    order = np.array([i for i in order if len(texts[i])])
    batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    for round in range(rounds):
        rate = top * (1 - 0.9 * round / max(1, rounds - 1)) if rounds > 1 else top
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
                decay,
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
    decay: float,
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
    update_rows(chain.weights, memory, texts, np.concatenate(slope), rate, decay)
    between_memory += between**2
    change = rate * between / np.sqrt(between_memory)
    chain.transitions -= np.where(fixed < 0, 0, change)


def update_rows(
    weights: Floats,
    memory: Floats,
    texts: Sequence[Sequence[Sequence[int]]],
    slope: Floats,
    rate: float,
    decay: float,
) -> None:
    """One AdaGrad step on the rows of the features that are present; `slope` has a row a token."""
    tokens = [ids for text in texts for ids in text]
    lengths = np.array([len(ids) + 1 for ids in tokens])
    flat = np.fromiter((i for ids in tokens for i in (0, *ids)), np.int64, int(lengths.sum()))
    owner = np.repeat(np.arange(len(tokens)), lengths)
    order = np.argsort(flat, kind="stable")
    rows, starts = np.unique(flat[order], return_index=True)
    total = np.add.reduceat(slope[owner[order]], starts, axis=0)
    total += decay * weights[rows]
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
