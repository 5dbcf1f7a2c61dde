"""From a document as read to a document with passages, mentions, events and entities."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import version

from nlp.entities import context
from nlp.extraction import Extractor, PassageText
from nlp.knowledge.loader import Knowledge, load
from nlp.language import identify
from nlp.linking import Linker
from nlp.passages import Cut, cut
from nlp.records import Argument, Document, Event, Extraction, Mention, Passage, Response
from nlp.rules import RuleExtractor

# Passages given to the extractor at once: enough to work in batches, few enough that a document of
# five million words needs no more memory for it than one of fifty thousand.
BATCH = 512


class Pipeline:
    """Everything between a reader and an index: language, passages, extraction, linking.

    `version` names the product, the extractor and the knowledge, and is kept with each document.
    """

    def __init__(self, extractor: Extractor, linker: Linker, knowledge: Knowledge) -> None:
        self.extractor = extractor
        self.linker = linker
        self.knowledge = knowledge
        self.version = (
            f"{version('abuse-evidence')}+{extractor.version}+knowledge-{knowledge.version}"
        )

    def annotate(self, document: Document) -> Document:
        """The document with language, country code, passages, mentions, events and entities."""
        document = replace(
            document,
            language=identify(document.text),
            country=self.country(document),
        )
        cuts = list(cut(document))
        around = context(c.text for c in cuts)
        found: list[Extraction] = []
        for start in range(0, len(cuts), BATCH):
            batch = cuts[start : start + BATCH]
            found += self.extractor.extract(self.texts(document, batch, around))
        passages, extraction = merge(document, cuts, found)
        linked, entities = self.linker.link(document, extraction, persons=True)
        mentions = _only_acting_persons(linked, extraction)
        used = {m.link.entity for m in mentions if m.link}
        return replace(
            document,
            passages=passages,
            mentions=mentions,
            events=extraction.events,
            entities=tuple(e for e in entities if e.source == "corpus" and e.id in used),
            pipeline=self.version,
        )

    def country(self, document: Document) -> str | None:
        """The ISO code of the country a document is about, also where corpora write it with
        additions: "China (with Hong Kong)", "Israel, West Bank and Gaza"."""
        given = document.country or ""
        plain = re.sub(r"\([^)]*\)", "", given)
        tries = (given, plain, plain.partition(",")[0])
        return next(
            (code for code in map(self.knowledge.country_in_any_language, tries) if code), None
        )

    def extract(self, text: str) -> Extraction:
        """Mentions and events of a text by itself, with offsets into it."""
        document = self.annotate(Document(id="", source="", media_type="text/plain", text=text))
        return Extraction(document.mentions, document.events)

    def texts(
        self, document: Document, cuts: Sequence[Cut], around: frozenset[str]
    ) -> list[PassageText]:
        """What the extractor is given of each passage; `around` is named in the document."""
        return [
            PassageText(
                text=c.text,
                sentences=c.sentences,
                language=c.passage.language,
                country=document.country,
                published=document.published,
                context=around,
            )
            for c in cuts
        ]


@cache
def load_pipeline() -> Pipeline:
    """The pipeline with the extractor that ships; made once a process."""
    knowledge = load()
    return Pipeline(RuleExtractor(), Linker(knowledge), knowledge)


def _only_acting_persons(
    mentions: Sequence[Mention], extraction: Extraction
) -> tuple[Mention, ...]:
    """The mentions with links of people only where they are said to have done something: others
    are nobody's candidates."""
    acting = {i for event in extraction.events for i in event.fillers("perpetrator")}
    return tuple(
        replace(m, link=None) if m.kind == "PERSON" and i not in acting else m
        for i, m in enumerate(mentions)
    )


def merge(
    document: Document, cuts: Iterable[Cut], found: Iterable[Extraction]
) -> tuple[tuple[Passage, ...], Extraction]:
    """The extractions of all passages as one, with offsets into the stored text."""
    passages: list[Passage] = []
    mentions: list[Mention] = []
    events: list[Event] = []
    for piece, extraction in zip(cuts, found, strict=True):
        passages.append(piece.passage)
        first = len(mentions)
        for mention in extraction.mentions:
            span = piece.stored(mention.span)
            mentions.append(replace(mention, span=span, name=document.quote(span)))
        events += [_moved(event, piece, first) for event in extraction.events]
    return tuple(passages), Extraction(tuple(mentions), tuple(events))


def _moved(event: Event, piece: Cut, first: int) -> Event:
    """The event with spans of the stored text and indices that start at `first`."""
    response = event.response
    if response is not None:
        by = None if response.by is None else response.by + first
        response = Response(response.status, piece.stored(response.quote), by)
    return replace(
        event,
        trigger=piece.stored(event.trigger),
        quote=piece.stored(event.quote),
        arguments=tuple(Argument(a.role, a.mention + first) for a in event.arguments),
        response=response,
    )
