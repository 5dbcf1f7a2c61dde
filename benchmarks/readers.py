"""How fast files are read, by format: `python -m benchmarks.readers PATH...`

Reads every file under the paths once to warm up and three times for the clock, in one process,
without annotating, and prints the best run; units are pages or rows. Files with pages that go to
Tesseract are counted apart: those take seconds where others take milliseconds.
"""

import platform
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from indexer.readers.reading import UnreadableDocument, read, rows, shape, sniff

RUNS = 3


@dataclass(slots=True)
class Tally:
    """What was read of one format: files, bytes, pages or rows, seconds by the clock
    and of the processor (which other programs do not lengthen)."""

    files: int = 0
    bytes: int = 0
    units: int = 0
    recognised: int = 0
    refused: int = 0
    seconds: float = 0.0
    processor: float = 0.0


def measure(paths: list[Path]) -> dict[str, Tally]:
    """A tally for each media type met."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for path in paths:
        data = path.read_bytes()
        try:
            media_type = sniff(data, path.name)
            units, recognised = _read(path, data, media_type)
        except UnreadableDocument:
            tallies["refused"].refused += 1
            continue
        tally = tallies[media_type + (", recognised" if recognised else "")]
        tally.files += 1
        tally.bytes += len(data)
        tally.units += units
        tally.recognised += recognised
        times = [_timed(path, data, media_type) for _ in range(1 if recognised else RUNS)]
        tally.seconds += min(clock for clock, _ in times)
        tally.processor += min(processor for _, processor in times)
    return tallies


def _read(path: Path, data: bytes, media_type: str) -> tuple[int, int]:
    """Pages or rows read, and pages recognised."""
    match shape(media_type):
        case "corpus":
            return sum(1 for row in rows(path, media_type, None, path.name) if row.document), 0
        case "document":
            document = read(data, path.name, media_type=media_type)
            recognised = sum(page.status == "ocr" for page in document.pages)
            return max(len(document.pages), 1), recognised
    return 0, 0


def _timed(path: Path, data: bytes, media_type: str) -> tuple[float, float]:
    begun, spent = time.perf_counter(), time.process_time()
    _read(path, data, media_type)
    return time.perf_counter() - begun, time.process_time() - spent


def _files(paths: list[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def main(arguments: list[str]) -> int:
    """Prints a table; 2 when no path was given."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    print(f"{date.today().isoformat()}, {platform.machine()}, Python {platform.python_version()}\n")
    print("| format | files | MB | units | s | processor s | units/s | MB/s |")
    print("|---|---|---|---|---|---|---|---|")
    for media_type, tally in sorted(measure(list(_files(arguments))).items()):
        if tally.files:
            megabytes = tally.bytes / 1e6
            rate = tally.units / tally.seconds
            print(
                f"| {media_type} | {tally.files} | {megabytes:.1f} | {tally.units} "
                f"| {tally.seconds:.2f} | {tally.processor:.2f} | {rate:.0f} "
                f"| {megabytes / tally.seconds:.1f} |"
            )
        elif tally.refused:
            print(f"| refused | {tally.refused} | | | | | | |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
