"""The files as they came, kept by their hash, so that a quote can be verified years later."""

import hashlib
import shutil
import uuid
from pathlib import Path
from typing import BinaryIO

import fsspec

CHUNK = 1 << 20


class OriginalMissing(Exception):
    """No original with this hash is kept."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes in hexadecimal, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


class Originals:
    """A store of files by hash, in a local folder or wherever an fsspec URL leads ("s3://...")."""

    def __init__(self, url: str) -> None:
        self.fs, self.root = fsspec.url_to_fs(url)

    def path(self, sha256: str) -> str:
        """Where an original of this hash is kept. Two levels of folders keep listings short."""
        return f"{self.root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def keep(self, source: Path, sha256: str) -> None:
        """Keeps a copy of a file; does nothing when it is there already.

        The copy gets its name only when it is whole, so that a killed process leaves no half file.
        """
        target = self.path(sha256)
        if self.fs.exists(target):
            return
        self.fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        partial = f"{target}.{uuid.uuid4().hex}.part"
        with source.open("rb") as reader, self.fs.open(partial, "wb") as writer:
            shutil.copyfileobj(reader, writer, CHUNK)
        self.fs.mv(partial, target)

    def open(self, sha256: str) -> BinaryIO:
        """The original as a binary stream; raises OriginalMissing."""
        try:
            stream: BinaryIO = self.fs.open(self.path(sha256), "rb")
        except FileNotFoundError as error:
            raise OriginalMissing(f"no original {sha256} is kept at {self.root}") from error
        return stream

    def read(self, sha256: str) -> bytes:
        """The bytes of an original; raises OriginalMissing."""
        with self.open(sha256) as stream:
            return stream.read()
