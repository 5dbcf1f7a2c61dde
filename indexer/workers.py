"""Worker processes that read and annotate, each with limits, so that no file harms another."""

import os
import resource
import sys
import threading
import time
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from pebble import ProcessPool

from indexer.readers.reading import Metadata, UnreadableDocument, read
from nlp.pipeline import load_pipeline
from nlp.records import Document

# Address space of one worker. The pipeline itself takes under 1 GiB; the rest is for one file.
MEMORY = 3 << 30
# How often a worker looks whether the program that started it still lives, in seconds.
HEARTBEAT = 1.0


def start_pool(workers: int) -> ProcessPool:
    """A pool of workers with the pipeline loaded.

    They are spawned, not forked: a fork would copy the locks of the threads that run here.
    """
    return ProcessPool(
        max_workers=workers,
        initializer=_begin,
        initargs=(os.getpid(),),
        context=get_context("spawn"),
    )


def _begin(parent: int) -> None:
    """Limits this worker's memory and makes it end with its parent, however that ends."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if sys.platform == "linux":  # elsewhere the limit is not kept, or breaks start-up
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    load_pipeline()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(HEARTBEAT)
    os._exit(1)


def read_file(path: Path, source: str, media_type: str, defaults: Metadata) -> Document:
    """The annotated document in a file; raises UnreadableDocument, also when memory runs out."""
    return read_bytes(path.read_bytes(), source, media_type, defaults, None)


def read_bytes(
    data: bytes, source: str, media_type: str | None, defaults: Metadata, archive: str | None
) -> Document:
    """The annotated document in some bytes, which came in a file of its own or in an archive of
    the SHA-256 given; raises UnreadableDocument."""
    try:
        document = read(data, source, media_type=media_type, defaults=defaults)
        return load_pipeline().annotate(replace(document, original=archive or document.id))
    except MemoryError as error:
        raise UnreadableDocument(
            f"Reading it takes more than {MEMORY >> 30} GiB of memory. Split it into parts."
        ) from error


def annotate_rows(documents: list[Document]) -> list[Document]:
    """The documents of some corpus rows, annotated."""
    pipeline = load_pipeline()
    return [pipeline.annotate(document) for document in documents]
