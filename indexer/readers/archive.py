"""ZIP archives of documents: their members one by one, each read as if it lay in a folder."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.readers.content import MAX_DOCUMENT_BYTES, MIB
from indexer.readers.zips import is_bomb, open_zip

# Members of one archive, and what they may unpack to together: larger collections belong in
# folders, where a load that was interrupted goes on file by file.
MAX_MEMBERS = 100_000
MAX_UNPACKED = 64 * 1024 * MIB
# What macOS and Windows add beside the documents.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive: `name` is `archive.zip!path/in/it`, with its bytes or the reason
    why they cannot be had."""

    name: str
    data: bytes | None = None
    reason: str | None = None


def members(data: bytes | Path, name: str) -> Iterator[Member]:
    """The files of the ZIP archive `data` (its bytes, or the path of its file, of which one member
    at a time is then in memory) called `name`, in its order. Folders and what operating
    systems leave behind are passed over; a bad member stops no other.

    Raises, when the first member is asked for:
        DamagedDocument: the archive has no readable table of contents.
        TooLarge: it lists more members or bytes than the caps.
    """
    with open_zip(data, parts=MAX_MEMBERS, total=MAX_UNPACKED, bombs=True) as archive:
        for entry in archive.infolist():
            if not entry.is_dir() and not any(part in entry.filename for part in _LITTER):
                yield _member(archive, entry, name)


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Member:
    full = f"{name}!{entry.filename}"
    if entry.flag_bits & 1:
        return Member(name=full, reason="Locked with a password. Unpack the archive and load that.")
    if is_bomb(entry) or entry.file_size > MAX_DOCUMENT_BYTES:
        return Member(
            name=full,
            reason=f"Would unpack to {entry.file_size // MIB:,} MiB from "
            f"{entry.compress_size // 1024:,} KiB; refused.",
        )
    try:
        return Member(name=full, data=archive.read(entry))
    # zipfile raises zlib.error, BadZipFile, EOFError, NotImplementedError and more on bad data.
    except Exception as error:
        return Member(name=full, reason=f"Damaged inside the archive ({error}).")
