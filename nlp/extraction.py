"""The seam between a document and whatever reads it: rules today, networks beside them.

An extractor sees one passage of running text at a time, without page furniture and line-break
hyphens, and answers with offsets into exactly that text. `nlp.pipeline` maps them back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nlp.records import Extraction, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageText:
    """What an extractor is given: a passage as running text, and what is known around it.

    `sentences` cover the text in order. `country` is the ISO 3166 alpha-2 code of the country the
    document is about, `published` an ISO 8601 date or prefix, `context` the countries, vendors and
    products (ids of `nlp/knowledge`) named elsewhere in the document, which make an acronym or an
    ambiguous product name in this passage readable.
    """

    text: str
    sentences: tuple[Span, ...] = ()
    language: str = "en"
    country: str | None = None
    published: str | None = None
    context: frozenset[str] = frozenset()


class Extractor(Protocol):
    """Finds mentions and events in passages."""

    version: str

    def extract(self, passages: Sequence[PassageText]) -> list[Extraction]:
        """One extraction a passage, in order; all spans are offsets into that passage's text."""
        ...
