"""ZIP archives of documents."""

import io
import zipfile

import pytest

from indexer.readers.errors import DamagedDocument
from indexer.readers.reading import members


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_members_are_named_after_their_archive() -> None:
    data = zipped({"2021/a.txt": b"one", "b.txt": b"two"})
    assert [(m.name, m.data) for m in members(data, "all.zip")] == [
        ("all.zip!2021/a.txt", b"one"),
        ("all.zip!b.txt", b"two"),
    ]


def test_what_macos_leaves_behind_is_passed_over() -> None:
    data = zipped({"__MACOSX/._a.txt": b"x", "a/": b"", "a/.DS_Store": b"x", "a/b.txt": b"b"})
    assert [m.name for m in members(data, "z.zip")] == ["z.zip!a/b.txt"]


def test_a_bomb_is_one_failure_and_the_rest_is_read() -> None:
    data = zipped({"bomb.txt": bytes(64 << 20), "b.txt": b"two"})
    bomb, rest = members(data, "z.zip")
    assert bomb.data is None and bomb.reason is not None and "refused" in bomb.reason
    assert rest.data == b"two"


def test_a_damaged_member_is_one_failure() -> None:
    data = bytearray(zipped({"a.txt": b"one " * 100, "b.txt": b"two"}))
    data[45] ^= 0xFF
    first, second = members(bytes(data), "z.zip")
    assert first.data is None and first.reason is not None and "Damaged" in first.reason
    assert second.data == b"two"


def test_a_locked_member_says_so() -> None:
    data = bytearray(zipped({"a.txt": b"one"}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    (locked,) = members(bytes(data), "z.zip")
    assert locked.reason is not None and "password" in locked.reason


def test_an_archive_that_is_cut_short_is_damaged() -> None:
    with pytest.raises(DamagedDocument):
        list(members(zipped({"a.txt": b"one"})[:-30], "z.zip"))
