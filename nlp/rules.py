"""An extractor of word lists, patterns and small linear models: quick, and the same each time."""

from collections.abc import Sequence
from pathlib import Path

from models.reading import WEIGHTS, LinearReader, Reading
from nlp import entities, events
from nlp.extraction import PassageText
from nlp.records import Extraction

# The language whose sentences the models learned from; in others only known names are found.
LANGUAGE = "en"


class RuleExtractor:
    """Finds mentions and events with the lists and weights that ship with the package.

    Passages in English get mentions and events; in other languages the known names alone.
    """

    version = "rules-2"

    def __init__(self, weights: Path = WEIGHTS) -> None:
        """Loads lists and weights; FileNotFoundError names a file of weights that is missing."""
        self._reader = LinearReader(entities.phrases(), weights)

    def extract(self, passages: Sequence[PassageText]) -> list[Extraction]:
        """One extraction a passage, in order; all spans are offsets into that passage's text."""
        readings = self._reader.read([p.text if p.language == LANGUAGE else "" for p in passages])
        return [_extraction(p, r) for p, r in zip(passages, readings, strict=True)]


def _extraction(passage: PassageText, reading: Reading) -> Extraction:
    mentions, index = entities.find(passage, reading.entities)
    return Extraction(mentions, events.find(passage, reading.events, mentions, index))
