"""Web pages: the main text with its paragraphs, and what the page says of itself."""

import re
from collections.abc import Iterator
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
_BLOCKS = ("p", "head", "item", "quote", "code", "row", "ab", "fw")


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
    heading = _only_heading(page)
    text, metadata, lost = _extract(page)
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
    found = trafilatura.bare_extraction(
        page,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,
            # Given, because the default is today, and the same bytes must read the same tomorrow.
            "max_date": "2100-01-01",
        },
    )
    if not isinstance(found, trafilatura.settings.Document):
        return plain, Metadata(), ("The main text could not be told from menus and notices.",)
    metadata = Metadata(
        title=found.title, publisher=found.sitename, published=found.date, url=found.url
    )
    text = "\n\n".join(_paragraphs(found.body))
    if len(text) < words * TOO_LITTLE:
        return plain, metadata, ("The main text could not be told from menus and notices.",)
    return text, metadata, ()


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
    """The blocks of trafilatura's tree in order; what stands between blocks is a block too."""
    for element in body.iter():
        if element.tag == "row":
            cells = [" ".join(cell.itertext()).split() for cell in element.iter("cell")]
            block = "\t".join(" ".join(cell) for cell in cells)
        elif element.tag in _BLOCKS and not any(
            a.tag in ("row", *_BLOCKS) for a in _above(element)
        ):
            block = " ".join("".join(_lines(element)).split(" "))
        else:
            continue
        if block.strip():
            yield block.strip()


def _above(element: Any) -> Iterator[Any]:
    return (a for a in element.iterancestors() if a.tag != "body")


def _lines(element: Any) -> Iterator[str]:
    """The words of a block with single spaces, line breaks where the page has them."""
    if element.tag == "lb":
        yield "\n"
    if element.text:
        yield re.sub(r"\s+", " ", element.text)
    for child in element:
        if child.tag in _BLOCKS:
            yield "\n"
        yield from _lines(child)
        if child.tail:
            yield re.sub(r"\s+", " ", child.tail)


def _all_text(element: Any) -> str:
    """All words below `element`, a line for each block: for pages without a recognised story."""
    skipped = {"script", "style", "noscript", "template", "nav", "footer", "select", "button"}
    inline = {
        "a",
        "abbr",
        "b",
        "cite",
        "em",
        "font",
        "i",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    }
    parts: list[str] = []
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, closing = stack.pop()
        if closing:
            if node.tag not in inline:
                parts.append("\n\n")
            parts.append(node.tail or "")
            continue
        stack.append((node, True))
        if isinstance(node.tag, str) and node.tag not in skipped:
            if node.tag not in inline:
                parts.append("\n\n")
            parts.append(node.text or "")
            stack.extend((child, False) for child in reversed(node))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n\n"))
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
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished":
            if found := iso(time.get("datetime") or time.text_content()):
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
