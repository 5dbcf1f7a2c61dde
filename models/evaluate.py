"""How well predicted annotations agree with gold ones.

    python -m models.evaluate GOLD.jsonl PREDICTED.jsonl [--json FILE]

Prints a table and, with `--json`, writes every figure with its counts and a bootstrap interval,
for all passages and for each source. What each figure means is said at the function that counts it.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.corpora import Annotated, GoldEntity, GoldEvent, by_source, read

# Resamples of the passages for each interval, and the seed that makes them the same each time.
RESAMPLES = 1000
SEED = 13
SURE = frozenset(("confirmed", "alleged"))
NOT_ABUSE = "TRADE."


class MissingPredictions(ValueError):
    """Passages of the gold file have no prediction; the message names them."""


@dataclass(frozen=True, slots=True)
class Count:
    """Right, wrongly given, and missed, in one passage or many. For an accuracy `fp` are the wrong
    ones and `fn` is 0; for a rate `tp` are the cases counted, `fp` the others."""

    tp: int = 0
    fp: int = 0
    fn: int = 0


Counter = Callable[[Annotated, Annotated], Count]


def overlap_of_sets(gold: Iterable[object], predicted: Iterable[object]) -> Count:
    """Agreement of two sets."""
    left, right = set(gold), set(predicted)
    both = len(left & right)
    return Count(both, len(right) - both, len(left) - both)


def entities(
    gold: Annotated, predicted: Annotated, type: str | None = None, form: str | None = None
) -> Count:
    """Entities with the same start, end and type; of one type or one form (NAM, NOM) when given.

    With a form, an entity is looked for among the other side's entities of either form, so that
    a right span whose form is wrong is neither missed nor wrongly given.
    """

    def key(e: GoldEntity) -> tuple[int, int, str]:
        return e.start, e.end, e.type

    def chosen(e: GoldEntity) -> bool:
        return (type is None or e.type == type) and (form is None or e.mention == form)

    mine = {key(e) for e in gold.entities if chosen(e)}
    theirs = {key(e) for e in predicted.entities if chosen(e)}
    all_mine, all_theirs = {key(e) for e in gold.entities}, {key(e) for e in predicted.entities}
    tp = len(mine & all_theirs)
    return Count(tp, len(theirs - all_mine), len(mine) - tp)


def event_types(gold: Annotated, predicted: Annotated) -> Count:
    """The set of event types in the passage."""
    return overlap_of_sets((e.type for e in gold.events), (e.type for e in predicted.events))


def matched(gold: Annotated, predicted: Annotated) -> list[tuple[int, int]]:
    """Numbers of gold and predicted events of the same type whose triggers share a character.

    One to one: the pairs with most characters in common are taken first.
    """
    pairs = []
    for i, g in enumerate(gold.events):
        for j, p in enumerate(predicted.events):
            common = min(g.end, p.end) - max(g.start, p.start)
            if g.type == p.type and common > 0:
                pairs.append((-common, i, j))
    seen_gold: set[int] = set()
    seen_predicted: set[int] = set()
    chosen = []
    for _, i, j in sorted(pairs):
        if i not in seen_gold and j not in seen_predicted:
            seen_gold.add(i)
            seen_predicted.add(j)
            chosen.append((i, j))
    return chosen


def triggers(gold: Annotated, predicted: Annotated) -> Count:
    """Events of the same type with overlapping triggers, one to one."""
    tp = len(matched(gold, predicted))
    return Count(tp, len(predicted.events) - tp, len(gold.events) - tp)


def roles(gold: Annotated, predicted: Annotated, exact: bool = False) -> Count:
    """Role fillers end to end: matched event, same role, and the filler's span overlaps that of a
    gold filler (with `exact`, equals it), one to one. Fillers of unmatched events count as missed
    or wrongly given."""
    tp = 0
    for i, j in matched(gold, predicted):
        tp += _fillers_in_common(gold, gold.events[i], predicted, predicted.events[j], exact)
    mine = sum(len(e.fillers()) for e in gold.events)
    theirs = sum(len(e.fillers()) for e in predicted.events)
    return Count(tp, theirs - tp, mine - tp)


def _fillers_in_common(
    gold: Annotated, mine: GoldEvent, predicted: Annotated, theirs: GoldEvent, exact: bool
) -> int:
    free = [(role, predicted.entity(id)) for role, id in theirs.fillers()]
    common = 0
    for role, id in mine.fillers():
        entity = gold.entity(id)
        for place, (name, other) in enumerate(free):
            same = (other.start, other.end) == (entity.start, entity.end)
            if name == role and (same or (not exact and entity.overlaps(other.start, other.end))):
                del free[place]
                common += 1
                break
    return common


def assertion(gold: Annotated, predicted: Annotated) -> Count:
    """Matched events whose assertion is the same: an accuracy."""
    pairs = matched(gold, predicted)
    right = sum(gold.events[i].assertion == predicted.events[j].assertion for i, j in pairs)
    return Count(right, len(pairs) - right)


def assertion_side(gold: Annotated, predicted: Annotated) -> Count:
    """Matched events on the same side of {confirmed, alleged} against the rest: an accuracy."""
    pairs = matched(gold, predicted)
    right = sum(_sure(gold.events[i]) == _sure(predicted.events[j]) for i, j in pairs)
    return Count(right, len(pairs) - right)


def _sure(event: GoldEvent) -> bool:
    return event.assertion in SURE


def is_adverse(passage: Annotated) -> bool:
    """True when the passage holds an abuse (any type but TRADE) that is confirmed or alleged and
    has a perpetrator."""
    return any(
        not event.type.startswith(NOT_ABUSE)
        and event.assertion in SURE
        and any(role == "perpetrator" for role, _ in event.fillers())
        for event in passage.events
    )


def adverse(gold: Annotated, predicted: Annotated) -> Count:
    """Whether the passage is adverse: an accuracy."""
    right = is_adverse(gold) == is_adverse(predicted)
    return Count(int(right), int(not right))


def falsely_adverse(gold: Annotated, predicted: Annotated) -> Count:
    """Of the passages that hold no adverse act, those that are said to: a rate."""
    if is_adverse(gold):
        return Count()
    wrong = is_adverse(predicted)
    return Count(int(wrong), int(not wrong))


def adverse_found(gold: Annotated, predicted: Annotated) -> Count:
    """Of the adverse passages, those found: a rate."""
    if not is_adverse(gold):
        return Count()
    found = is_adverse(predicted)
    return Count(int(found), int(not found))


def measures(passages: Sequence[Annotated]) -> dict[str, tuple[str, Counter]]:
    """Name, kind of figure (`f1` or `rate`) and counting function of each measure."""
    types = sorted({e.type for p in passages for e in p.entities})
    named: dict[str, tuple[str, Counter]] = {"entities": ("f1", entities)}
    for type in types:
        named[f"entities {type}"] = ("f1", _only(type=type))
    named["names (NAM)"] = ("f1", _only(form="NAM"))
    named["descriptions (NOM)"] = ("f1", _only(form="NOM"))
    return named | {
        "event types": ("f1", event_types),
        "triggers": ("f1", triggers),
        "roles": ("f1", roles),
        "roles, exact span": ("f1", lambda g, p: roles(g, p, exact=True)),
        "assertion": ("rate", assertion),
        "assertion, sure or not": ("rate", assertion_side),
        "adverse or not": ("rate", adverse),
        "adverse found": ("rate", adverse_found),
        "falsely adverse": ("rate", falsely_adverse),
    }


def _only(type: str | None = None, form: str | None = None) -> Counter:
    return lambda gold, predicted: entities(gold, predicted, type, form)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over many passages. For a rate `value` is it and the other two are None."""

    value: float
    precision: float | None
    recall: float | None
    low: float
    high: float
    tp: int
    fp: int
    fn: int


def figure(kind: str, counts: Sequence[Count]) -> Figure:
    """Sum of the counts as one figure, with a 95 % interval by resampling the passages."""
    table = np.array([(c.tp, c.fp, c.fn) for c in counts], dtype=np.float64).reshape(-1, 3)
    tp, fp, fn = (int(n) for n in table.sum(axis=0))
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(max(1, len(table)), _even(len(table)), size=RESAMPLES)
    drawn = weights[:, : len(table)] @ table
    values = np.sort([_value(kind, *row) for row in drawn])
    low, high = (float(v) for v in np.quantile(values, (0.025, 0.975)))
    precision = _ratio(tp, tp + fp) if kind == "f1" else None
    recall = _ratio(tp, tp + fn) if kind == "f1" else None
    return Figure(_value(kind, tp, fp, fn), precision, recall, low, high, tp, fp, fn)


def _even(n: int) -> list[float]:
    return [1 / n] * n if n else [1.0]


def _value(kind: str, tp: float, fp: float, fn: float) -> float:
    return _ratio(2 * tp, 2 * tp + fp + fn) if kind == "f1" else _ratio(tp, tp + fp)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def aligned(gold: Sequence[Annotated], predicted: Sequence[Annotated]) -> list[Annotated]:
    """The prediction for each gold passage, in its order; raises `MissingPredictions`."""
    by_id = {p.id: p for p in predicted}
    missing = [p.id for p in gold if p.id not in by_id]
    if missing:
        raise MissingPredictions(f"no prediction for {', '.join(missing)}")
    return [by_id[p.id] for p in gold]


def evaluate(
    gold: Sequence[Annotated], predicted: Sequence[Annotated]
) -> dict[str, dict[str, Figure]]:
    """Figures by measure, under `all` and under each source of the gold passages."""
    pairs = dict(zip((p.id for p in gold), aligned(gold, predicted), strict=True))
    groups = {"all": list(gold)} | by_source(p for p in gold if p.source)
    named = measures(gold)
    return {
        group: {
            name: figure(kind, [count(p, pairs[p.id]) for p in passages])
            for name, (kind, count) in named.items()
        }
        for group, passages in groups.items()
    }


def confusion(
    gold: Sequence[Annotated], predicted: Sequence[Annotated]
) -> dict[str, dict[str, int]]:
    """Matched events by gold assertion and predicted assertion."""
    table: dict[str, dict[str, int]] = {}
    for mine, theirs in zip(gold, aligned(gold, predicted), strict=True):
        for i, j in matched(mine, theirs):
            row = table.setdefault(mine.events[i].assertion, {})
            given = theirs.events[j].assertion
            row[given] = row.get(given, 0) + 1
    return table


def as_table(figures: Mapping[str, Mapping[str, Figure]]) -> str:
    """All figures as text: one line a measure with counts and interval, then one value a source."""
    lines = [f"{'measure':<24}{'value':>7}{'95 %':>16}{'P':>7}{'R':>7}{'tp':>7}{'fp':>7}{'fn':>7}"]
    for name, f in figures["all"].items():
        interval = f"{f.low:.3f}-{f.high:.3f}"
        p = f"{f.precision:.3f}" if f.precision is not None else ""
        r = f"{f.recall:.3f}" if f.recall is not None else ""
        counts = f"{f.tp:>7}{f.fp:>7}{f.fn:>7}"
        lines.append(f"{name:<24}{f.value:>7.3f}{interval:>16}{p:>7}{r:>7}{counts}")
    sources = [source for source in figures if source != "all"]
    if sources:
        lines.append("")
        lines.append(f"{'by source':<24}" + "".join(f"{s:>12}" for s in sources))
        for name in figures["all"]:
            values = "".join(f"{figures[s][name].value:>12.3f}" for s in sources)
            lines.append(f"{name:<24}{values}")
    return "\n".join(lines)


def confusion_table(table: Mapping[str, Mapping[str, int]]) -> str:
    """Rows: assertion in gold; columns: as predicted."""
    order = ("confirmed", "alleged", "denied", "hypothetical", "negated")
    lines = [f"{'gold / predicted':<16}" + "".join(f"{name:>14}" for name in order)]
    for name in order:
        row = table.get(name, {})
        lines.append(f"{name:<16}" + "".join(f"{row.get(other, 0):>14}" for other in order))
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when a file cannot be compared."""
    parser = argparse.ArgumentParser(prog="models.evaluate", description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("predicted", type=Path)
    parser.add_argument("--json", type=Path, help="where to write every figure")
    given = parser.parse_args(argv)
    try:
        gold, predicted = read(given.gold), read(given.predicted)
        figures = evaluate(gold, predicted)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    table = confusion(gold, predicted)
    print(as_table(figures))
    print()
    print(confusion_table(table))
    if given.json:
        given.json.write_text(_as_json(figures, table), encoding="utf-8")
    return 0


def _as_json(
    figures: Mapping[str, Mapping[str, Figure]], table: Mapping[str, Mapping[str, int]]
) -> str:
    rows = {
        group: {
            name: {slot: getattr(f, slot) for slot in Figure.__slots__} for name, f in named.items()
        }
        for group, named in figures.items()
    }
    return json.dumps({"figures": rows, "assertion": table}, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
