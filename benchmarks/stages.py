"""Words a second of each stage between a corpus and the index, in one process.

    python -m benchmarks.stages CORPUS.jsonl.gz --rows 40

Prints one line a stage with its share of the time. The load itself runs the stages before the
index in as many processes as there are processors.
"""

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from indexer.engine import open_engine
from indexer.packing import pack
from indexer.readers.reading import rows, sniff
from nlp.entities import context
from nlp.language import identify
from nlp.passages import cut
from nlp.pipeline import load_pipeline, merge
from nlp.terms import index_terms


class Clock:
    """Seconds spent in each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - started


def measure(path: Path, count: int) -> tuple[int, Clock]:
    """Words of the first `count` rows, and the clock of what was done with them."""
    clock = Clock()
    pipeline = load_pipeline()
    pipeline.extract("Police arrested three lawyers on Monday.")  # what is loaded on first use
    engine = open_engine("sqlite:///")
    words = 0
    with path.open("rb") as stream:
        media_type = sniff(stream.read(1 << 16), path.name)
    source = rows(path, media_type, {}, str(path))
    while True:
        with clock.stage("read the row"):
            row = next(islice(source, 1), None)
        if row is None or count == 0:
            break
        if row.document is None:
            continue
        count -= 1
        document = row.document
        words += document.text.count(" ") + 1
        with clock.stage("language"):
            language = identify(document.text)
        document = replace(document, language=language, country=pipeline.country(document))
        with clock.stage("passages and sentences"):
            cuts = list(cut(document))
        with clock.stage("names around"):
            around = context(c.text for c in cuts)
        with clock.stage("entities and events"):
            found = pipeline.extractor.extract(pipeline.texts(document, cuts, around))
        passages, extraction = merge(document, cuts, found)
        with clock.stage("linking"):
            mentions, entities = pipeline.linker.link(document, extraction, persons=True)
        document = replace(
            document,
            passages=passages,
            mentions=mentions,
            events=extraction.events,
            entities=tuple(e for e in entities if e.source == "corpus"),
            pipeline=pipeline.version,
        )
        with clock.stage("of the index: terms"):
            for passage in document.passages:
                index_terms(document.quote(passage.span), passage.language)
        with clock.stage("of the index: packing"):
            pack(document)
        with clock.stage("index, all of it"):
            engine.add([document])
    return words, clock


def main(argv: list[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rows", type=int, default=40)
    arguments = parser.parse_args(argv)
    words, clock = measure(arguments.corpus, arguments.rows)
    whole = sum(s for name, s in clock.seconds.items() if not name.startswith("of the index"))
    print(f"{'stage':28}{'words/s':>12}{'share':>8}")
    for name, seconds in clock.seconds.items():
        share = f"{seconds / whole:8.1%}"
        print(f"{name:28}{words / seconds:12,.0f}{share}")
    print(f"{'all':28}{words / whole:12,.0f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{words:,} words; peak memory {peak:,} MiB")


if __name__ == "__main__":
    main()
