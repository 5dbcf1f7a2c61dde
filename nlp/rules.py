"""An extractor of word lists, patterns and small linear models: quick, and the same each time."""

from collections.abc import Sequence
from importlib.resources import files

from models.gazetteer import Phrases, names
from models.reading import LinearReader, Reading
from nlp.extraction import PassageText
from nlp.records import Argument, Event, Extraction, Mention, Span


class RuleExtractor:
    """Finds mentions and events with the lists and weights that ship with the package."""

    version = "rules-1"

    def __init__(self) -> None:
        self._phrases = Phrases(names(files("nlp.knowledge")))
        self._reader = LinearReader(self._phrases)

    def extract(self, passages: Sequence[PassageText]) -> list[Extraction]:
        """One extraction a passage, in order; all spans are offsets into that passage's text."""
        readings = self._reader.read([p.text if p.language == "en" else "" for p in passages])
        return [_extraction(p, r) for p, r in zip(passages, readings, strict=True)]


def _extraction(passage: PassageText, reading: Reading) -> Extraction:
    text = passage.text
    mentions = tuple(
        Mention(Span(e.start, e.end), e.type, e.form, text[e.start : e.end], e.score)  # type: ignore[arg-type]
        for e in reading.entities
    )
    events = tuple(
        Event(
            kind=v.type,
            trigger=Span(v.start, v.end),
            quote=Span(v.start, v.end),
            arguments=tuple(Argument(role, i) for role, i, _ in v.roles),  # type: ignore[arg-type]
            assertion=v.assertion,  # type: ignore[arg-type]
            attribution="unattributed",
            score=v.score,
        )
        for v in reading.events
    )
    return Extraction(mentions, events)
