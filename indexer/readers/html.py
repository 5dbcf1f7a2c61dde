"""Web pages: the main text with its paragraphs, and what the page says of itself."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import trafilatura
from trafilatura.utils import load_html

from indexer.readers.content import MAX_TEXT, MIB, Content, Metadata
from indexer.readers.dates import iso
from indexer.readers.errors import DamagedDocument, EmptyDocument, TooLarge
from indexer.readers.plain import decode

# The parser's tree takes about ten times the bytes of the page. The largest page met, a country
# report with its menus, has 0.5 MiB.
MAX_HTML_BYTES = 32 * MIB
# A page's <main> or <article> is taken for the whole story when it holds this share of the words
# in paragraphs; below it, trafilatura looks over the whole page.
MOST = 0.6
# Less than this share of the words in paragraphs and the extraction has lost the story.
TOO_LITTLE = 0.5

# trafilatura's time grows with the square of the elements: 10,000 take 3 s, 20,000 take 11. The
# largest report page met has 2,000.
MAX_ELEMENTS = 15_000
_DATES = {
    "original_date": True,
    "extensive_search": False,
    # Given, because the default is today, and the same bytes must read the same tomorrow.
    "max_date": "2100-01-01",
}
# The tree builder stops at 256 levels.
DEPTH = 240

UNTOLD = "The main text could not be told from menus and notices."

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_DATE_NAMES = (
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "publication_date",
    "pubdate",
    "date",
)
_INLINE = frozenset(
    ("a", "abbr", "b", "cite", "em", "font", "i", "q", "s", "small", "span", "strong", "sub",
     "sup", "time", "u", "wbr")
)  # fmt: skip
_BLOCKS = ("p", "head", "item", "quote", "code", "ab", "fw")


def read(data: bytes) -> Content:
    """The main text of a web page, a blank line between its paragraphs, rows of tables in lines
    with tabs between cells; title, publisher, date and address where the page states them.

    Raises:
        EmptyDocument: no words on the page.
        DamagedDocument: no page can be made of the bytes.
        TooLarge: over `MAX_HTML_BYTES`.
    """
    if len(data) > MAX_HTML_BYTES:
        raise TooLarge(
            f"The page has {len(data) / MIB:.0f} MiB; {MAX_HTML_BYTES // MIB} MiB is the most. "
            "Save its text as a text file, or its parts as pages."
        )
    markup, warnings = _decode(data)
    page = load_html(markup)
    if page is None:
        raise DamagedDocument(
            "No web page can be made of this file. Save it again from the browser."
        )
    published, doubt = _published(page)
    cut = _is_cut(page)
    heading = _only_heading(page)
    text, metadata, lost = _extract(page)
    if not text.strip() or cut:
        text, lost = _stripped(markup), (UNTOLD,)
    if not text.strip():
        raise EmptyDocument(
            "The page shows no words without running its scripts. Print it to PDF from a browser."
        )
    if len(text) > MAX_TEXT:
        raise TooLarge(f"The page has {len(text):,} characters of text; {MAX_TEXT:,} is the most.")
    title = _title(metadata.title, metadata.publisher, heading)
    return Content(
        text=text,
        metadata=Metadata(
            title=title,
            publisher=metadata.publisher,
            published=published or metadata.published,
            url=metadata.url,
            language=None,
        ),
        warnings=(*warnings, *lost, *(doubt if metadata.published or published else ())),
    )


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The markup as text, by byte order mark, UTF-8, what the page declares, or a guess."""
    declared = _DECLARED.search(data[:4096])
    warnings: tuple[str, ...] = ()
    try:
        markup = data.decode("utf-8-sig")
        if "\0" in markup[:4096]:
            raise UnicodeError
    except UnicodeError:
        markup, warnings = _by_declaration(data, declared[1].decode("ascii") if declared else None)
    return _XML_DECLARATION.sub("", markup.replace("\0", ""), count=1), warnings


def _by_declaration(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    # Browsers read "latin-1" as Windows Western, so that is what authors see and mean.
    same = {"iso-8859-1": "cp1252", "latin1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
    if declared and declared.lower() not in ("utf-8", "utf8"):
        try:
            return data.decode(same.get(declared.lower(), declared)), ()
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)


def _extract(page: Any) -> tuple[str, Metadata, tuple[str, ...]]:
    """Text, metadata and a warning when the story had to be taken without its limits."""
    words, story = _story(page)
    plain = _all_text(story if story is not None else page)
    if story is not None:
        body = page.find(".//body")
        for child in list(body):
            body.remove(child)
        body.append(story)
    if sum(1 for _ in page.iter()) > MAX_ELEMENTS:
        known = trafilatura.extract_metadata(page, date_config=_DATES)
        return plain, _metadata(known), () if story is not None else (UNTOLD,)
    found = trafilatura.bare_extraction(
        page,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params=_DATES,
    )
    if not isinstance(found, trafilatura.settings.Document):
        return plain, Metadata(), (UNTOLD,)
    metadata = _metadata(found)
    paragraphs = list(_paragraphs(found.body))
    text = "\n\n".join(paragraphs)
    if len(paragraphs) == 1 and len(text) > len(plain) * MOST:
        # trafilatura's last resort: all words of the page in one line.
        return plain, metadata, ()
    if len(text) < words * TOO_LITTLE:
        return plain, metadata, (UNTOLD,)
    return text, metadata, ()


def _metadata(found: trafilatura.settings.Document) -> Metadata:
    return Metadata(
        title=found.title, publisher=found.sitename, published=found.date, url=found.url
    )


def _is_cut(page: Any) -> bool:
    """True when the tree builder gave up: the last element of a whole page is not that deep."""
    depth, node = 0, page
    while len(node):
        depth, node = depth + 1, node[-1]
    return depth > DEPTH


def _story(page: Any) -> tuple[int, Any]:
    """Characters in paragraphs, and the <main> or <article> with most of them.

    Real pages leave a <nav> or <header> open, and then the whole story lies inside it and would
    be thrown away as a menu.
    """
    everything = sum(len(p.text_content()) for p in page.iter("p"))
    for element in (*page.iter("article"), *page.iter("main")):
        inside = sum(len(p.text_content()) for p in element.iter("p"))
        if inside > everything * MOST:
            element.tail = None
            return inside, element
    return everything, None


def _paragraphs(body: Any) -> Iterator[str]:
    """The outermost blocks of trafilatura's tree in order; a table is one block."""
    for element in body.iter("table", *_BLOCKS):
        if any(above.tag in ("table", *_BLOCKS) for above in element.iterancestors()):
            continue
        lines = _rows(element) if element.tag == "table" else "".join(_words(element)).split("\n")
        block = "\n".join(line for line in map(_tidy, lines) if line)
        if block:
            yield block


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter("row"):
        yield "\t".join(" ".join("".join(_words(cell)).split()) for cell in row.iter("cell"))


def _tidy(line: str) -> str:
    """A line with single spaces; tabs between cells are kept."""
    return "\t".join(" ".join(cell.split()) for cell in line.split("\t")).strip()


def _words(element: Any) -> Iterator[str]:
    """The words of a block, a line break where the page has one."""
    if element.tag == "lb":
        yield "\n"
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element:
        if child.tag in _BLOCKS:
            yield "\n"
        yield from _words(child)
        yield re.sub(r"\s+", " ", child.tail or "")


def _all_text(element: Any) -> str:
    """All words below `element`, a line for each block: for pages without a recognised story."""
    skipped = {"script", "style", "noscript", "template", "nav", "footer", "select", "button"}
    parts: list[str] = []
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, closing = stack.pop()
        if closing:
            if node.tag not in _INLINE:
                parts.append("\n\n")
            parts.append(node.tail or "")
            continue
        stack.append((node, True))
        if isinstance(node.tag, str) and node.tag not in skipped:
            if node.tag not in _INLINE:
                parts.append("\n\n")
            parts.append(node.text or "")
            stack.extend((child, False) for child in reversed(node))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n\n"))
    return "\n\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """The words between the tags, however they are nested: the tree builder gives up below 256
    levels, and pages that leave every element open reach them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden is None and tag in ("script", "style", "template", "noscript"):
            self._hidden = tag
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            self.parts.append(re.sub(r"\s+", " ", data))


def _stripped(markup: str) -> str:
    words = _Words()
    words.feed(markup)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.parts).split("\n"))
    return "\n\n".join(line for line in lines if line)


def _published(page: Any) -> tuple[str | None, tuple[str, ...]]:
    """The date on which the page says it was published; a warning where it says none.

    The date of the last change is never taken: old reports are re-saved with every new site.
    """
    stated: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        stated.setdefault(name.lower(), meta.get("content") or "")
    for name in _DATE_NAMES:
        if found := iso(stated.get(name, "")):
            return found, ()
    for script in page.iter("script"):
        if script.get("type") == "application/ld+json" and script.text:
            match = _JSON_DATE.search(script.text)
            if match and (found := iso(match[1])):
                return found, ()
    for time in page.iter("time"):
        published = time.get("pubdate") is not None or time.get("itemprop") == "datePublished"
        if published and (found := iso(time.get("datetime") or time.text_content())):
            return found, ()
    return None, ("The page states no date of publication; the date is a guess from its text.",)


def _only_heading(page: Any) -> str | None:
    headings = {" ".join(h.text_content().split()) for h in page.iter("h1")} - {""}
    return headings.pop() if len(headings) == 1 else None


def _title(title: str | None, publisher: str | None, heading: str | None) -> str | None:
    """The page's title without the site's name, or its only heading where that says more."""
    if title and publisher:
        for mark in (" - ", " | ", " – ", " — ", " :: "):
            title = title.removesuffix(mark + publisher)
    if heading and (not title or title.casefold() in heading.casefold()):
        return heading
    return title or None
