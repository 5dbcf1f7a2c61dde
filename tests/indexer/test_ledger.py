from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.ledger import (
    READ,
    UNREAD,
    Ledger,
    LedgerUnavailable,
    LoadItem,
    LoadNotFound,
    ScreeningNotFound,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


ITEMS = (
    LoadItem(source="a.pdf", status=READ, document="a", pages=3, pages_unread=1, words=100),
    LoadItem(source="b.txt", status=UNREAD, reason="The file is empty: it has 0 bytes."),
)


def test_a_report_counts_what_became_of_each_file(ledger: Ledger) -> None:
    report = ledger.start_load(["folder"])
    ledger.add_items(report, ITEMS)
    ledger.finish_load(report)
    kept = ledger.load(report.id)
    assert (kept.read, kept.unread, kept.words, kept.pages, kept.pages_unread) == (1, 1, 100, 3, 1)
    assert kept.reasons == {"The file is empty: it has 0 bytes.": 1}
    assert ledger.items(report.id) == [ITEMS[1]]
    assert kept == ledger.loads()[0]


def test_a_load_that_was_killed_is_shown_as_unfinished_with_what_it_did(ledger: Ledger) -> None:
    report = ledger.start_load(["folder"])
    ledger.add_items(report, ITEMS)
    (kept,) = ledger.loads()
    assert kept.finished is None
    assert (kept.read, kept.unread, kept.words) == (1, 1, 100)


def test_a_screening_is_kept_byte_for_byte(ledger: Ledger) -> None:
    ledger.freeze(
        screening_id="scr_1",
        created="2026-11-25T00:00:00Z",
        reference="Z",
        input_sha256="0" * 64,
        result_sha256="1" * 64,
        request=b"{}",
        response='{"name":"公安部"}'.encode(),
    )
    assert ledger.screening("scr_1") == '{"name":"公安部"}'.encode()


def test_what_is_not_there_is_named(ledger: Ledger) -> None:
    with pytest.raises(ScreeningNotFound, match="scr_9"):
        ledger.screening("scr_9")
    with pytest.raises(LoadNotFound, match="nine"):
        ledger.load("nine")


def test_a_ledger_that_cannot_be_opened_says_where(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(LedgerUnavailable, match="folder"):
        Ledger(f"sqlite:///{tmp_path / 'folder'}")
