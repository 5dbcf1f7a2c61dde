"""Builds the PDF and DOCX samples from the texts in `src/`: `python samples/make.py [folder]`.

A source file is a YAML head, then blocks parted by blank lines: `# heading`, a paragraph, rows of
a table (`| a | b |`) or a footnote (`[^1]: text`). The bytes are the same on every run: no file
carries the time of its making.
"""

import argparse
import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docx
import yaml
from reportlab.lib.pagesizes import A4, A5
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
ROMAN, BOLD, ITALIC = "Times-Roman", "Times-Bold", "Times-Italic"
NOTE_SIZE = 7.5
MARK = re.compile(r"\[\^(\d+)\]")

# Where the narrow columns may break a word.
SYLLABLES = """
a-gree-ment al-le-ga-tions an-a-lysed ar-bi-trar-i-ly as-sess-ment au-thor-i-ties bi-o-met-ric
cam-er-as check-points col-lect-ed col-lect-ing col-lec-tion com-merce com-pa-nies con-clud-ed
con-tract-or de-scribed de-tained de-tain-ees de-ten-tion de-ten-tions doc-u-ment ed-u-ca-tion
elec-tri-ci-ty equip-ment es-ti-mat-ed fab-ri-ca-tion fa-cial fin-ger-prints gath-ered gov-ern-ment
hu-man-i-ty in-de-pen-dent In-te-grat-ed lan-tern li-cens-ing move-ments na-tion-al no-tic-es
of-fi-cial of-fi-cials Op-er-a-tions op-er-a-tors par-tic-u-lar pho-to-graphs plat-form
prac-tice pro-cure-ment pro-fil-ing pro-gramme pub-lished rec-og-ni-tion rea-sons
re-ceived re-gion re-peat-ed-ly re-port-ed re-search re-search-ers res-i-dents sam-ples sanc-tioned
sat-el-lite se-quenc-ers so-cial-is-ing sup-plied sup-pli-ers sus-pect-ed sus-pi-cious sys-tem
tech-nol-o-gy tel-e-phone ter-ror-ism to-geth-er train-ing Treas-ury U-ni-ted U-ni-ver-si-ty
vo-ca-tion-al weigh-ing work-ers
"""
BREAKS = {word.replace("-", ""): word.split("-") for word in SYLLABLES.split()}


@dataclass(frozen=True)
class Source:
    """One text of `src/`: its head, its blocks in order, and its footnotes by number."""

    head: dict[str, str]
    blocks: list[str]
    notes: dict[str, str]


def read(path: Path) -> Source:
    """Parses one source file."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    blocks = body.strip().split("\n\n")
    notes = dict(re.findall(r"^\[\^(\d+)\]: (.+)$", body, re.M))
    blocks = [block for block in blocks if not re.match(r"\[\^\d+\]: ", block)]
    return Source({k: str(v) for k, v in yaml.safe_load(head).items()}, blocks, notes)


def width(word: str, font: str, size: float) -> float:
    """How wide a word is, its footnote mark included."""
    marks = "".join(MARK.findall(word))
    bare = MARK.sub("", word)
    return float(stringWidth(bare, font, size) + stringWidth(marks, font, size * 0.65))


def hyphenated(word: str, room: float, font: str, size: float) -> tuple[str, str] | None:
    """The longest beginning of the word that fits the room with a hyphen, and the rest."""
    core = word.rstrip(".,;:")
    parts = BREAKS.get(core, [])
    for cut in range(len(parts) - 1, 0, -1):
        first, rest = "".join(parts[:cut]), "".join(parts[cut:]) + word[len(core) :]
        if min(len(first), len(rest)) > 1 and width(first + "-", font, size) <= room:
            return first + "-", rest
    return None


def lines(text: str, room: float, font: str, size: float) -> Iterator[tuple[str, bool]]:
    """The text broken into lines; the flag marks the last line, which is not stretched."""
    space = width(" ", font, size)
    line: list[str] = []
    used = 0.0
    words = text.split()
    while words:
        word = words.pop(0)
        if used + width(word, font, size) <= room:
            line.append(word)
            used += width(word, font, size) + space
            continue
        broken = hyphenated(word, room - used, font, size)
        if broken:
            line.append(broken[0])
            words.insert(0, broken[1])
        else:
            words.insert(0, word)
        yield " ".join(line), False
        line, used = [], 0.0
    yield " ".join(line), True


@dataclass
class Pages:
    """A canvas being filled line by line, in columns from left to right, page after page."""

    canvas: Canvas
    paper: tuple[float, float]
    columns: int
    size: float
    head: str
    notes: dict[str, str]
    margin: float = 40.0
    gap: float = 16.0
    page: int = 0
    column: int = 0
    top: float = 0.0
    y: float = 0.0
    pending: list[str] = field(default_factory=list)

    @property
    def column_width(self) -> float:
        return (self.paper[0] - 2 * self.margin - (self.columns - 1) * self.gap) / self.columns

    @property
    def left(self) -> float:
        return self.margin + self.column * (self.column_width + self.gap)

    @property
    def floor(self) -> float:
        """The lowest place for a line: above the footnotes of this column."""
        height = sum(len(self.note_lines(mark)) for mark in self.pending) * (NOTE_SIZE + 1.5)
        return self.margin + 14 + (height + 8 if self.pending else 0)

    def note_lines(self, mark: str) -> list[tuple[str, bool]]:
        return list(lines(f"{mark} {self.notes[mark]}", self.column_width, ROMAN, NOTE_SIZE))

    def open_page(self) -> None:
        self.page += 1
        self.column = 0
        right = self.paper[0] - self.margin
        ceiling = self.paper[1] - self.margin
        left, _, other = self.head.partition(" | ")
        self.canvas.setFont(ITALIC, 8)
        self.canvas.drawString(self.margin, ceiling + 8, left)
        self.canvas.drawRightString(right, ceiling + 8, other)
        self.canvas.line(self.margin, ceiling + 4, right, ceiling + 4)
        self.top = self.y = ceiling - 10

    def set_notes(self) -> None:
        """The footnotes of this column, at its foot."""
        y = self.floor - 8
        if self.pending:
            self.canvas.line(self.left, y + 7, self.left + 50, y + 7)
        self.canvas.setFont(ROMAN, NOTE_SIZE)
        for mark in self.pending:
            for line, _ in self.note_lines(mark):
                y -= NOTE_SIZE + 1.5
                self.canvas.drawString(self.left, y + NOTE_SIZE, line)
        self.pending = []

    def next_column(self) -> None:
        self.set_notes()
        self.column += 1
        self.y = self.top
        if self.column == self.columns:
            self.close_page()
            self.open_page()

    def close_page(self) -> None:
        self.canvas.setFont(ROMAN, 8)
        self.canvas.drawCentredString(self.paper[0] / 2, self.margin - 6, str(self.page))
        self.canvas.showPage()

    def set_line(self, line: str, font: str, size: float, stretch: float) -> None:
        text = self.canvas.beginText(self.left, self.y)
        text.setWordSpace(stretch)
        for n, part in enumerate(MARK.split(line)):
            text.setFont(font, size * 0.65 if n % 2 else size)
            text.setRise(size * 0.35 if n % 2 else 0)
            text.textOut(part)
        text.setWordSpace(0)  # it would outlast this line
        self.canvas.drawText(text)

    def paragraph(self, text: str, font: str, size: float, after: float) -> None:
        for line, last in lines(text, self.column_width, font, size):
            marks = MARK.findall(line)
            self.pending += marks
            if self.y < self.floor:
                self.pending = self.pending[: len(self.pending) - len(marks)]
                self.next_column()
                self.pending += marks
            free = self.column_width - sum(width(word, font, size) for word in line.split())
            gaps = line.count(" ")
            plain = width(" ", font, size)
            self.set_line(line, font, size, free / gaps - plain if gaps and not last else 0)
            self.y -= size * 1.22
        self.y -= after

    def heading(self, text: str) -> None:
        if self.y - 4 * self.size < self.floor:  # never alone at the foot of a column
            self.next_column()
        self.y -= 3
        for line, _ in lines(text, self.column_width, BOLD, self.size):
            self.set_line(line, BOLD, self.size, 0)
            self.y -= self.size * 1.3
        self.y -= 2

    def title(self, head: dict[str, str]) -> None:
        """The head of the first page, over all columns."""
        columns, self.columns = self.columns, 1
        self.y -= 8
        for text, font, size in (
            (head["title"], BOLD, 15),
            (f"{head['publisher']}, {long_date(head['date'])}", ITALIC, 10),
            (head["note"] + ".", ROMAN, 8),
        ):
            for line, _ in lines(text, self.column_width, font, size):
                self.set_line(line, font, size, 0)
                self.y -= size * 1.3
        self.y -= 10
        self.top = self.y
        self.columns = columns


def long_date(iso: str) -> str:
    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def pdf(source: Source) -> bytes:
    """The source as a PDF, laid out as its head asks."""
    head = source.head
    columns = 2 if head["layout"] == "columns" else 1
    paper, size = (A5, 10.5) if columns == 2 else (A4, 13)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=paper, invariant=1, pageCompression=0)
    made = head["date"].replace("-", "")
    canvas.setDateFormatter(lambda *_: f"D:{made}080000+00'00'")
    canvas.setTitle(head["title"])
    canvas.setAuthor(head["publisher"])
    canvas.setSubject(head["note"])
    canvas.setKeywords([head["source_type"], head["licence"]])
    margin = 42 if columns == 2 else 84
    pages = Pages(canvas, paper, columns, size, head["head"], source.notes, margin)
    pages.open_page()
    pages.title(head)
    for block in source.blocks:
        if block.startswith("# "):
            pages.heading(block[2:])
        else:
            pages.paragraph(block, ROMAN, size, 6)
    pages.set_notes()
    pages.close_page()
    canvas.save()
    return out.getvalue()


def word(source: Source) -> bytes:
    """The source as a DOCX with headings, tables and a running head."""
    head = source.head
    made = docx.Document()
    moment = datetime.datetime.fromisoformat(head["date"])
    core = made.core_properties
    core.title, core.author, core.subject = head["title"], head["publisher"], head["note"]
    core.keywords, core.comments = head["source_type"], f"Licence: {head['licence']}"
    core.created = core.modified = moment
    core.last_modified_by, core.revision = head["publisher"], 1
    made.sections[0].header.paragraphs[0].text = head["publisher"]
    made.add_heading(head["title"], 0)
    made.add_paragraph(f"{head['publisher']}, {long_date(head['date'])}")
    for block in source.blocks:
        if block.startswith("# "):
            made.add_heading(block[2:], 1)
        elif block.startswith("| "):
            rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in block.split("\n")]
            table = made.add_table(len(rows), len(rows[0]), "Table Grid")
            for cells, row in zip(table.rows, rows, strict=True):
                for cell, text in zip(cells.cells, row, strict=True):
                    cell.text = text
        else:
            made.add_paragraph(block)
    out = io.BytesIO()
    made.save(out)
    return undated(out)


def undated(archive: io.BytesIO) -> bytes:
    """The same zip archive without the time of its making."""
    out = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=HERE / "documents")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((HERE / "src").glob("*.txt")):
        source = read(path)
        target = folder / source.head["file"]
        target.write_bytes(pdf(source) if target.suffix == ".pdf" else word(source))
        print(target)


if __name__ == "__main__":
    main()
