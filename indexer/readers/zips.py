"""ZIP files measured before they are opened: a small one can claim to hold a disk."""

import io
import zipfile
from pathlib import Path

from indexer.readers.content import MIB
from indexer.readers.errors import DamagedDocument, TooLarge

# Text and XML shrink 5 to 20 times, the emptiest Word file met 60 times; a bomb a thousand times.
MAX_RATIO = 200
# Small parts may shrink more without harm.
RATIO_FROM = 8 * MIB


def open_zip(data: bytes | Path, *, parts: int, total: int, bombs: bool = False) -> zipfile.ZipFile:
    """The archive in `data`, its bytes or the path of its file, when it names at most `parts` parts
    of `total` bytes unpacked.

    Raises:
        DamagedDocument: no table of contents, or one that cannot be read.
        TooLarge: more than that, or a part that shrinks over `MAX_RATIO` times.
    """
    try:
        archive = zipfile.ZipFile(data if isinstance(data, Path) else io.BytesIO(data))
    # zipfile lets struct, OverflowError and others through on broken tables of contents.
    except Exception as error:
        raise DamagedDocument(
            "The ZIP structure is damaged or the file is cut short. Fetch or copy it again."
        ) from error
    entries = archive.infolist()
    if len(entries) > parts:
        raise TooLarge(f"The archive has {len(entries):,} parts; {parts:,} is the most.")
    if sum(entry.file_size for entry in entries) > total:
        raise TooLarge(f"Unpacked, this would be over {total // MIB:,} MiB. Split it.")
    for entry in entries:
        if not bombs and is_bomb(entry):
            raise TooLarge(
                f"{entry.filename} would unpack to {entry.file_size // MIB:,} MiB from "
                f"{entry.compress_size // 1024:,} KiB. No document does; it is refused."
            )
    return archive


def is_bomb(entry: zipfile.ZipInfo) -> bool:
    """True when a part would unpack to far more than text and pictures do."""
    return entry.file_size > RATIO_FROM and entry.file_size > entry.compress_size * MAX_RATIO
