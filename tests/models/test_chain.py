"""Chains: probabilities, decoding, what is saved, and what training learns."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import chain, fitting
from models.chain import Chain
from models.classifier import Classifier, fit

LABELS = chain.bio(["ACT", "BODY"])


def random_block(texts: int, steps: int, seed: int = 1) -> chain.Floats:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((texts, steps, len(LABELS))).astype(np.float32)


def scores_of_all_paths(
    emissions: chain.Floats, transitions: chain.Floats
) -> dict[tuple[int, ...], float]:
    paths = {}
    for path in itertools.product(range(len(LABELS)), repeat=len(emissions)):
        before = (len(LABELS), *path[:-1])
        steps = zip(before, path, strict=True)
        paths[path] = float(
            sum(emissions[t, label] for t, label in enumerate(path))
            + sum(transitions[a, b] for a, b in steps)
        )
    return paths


def test_probabilities_are_those_of_all_sequences_counted_out() -> None:
    block, transitions = random_block(1, 4), chain.allowed(LABELS)
    paths = scores_of_all_paths(block[0], transitions)
    total = sum(np.exp(s) for s in paths.values())
    expected = np.zeros_like(block[0])
    for path, score in paths.items():
        for t, label in enumerate(path):
            expected[t, label] += np.exp(score) / total
    found = chain.marginals(block, np.array([4], dtype=np.int32), transitions)[0]
    assert found == pytest.approx(expected, abs=1e-5)


def test_the_best_sequence_is_the_best_of_all() -> None:
    block, transitions = random_block(1, 4, seed=2), chain.allowed(LABELS)
    paths = scores_of_all_paths(block[0], transitions)
    (best,) = chain.viterbi(block, np.array([4], dtype=np.int32), transitions)
    assert tuple(best) == max(paths, key=lambda path: paths[path])


def test_padding_changes_nothing() -> None:
    long, short = random_block(1, 6)[0], random_block(1, 3, seed=3)[0]
    transitions = chain.allowed(LABELS)
    together, lengths = chain.pad([long, short])
    alone, length = chain.pad([short])
    assert chain.marginals(together, lengths, transitions)[1, :3] == pytest.approx(
        chain.marginals(alone, length, transitions)[0], abs=1e-6
    )
    assert (
        chain.viterbi(together, lengths, transitions)[1]
        == chain.viterbi(alone, length, transitions)[0]
    )


def test_no_texts_need_no_numbers() -> None:
    assert (
        chain.viterbi(random_block(0, 0), np.zeros(0, dtype=np.int32), chain.allowed(LABELS)) == []
    )


@given(st.lists(st.sampled_from(LABELS)))
def test_spans_cover_the_labelled_tokens_in_order(labels: list[str]) -> None:
    spans = chain.spans(labels)
    covered = [t for first, past, _ in spans for t in range(first, past)]
    assert covered == [t for t, label in enumerate(labels) if label != "O"]


def trained() -> Chain:
    texts = [[["w=police"], ["w=beat"], ["w=him"]], [["w=rain"], ["w=fell"]]] * 20
    gold = [[LABELS.index("B-BODY"), LABELS.index("B-ACT"), 0], [0, 0]] * 20
    features = fitting.index(texts, 2)
    ids = [fitting.number(text, features) for text in texts]
    return fitting.fit_chain(ids, gold, LABELS, features, rounds=8)


def labels_of(model: Chain, text: list[list[str]]) -> list[str]:
    block, lengths = chain.pad([model.emissions(fitting.number(text, model.features))])
    (path,) = chain.viterbi(block, lengths, model.transitions)
    return [model.labels[k] for k in path]


def test_training_learns_what_it_is_shown() -> None:
    found = labels_of(trained(), [["w=police"], ["w=beat"], ["w=rain"]])
    assert found == ["B-BODY", "B-ACT", "O"]


def test_training_is_the_same_each_time() -> None:
    assert np.array_equal(trained().weights, trained().weights)


def test_a_saved_chain_reads_as_before(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "model.npz")
    again = chain.load(tmp_path / "model.npz")
    text = [["w=police"], ["w=beat"], ["w=never seen"]]
    assert again.labels == model.labels
    assert labels_of(again, text) == labels_of(model, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gone\.npz"):
        chain.load(tmp_path / "gone.npz")


def test_joined_chains_give_the_scores_of_each() -> None:
    first, second = trained(), trained()
    both = chain.joined([first, second])
    ids = fitting.number([["w=police"], ["w=beat"]], both.features)
    alone = first.emissions(fitting.number([["w=police"], ["w=beat"]], first.features))
    assert both.emissions(ids) == pytest.approx(np.concatenate([alone, alone], axis=1))


def test_a_classifier_gives_probabilities_that_sum_to_one() -> None:
    model: Classifier = fit([["a"], ["b"]] * 20, ["yes", "no"] * 20, least=2)
    table = model.probabilities([["a"], ["b"], ["c"]])
    assert table.sum(axis=1) == pytest.approx(1)
    assert [model.labels[k] for k in table[:2].argmax(axis=1)] == ["yes", "no"]
