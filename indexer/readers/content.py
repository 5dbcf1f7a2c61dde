"""What every reader returns, and what is known of a document besides its text."""

import re
from dataclasses import dataclass, fields, replace

from nlp.records import Page, Span

MIB = 1024 * 1024
# The largest single file. Scanned reports of a thousand pages come to 100-300 MiB; a reader may
# hold the bytes twice, and a worker process is given 3 GiB.
MAX_DOCUMENT_BYTES = 512 * MIB
# The longest text of one document, in characters. The longest report met (a truth commission's
# five volumes in one file) is under 10 million; past this a file is a corpus, not a document.
MAX_TEXT = 64 * MIB


_NOT_TEXT = re.compile("[\ud800-\udfff\0]")


def well_formed(text: str) -> str:
    """`text` with a visible sign for each half character and zero, which no database stores; as
    long as before."""
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known of a document besides its text; None where nothing says.

    `published` is an ISO 8601 date or a prefix of one, `country` a name or ISO code as given.
    """

    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    source_type: str | None = None
    licence: str | None = None
    country: str | None = None
    language: str | None = None

    def well_formed(self) -> "Metadata":
        """The same without lone surrogates, which no database stores."""
        texts = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{n: well_formed(t) for n, t in texts.items() if t is not None})

    def over(self, defaults: "Metadata | None") -> "Metadata":
        """These values, and those of `defaults` where these are None."""
        if defaults is None:
            return self
        missing = {
            field.name: getattr(defaults, field.name)
            for field in fields(self)
            if getattr(self, field.name) is None
        }
        return replace(self, **missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The text of one file as it will be stored, and what its format tells about it.

    `pages` and `furniture` are spans of `text`; `warnings` are sentences for the researcher.
    """

    text: str
    metadata: Metadata = Metadata()
    pages: tuple[Page, ...] = ()
    furniture: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
