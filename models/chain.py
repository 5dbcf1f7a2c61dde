"""A linear-chain model over tokens: names what each token begins or continues.

Sums of feature weights and of weights between neighbouring labels; the probability of each label
comes from the forward-backward algorithm over many texts at once. Weights are arrays in an .npz
file, never pickle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

# Weight of a transition that cannot be: "continues X" after anything but X.
IMPOSSIBLE = -1e4
OUTSIDE = "O"


def bio(types: Sequence[str]) -> tuple[str, ...]:
    """The labels for `types`: outside, and a beginning and a continuation of each."""
    return (OUTSIDE, *(f"{mark}-{name}" for name in types for mark in "BI"))


def allowed(labels: Sequence[str]) -> Floats:
    """0 where one label may follow another, `IMPOSSIBLE` elsewhere; the last row is the start."""
    table = np.zeros((len(labels) + 1, len(labels)), dtype=np.float32)
    for column, label in enumerate(labels):
        if label.startswith("I-"):
            for row in range(len(labels) + 1):
                before = labels[row] if row < len(labels) else OUTSIDE
                if before not in ("B-" + label[2:], label):
                    table[row, column] = IMPOSSIBLE
    return table


@dataclass(slots=True)
class Chain:
    """Labels, one row of weights a feature (row 0 is the bias), and weights between labels."""

    labels: tuple[str, ...]
    features: dict[str, int]
    weights: Floats
    transitions: Floats

    def emissions(self, tokens: Sequence[Sequence[int]]) -> Floats:
        """A score for each token and label, from the ids of the features of each token."""
        if not tokens:
            return np.zeros((0, len(self.labels)), dtype=np.float32)
        lengths = np.fromiter((len(ids) + 1 for ids in tokens), dtype=np.int64, count=len(tokens))
        flat = np.fromiter(
            (i for ids in tokens for i in (0, *ids)), dtype=np.int64, count=int(lengths.sum())
        )
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        return np.asarray(np.add.reduceat(self.weights[flat], starts, axis=0), dtype=np.float32)

    def save(self, path: Path, about: str = "") -> None:
        """Writes labels, features and weights, the weights in 8-bit steps of each column; `about`
        says in words what they were learned from."""
        scale = np.maximum(np.abs(self.weights).max(axis=0), 1e-6) / 127
        steps = np.rint(self.weights / scale).astype(np.int8)
        kept = np.flatnonzero(steps.any(axis=1))
        kept = np.union1d(kept, [0])
        names = [""] * len(self.weights)
        for name, i in self.features.items():
            names[i] = name
        np.savez_compressed(
            path,
            labels=_pack(self.labels),
            features=_pack([names[i] for i in kept]),
            steps=np.ascontiguousarray(steps[kept].T),
            scale=scale.astype(np.float32),
            transitions=self.transitions,
            about=_pack([about]),
        )


def load(path: Path) -> Chain:
    """The chain that `Chain.save` wrote; FileNotFoundError when there is none."""
    with np.load(path, allow_pickle=False) as arrays:
        weights = arrays["steps"].T.astype(np.float32) * arrays["scale"]
        names = _unpack(arrays["features"])
        features = {name: i for i, name in enumerate(names)}
        return Chain(
            tuple(_unpack(arrays["labels"])),
            features,
            np.ascontiguousarray(weights, dtype=np.float32),
            arrays["transitions"].astype(np.float32),
        )


def _pack(words: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def _unpack(data: npt.NDArray[np.uint8]) -> list[str]:
    return data.tobytes().decode().split("\n")


def pad(sequences: Sequence[Floats]) -> tuple[Floats, Ints]:
    """Emissions of several texts in one block (text, token, label), and the length of each."""
    lengths = np.array([len(s) for s in sequences], dtype=np.int32)
    width = sequences[0].shape[1]
    block = np.zeros((len(sequences), int(lengths.max(initial=0)), width), dtype=np.float32)
    for i, sequence in enumerate(sequences):
        block[i, : len(sequence)] = sequence
    return block, lengths


def viterbi(block: Floats, lengths: Ints, transitions: Floats) -> list[list[int]]:
    """The best label sequence of each text of a padded block."""
    texts, steps, width = block.shape
    if not texts or not steps:
        return [[] for _ in range(texts)]
    score = block[:, 0] + transitions[-1]
    back = np.zeros((steps, texts, width), dtype=np.int16)
    finals = np.zeros(texts, dtype=np.int64)
    between = np.ascontiguousarray(transitions[:-1].T)
    for t in range(steps):
        if t:
            paths = score[:, None, :] + between
            back[t] = paths.argmax(axis=2)
            score = paths.max(axis=2) + block[:, t]
        ended = lengths == t + 1
        finals[ended] = score[ended].argmax(axis=1)
    return [_trace(back[:, i], int(finals[i]), int(n)) for i, n in enumerate(lengths)]


def _trace(back: npt.NDArray[np.int16], final: int, length: int) -> list[int]:
    path = [final] * length
    for t in range(length - 1, 0, -1):
        path[t - 1] = int(back[t, path[t]])
    return path


def marginals(block: Floats, lengths: Ints, transitions: Floats) -> Floats:
    """Probability of each label at each token of a padded block, zero past the end of a text."""
    return expectations(block, lengths, transitions)[0]


def expectations(block: Floats, lengths: Ints, transitions: Floats) -> tuple[Floats, Floats]:
    """`marginals`, and the expected number of each transition summed over the texts, by the
    forward-backward algorithm with scaling."""
    texts, steps, width = block.shape
    exp = np.exp(block - block.max(axis=2, keepdims=True))
    step = np.exp(np.minimum(transitions, 30.0))
    forward = np.zeros_like(exp)
    valid = np.arange(steps)[None, :] < lengths[:, None]
    scale = np.ones((texts, steps), dtype=np.float32)
    for t in range(steps):
        now = exp[:, t] * (forward[:, t - 1] @ step[:-1] if t else step[-1])
        scale[:, t] = np.maximum(now.sum(axis=1), 1e-30)
        forward[:, t] = now / scale[:, t, None]
    backward = np.zeros_like(exp)
    counts = np.zeros_like(transitions)
    after = np.ones((texts, width), dtype=np.float32)
    for t in range(steps - 1, -1, -1):
        last = (lengths == t + 1)[:, None]
        after = np.where(last, np.float32(1.0), after)
        backward[:, t] = after
        pull = np.where(valid[:, t, None], exp[:, t] * after / scale[:, t, None], 0)
        if t:
            counts[:-1] += forward[:, t - 1].T @ pull
            after = pull @ step[:-1].T
        else:
            counts[-1] += step[-1] * pull.sum(axis=0)
    counts[:-1] *= step[:-1]
    probabilities = forward * backward * valid[:, :, None]
    return np.asarray(probabilities, dtype=np.float32), counts


def spans(labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """First token, token after the last, and type of each labelled stretch; a continuation of
    nothing begins one."""
    found: list[tuple[int, int, str]] = []
    before = OUTSIDE
    for i, label in enumerate(labels):
        if label != OUTSIDE:
            name = label[2:]
            if label[0] == "I" and before[2:] == name:
                found[-1] = (found[-1][0], i + 1, name)
            else:
                found.append((i, i + 1, name))
        before = label
    return found


def joined(chains: Sequence[Chain]) -> Chain:
    """Chains side by side: the features of all, and the columns of each after the other."""
    names = dict.fromkeys(name for c in chains for name in c.features)
    features = {name: i for i, name in enumerate(names)}
    labels = tuple(label for c in chains for label in c.labels)
    weights = np.zeros((len(features), len(labels)), dtype=np.float32)
    column = 0
    for c in chains:
        rows = [features[name] for name in c.features]
        weights[rows, column : column + len(c.labels)] = c.weights[list(c.features.values())]
        column += len(c.labels)
    return Chain(labels, features, weights, np.zeros((1, len(labels)), dtype=np.float32))
