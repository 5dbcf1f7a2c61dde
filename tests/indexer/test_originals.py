from pathlib import Path

import pytest

from indexer.originals import OriginalMissing, Originals, sha256_of


def test_a_file_is_kept_once_and_comes_back(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b"words")
    store = Originals(str(tmp_path / "kept"))
    digest = sha256_of(source)
    store.keep(source, digest)
    store.keep(source, digest)
    assert store.read(digest) == b"words"
    assert [p.name for p in (tmp_path / "kept").rglob("*") if p.is_file()] == [digest]


def test_a_store_may_lie_anywhere_fsspec_reaches(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b"words")
    store = Originals("memory://kept")
    store.keep(source, sha256_of(source))
    assert store.read(sha256_of(source)) == b"words"


def test_a_missing_original_is_named(tmp_path: Path) -> None:
    with pytest.raises(OriginalMissing, match="00ff"):
        Originals(str(tmp_path)).read("00ff")
