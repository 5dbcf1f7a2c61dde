"""Words that keep the same company, numbered: classes learned from unlabelled reports.

    python -m models.clusters --corpus FOLDER --out FILE

`FOLDER` holds gzipped JSON lines with a `text` each. The file that comes out has one word a line
with its coarse and its fine class. It holds words and numbers, no running text.
"""

import argparse
import collections
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.tokens import tokenise

# Sizes found by trying: more words or classes changed the scores of the taggers by noise only.
WORDS = 24_000
CONTEXTS = 1_500
RANK = 80
CLASSES = (64, 512)
SEED = 20

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def normal_form(word: str) -> str:
    """The form under which a word is counted: lower case, digits as zeros."""
    low = word.lower()
    if low.isalpha():
        return low
    return "".join("0" if c.isdigit() else c for c in low)


def read_texts(folder: Path) -> Iterator[list[str]]:
    """The tokens of each text in the gzipped JSON lines of `folder`, in normal form."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["text"]
                yield [normal_form(text[a:b]) for a, b in tokenise(text)]


def count(folder: Path) -> tuple[list[str], Floats]:
    """The most frequent words, and how often each stands beside each context word."""
    frequency: collections.Counter[str] = collections.Counter()
    for words in read_texts(folder):
        frequency.update(words)
    vocabulary = [word for word, _ in frequency.most_common(WORDS)]
    index = {word: i for i, word in enumerate(vocabulary)}
    offsets = (-2, -1, 1, 2)
    table = np.zeros((WORDS, CONTEXTS * len(offsets)), dtype=np.float32)
    for words in read_texts(folder):
        ids = np.array([index.get(word, WORDS) for word in words], dtype=np.int64)
        for block, offset in enumerate(offsets):
            _add_pairs(table, ids, offset, block * CONTEXTS)
    return vocabulary, table


def _add_pairs(table: Floats, ids: Ints, offset: int, column: int) -> None:
    low, high = max(0, -offset), len(ids) - max(0, offset)
    word, context = ids[low:high], ids[low + offset : high + offset]
    keep = (word < WORDS) & (context < CONTEXTS)
    np.add.at(table, (word[keep], context[keep] + column), 1.0)


def embed(table: Floats) -> Floats:
    """Unit vectors of rank `RANK` from the positive pointwise mutual information of `table`."""
    total = float(table.sum())
    rows = table.sum(axis=1, keepdims=True) + 1.0
    columns = table.sum(axis=0, keepdims=True) + 1.0
    table *= total / rows
    table /= columns
    np.log(np.maximum(table, 1.0), out=table)
    rng = np.random.default_rng(SEED)
    sketch = rng.standard_normal((table.shape[1], RANK + 20)).astype(np.float32)
    for _ in range(4):
        basis, _ = np.linalg.qr(table @ sketch)
        sketch = table.T @ basis
    left, values, _ = np.linalg.svd(basis.T @ table, full_matrices=False)
    vectors = (basis @ left)[:, :RANK] * np.sqrt(values[:RANK])
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-6), dtype=np.float32)


def group(vectors: Floats, classes: int, rounds: int = 25) -> Ints:
    """The class of each vector by spherical k-means; words come in order of frequency."""
    centres = vectors[: classes * 4 : 4].copy()
    chosen = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(rounds):
        chosen = np.argmax(vectors @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, chosen, vectors)
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
    return chosen


def read(path: Path) -> dict[str, tuple[str, str]]:
    """Coarse and fine class by word, from a file that `main` wrote."""
    classes = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            word, coarse, fine = line.split("\t")
            classes[word] = (coarse, fine)
    return classes


def main(argv: Sequence[str] | None = None) -> None:
    """Writes the classes of the words of a corpus."""
    parser = argparse.ArgumentParser(prog="models.clusters", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(argv)
    vocabulary, table = count(given.corpus)
    vectors = embed(table)
    coarse, fine = (group(vectors, classes) for classes in CLASSES)
    lines = [
        "# Word classes: word, coarse, fine. Learned from US State Department country reports",
        "# 2016-2024 (public domain) by: python -m models.clusters --corpus FOLDER --out FILE",
    ]
    rows = zip(vocabulary, coarse, fine, strict=True)
    lines += [f"{word}\t{a}\t{b}" for word, a, b in rows if word.isalpha() or "." in word]
    given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
