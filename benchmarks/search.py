"""Time of searches and of a screening inside the service, on an index that is there.

    EVIDENCE_HOME=... python -m benchmarks.search --rounds 20

Prints median and 95th percentile in milliseconds.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

from indexer.engine import Query
from search_api.application import Application
from search_api.screening import screen
from search_api.service import open_service
from search_api.settings import Settings

QUERIES = (
    "facial recognition Uyghurs",
    "journalists detained",
    '"public security" surveillance',
    "internet shutdown election",
    "police",
    "the government",
)
PARTIES = (
    ("Ministry of Public Security", "CN"),
    ("Gong'an Bu", "CN"),
    ("公安部", "CN"),
    ("Bezbednosno-informativna agencija", "RS"),
    ("Public Security Charity Foundation", "CN"),
)


def timed(action: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 95th percentile of an action in milliseconds; a first round is not counted."""
    action()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main(argv: list[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args(argv).rounds
    service = open_service(Settings())
    coverage = service.engine.coverage()
    print(f"{coverage.documents:,} documents, {coverage.passages:,} passages")
    print(f"{'what':44}{'found':>9}{'median ms':>11}{'95 % ms':>9}")
    for text in QUERIES:
        query = Query(text=text)
        total = service.engine.search(query).total
        median, slow = timed(partial(service.engine.search, query), rounds)
        print(f"{'search ' + text:44}{total:9,}{median:11.1f}{slow:9.1f}")
    parties = [
        {"ref": f"p{i}", "role": "end_user", "name": name, "country": country}
        for i, (name, country) in enumerate(PARTIES)
    ]
    application = Application.model_validate({"reference": "B", "parties": parties})
    found = screen(application, service.engine, product_version="").summary.findings
    median, slow = timed(lambda: screen(application, service.engine, product_version=""), rounds)
    print(f"{'screening of five parties':44}{found:9,}{median:11.1f}{slow:9.1f}")
    service.close()


if __name__ == "__main__":
    main()
