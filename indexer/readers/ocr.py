"""Text of page pictures by the Tesseract program, where it is installed."""

import csv
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# What brings it on Debian and Ubuntu; named in every warning about an unread page.
INSTALL = "apt-get install tesseract-ocr"
# Tesseract is trained on 300 dots an inch; less loses accents, more only time.
DPI = 300
# A page takes 2-10 seconds; one that takes longer is a picture of noise.
SECONDS_A_PAGE = 120
# Each further language costs about half as much time again, and blurs the others.
MAX_LANGUAGES = 4
# Below this Tesseract's own confidence (0-100) a word is dust or a drawing.
MIN_CONFIDENCE = 25

# Script as Tesseract's detector names it -> packs, the likeliest in reports first.
SCRIPTS = {
    "Latin": ("eng", "spa", "fra", "por", "deu", "tur", "ind", "vie"),
    "Fraktur": ("eng", "deu"),
    "Arabic": ("ara", "fas", "uig", "urd", "pus"),
    "Cyrillic": ("rus", "ukr", "bel", "kaz"),
    "Han": ("chi_sim", "chi_tra"),
    "Japanese": ("jpn",),
    "Korean": ("kor",),
    "Hangul": ("kor",),
    "Myanmar": ("mya",),
    "Khmer": ("khm",),
    "Lao": ("lao",),
    "Thai": ("tha",),
    "Tibetan": ("bod",),
    "Devanagari": ("hin", "nep"),
    "Bengali": ("ben",),
    "Ethiopic": ("amh", "tir"),
    "Hebrew": ("heb",),
    "Greek": ("ell",),
    "Georgian": ("kat",),
    "Armenian": ("hye",),
}


# Thai, Lao and Tibetan; Myanmar; Khmer; Han with its punctuation and kana.
_WITHOUT_SPACES = (
    ("\u0e00", "\u0fff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u3000", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uff00", "\uff65"),
)


class RecognitionFailed(Exception):
    """Tesseract stopped, took too long, or is not there."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word: its place in the text, and in the picture in pixels."""

    start: int
    end: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of a picture, its words in order, and by how many degrees the picture had to be
    turned clockwise to stand upright (0, 90, 180 or 270). Places are in the turned picture."""

    text: str
    words: tuple[Word, ...]
    turned: int = 0
    languages: str = "eng"


def program() -> str | None:
    """The path of Tesseract; None when it is not installed."""
    return shutil.which("tesseract")


@cache
def packs() -> frozenset[str]:
    """The languages installed for Tesseract."""
    listed = _run(["--list-langs"], b"")
    return frozenset(line.strip() for line in listed.splitlines()[1:] if line.strip())


def languages(script: str | None) -> str:
    """What Tesseract is told to expect of a script: installed packs joined by `+`."""
    wanted = SCRIPTS.get(script or "Latin", SCRIPTS["Latin"])
    installed = [pack for pack in wanted if pack in packs()][:MAX_LANGUAGES]
    return "+".join(installed or ["eng"])


def orientation(png: bytes) -> tuple[int, str | None]:
    """How far to turn a picture clockwise, and its script; (0, None) when it cannot be told."""
    if "osd" not in packs():
        return 0, None
    try:
        answer = _run(["stdin", "stdout", "--dpi", str(DPI), "--psm", "0"], png)
    except RecognitionFailed:
        # Too few letters to tell: the page may still hold a line.
        return 0, None
    found = dict(re.findall(r"^([A-Za-z ]+): (.+)$", answer, re.M))
    turn = int(found.get("Rotate", "0"))
    # Below 1 the detector is guessing, and a page turned wrongly is lost.
    sure = float(found.get("Orientation confidence", "0")) >= 1
    return turn if sure else 0, found.get("Script")


def recognise(png: bytes, script: str | None = None, turned: int = 0) -> Recognised:
    """The text of an upright picture in lines, blank lines between paragraphs.

    Raises:
        RecognitionFailed: with what Tesseract said.
    """
    packs_used = languages(script)
    options = ["stdin", "stdout", "--dpi", str(DPI), "-l", packs_used, "--psm", "3", "tsv"]
    text, words = _compose(_run(options, png))
    return Recognised(text, words, turned, packs_used)


def _compose(table: str) -> tuple[str, tuple[Word, ...]]:
    parts: list[str] = []
    words: list[Word] = []
    length = 0
    before: tuple[str, ...] | None = None
    for place, word, box in _words(table):
        gap = _gap(before, place)
        if gap == " " and _runs_on(parts[-1][-1]) and _runs_on(word[0]):
            gap = ""
        start = length + len(gap)
        parts += (gap, word)
        length = start + len(word)
        words.append(Word(start, length, *box))
        before = place
    return "".join(parts), tuple(words)


def _words(table: str) -> Iterator[tuple[tuple[str, ...], str, tuple[int, int, int, int]]]:
    """(block, paragraph, line), word and box of each row of Tesseract's table that is a word."""
    for row in csv.reader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if (
            len(row) == 12
            and row[0] == "5"
            and float(row[10]) >= MIN_CONFIDENCE
            and row[11].strip()
        ):
            left, top, width, height = map(int, row[6:10])
            box = (left, top, left + width, top + height)
            yield (row[2], row[3], row[4]), row[11].strip(), box


def _gap(before: tuple[str, ...] | None, now: tuple[str, ...]) -> str:
    if before is None:
        return ""
    if before[:2] != now[:2]:
        return "\n\n"
    return "\n" if before[2] != now[2] else " "


def _runs_on(letter: str) -> bool:
    """True in scripts that write no spaces, which Tesseract puts between their signs."""
    return any(first <= letter <= last for first, last in _WITHOUT_SPACES)


def _run(options: list[str], picture: bytes) -> str:
    path = program()
    if path is None:
        raise RecognitionFailed(f"Tesseract is not installed; {INSTALL} brings it.")
    try:
        done = subprocess.run(
            [path, *options],
            input=picture,
            capture_output=True,
            timeout=SECONDS_A_PAGE,
            check=True,
            # One page, one core: pages are spread over processes above here.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise RecognitionFailed(f"Tesseract took over {SECONDS_A_PAGE} s.") from error
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        raise RecognitionFailed(said.decode("utf-8", "replace").strip()[-300:]) from error
    return done.stdout.decode("utf-8", "replace")
