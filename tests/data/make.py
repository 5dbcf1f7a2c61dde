"""Makes the files beside this one: `python -m tests.data.make`. All of their content is invented.

The same bytes come out every time, so a change in them is a change in a library.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).parent
WIDTH, HEIGHT = A4

HEAD = "Testland Rights Observatory"
TITLE = "Watched from above: cameras in the districts of Testland"
# Lines as they are set, column by column; a hyphen at a line's end breaks a word.
COLUMNS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        (
            "The Observatory visited four districts of",
            "Testland between March and June. It spoke",
            "with ninety residents and saw the control",
            "rooms of two municipal offices. Officials",
            "of the Interior Bureau confirmed the instal-",
            "lation of 410 cameras along Harbour Street.",
            "",
            "Residents said that patrols had stopped",
            "people whom the cameras had marked. The",
            "Bureau denied this in a letter of 2 May.",
        ),
        (
            "A contract that the Observatory has read",
            "names Acme Optics as supplier of the came-",
            "ras and of the software that reads faces.",
            "",
            "The firm did not answer our questions. Its",
            "web page says that it follows the law of",
            "every country in which it sells.",
        ),
    ),
    (
        (
            "In the second district the Observatory found",
            "no cameras. The mayor said that the council",
            "had voted against them in 2019.",
        ),
        (
            "Two schools had bought door locks that open",
            "to a face. Parents were not asked, and a",
            "complaint is before the district court.",
        ),
    ),
    (
        (
            "In the third district a trade union reported",
            "that its hall had been filmed for a month.",
        ),
        ("The police explained that a theft had to be", "cleared up, and took the camera away."),
    ),
    (
        (
            "The Observatory recommends that the Bureau",
            "publish its contracts and the rules by which",
            "pictures are kept.",
        ),
        ("It thanks all who spoke with it, some of them", "at a risk to their work."),
    ),
)
FOOTNOTE = "Letter 114/2021 of the Interior Bureau, held by the Observatory."

ROWS: tuple[dict[str, object], ...] = (
    {
        "headline": "Council votes on cameras",
        "body": "The council of Northford voted on Monday to switch off its cameras.",
        "year": 2021,
        "link": "https://news.example/1",
        "outlet": "Northford Courier",
        "country": "Testland",
    },
    {
        "headline": "Union hall filmed",
        "body": "A union said that its hall had been filmed.\nThe police gave no comment.",
        "year": 2022,
        "link": "https://news.example/2",
        "outlet": "Northford Courier",
        "country": "TL",
    },
    {
        "headline": "Été sans caméras",
        "body": "Les habitants de Fort-Neuf demandent un été sans caméras.",
        "year": 2023,
        "link": "https://news.example/3",
        "outlet": "Le Fanal",
        "country": "Testland",
    },
)

ARTICLE = """<!doctype html>
<html lang="en"><head><meta charset="{charset}">
<title>Harbour cameras go dark - The Northford Courier</title>
<meta property="og:site_name" content="The Northford Courier">
<meta property="article:published_time" content="2021-05-03T08:00:00+00:00">
<meta property="article:modified_time" content="2024-01-01T00:00:00+00:00">
<link rel="canonical" href="https://news.example/harbour-cameras">
</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article><h1>Harbour cameras go dark</h1>
<p>The cameras along Harbour Street were switched off on Sunday night, the Interior Bureau of
Testland said in a statement.</p>
<p>“We are reviewing who may see the pictures,” said a spokeswoman for the Bureau. She did not
say how long the review would take.</p>
<table><tr><th>District</th><th>Cameras</th></tr><tr><td>Harbour</td><td>410</td></tr>
<tr><td>Mill Hill</td><td>0</td></tr></table>
<p>The café owners’ association said that it had not been asked, and that it would write to the
council this week.</p></article></main>
<footer><p>Copyright The Northford Courier. Subscribe to our newsletter.</p></footer>
</body></html>
"""

MARKDOWN = """---
title: Notes from Mill Hill
publisher: Testland Rights Observatory
date: 2021-06-14
licence: CC-BY-4.0
country: Testland
---

# Notes from the field

Residents of Mill Hill showed us where the cameras had stood.

They said that nobody had told them why.
"""

LATIN = (
    "La commission a été créée à Fort-Neuf en 2019. Elle a entendu les témoins et a demandé à "
    "l’administration de répondre. Aucune réponse n’a été reçue avant l’été.\n"
)


def report() -> bytes:
    """Two columns on four pages, with running heads, page numbers, a footnote and hyphens."""
    out = io.BytesIO()
    canvas = _canvas(out)
    canvas.setTitle(TITLE)
    for number, columns in enumerate(COLUMNS, start=1):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, HEIGHT - 40, HEAD)
        canvas.drawCentredString(WIDTH / 2, 30, f"Page {number} of {len(COLUMNS)}")
        top = HEIGHT - 100.0
        if number == 1:
            canvas.setFont("Helvetica-Bold", 16)
            canvas.drawString(60, HEIGHT - 80, TITLE)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(60, HEIGHT - 100, "14 June 2021")
            top = HEIGHT - 140
        _column(canvas, 60, top, columns[0])
        if number == 1:
            _mark(canvas, top)
        _column(canvas, 310, top, columns[1])
        if number == 1:
            _note(canvas)
        canvas.showPage()
    canvas.save()
    # Invariant files are dated 2000-01-01; the report says that it is of June 2021.
    return out.getvalue().replace(b"D:20000101", b"D:20210616")


def _canvas(out: io.BytesIO, encrypt: StandardEncryption | None = None) -> Canvas:
    # Invariant: no date and no random id inside.
    return Canvas(out, pagesize=A4, invariant=1, encrypt=encrypt)


def _column(canvas: Canvas, left: float, top: float, lines: Sequence[str]) -> None:
    canvas.setFont("Helvetica", 10)
    for number, line in enumerate(lines):
        canvas.drawString(left, top - 13 * number, line)


def _mark(canvas: Canvas, top: float) -> None:
    """A raised figure behind the last line of the first column."""
    lines = COLUMNS[0][0]
    canvas.setFont("Helvetica", 6)
    end = 60 + canvas.stringWidth(lines[-1], "Helvetica", 10)
    canvas.drawString(end, top - 13 * (len(lines) - 1) + 4, "1")


def _note(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 5)
    canvas.drawString(60, 83, "1")
    canvas.setFont("Helvetica", 8)
    canvas.drawString(66, 80, FOOTNOTE)


def encrypted() -> bytes:
    """A PDF that asks for a password."""
    out = io.BytesIO()
    canvas = _canvas(out, StandardEncryption("open sesame", canPrint=0))
    canvas.drawString(72, 700, "Nobody reads this.")
    canvas.save()
    return out.getvalue()


def blank() -> bytes:
    """A PDF of two pages with nothing on them."""
    out = io.BytesIO()
    canvas = _canvas(out)
    for _ in range(2):
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def turned() -> bytes:
    """A page that is shown turned by 90 degrees, with one line on it."""
    out = io.BytesIO()
    canvas = _canvas(out)
    canvas.setPageRotation(90)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(100, 500, "The inspectors were turned away at the gate.")
    canvas.save()
    return out.getvalue()


def scan() -> bytes:
    """A first page of text and a second that is a picture of text."""
    picture = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=40)
    for number, line in enumerate(
        (
            "The inspectors visited the prison of Mill Hill.",
            "They counted forty beds for ninety people.",
            "The warden asked for a second building.",
        )
    ):
        draw.text((120, 200 + 70 * number), line, fill=0, font=font)
    out = io.BytesIO()
    canvas = _canvas(out)
    canvas.drawString(72, 700, "Annex: the report of the inspectors, as received.")
    canvas.showPage()
    canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
    canvas.save()
    return out.getvalue()


def word() -> bytes:
    """A Word document with headings, a table, and a header that is no part of the text."""
    document = docx.Document()
    document.core_properties.title = "Visit to Mill Hill"
    document.sections[0].header.paragraphs[0].text = "Confidential draft"
    document.add_heading("Visit to Mill Hill", level=1)
    document.add_paragraph("The Observatory visited the prison of Mill Hill on 4 May.")
    table = document.add_table(rows=0, cols=2)
    for cells in (("Building", "Beds"), ("North", "40"), ("South", "0")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("The warden signed the minutes.")
    out = io.BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _undated(data: bytes) -> bytes:
    """The same ZIP with one date on all its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name), before.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def json_lines() -> bytes:
    """The rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


def table() -> bytes:
    """The rows as CSV, with a quoted line break."""
    names = list(ROWS[0])
    cells = [names, *([str(row[name]) for name in names] for row in ROWS)]
    lines = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells)
    return "".join(line + "\r\n" for line in lines).encode()


def files() -> dict[str, bytes]:
    """Every file by name."""
    return {
        "report.pdf": report(),
        "truncated.pdf": report()[:2000],
        "encrypted.pdf": encrypted(),
        "blank.pdf": blank(),
        "turned.pdf": turned(),
        "scan.pdf": scan(),
        "visit.docx": word(),
        "article.html": ARTICLE.format(charset="utf-8").encode(),
        "article-cp1252.html": ARTICLE.format(charset="windows-1252").encode("cp1252"),
        "notes.md": MARKDOWN.encode(),
        "latin.txt": LATIN.encode("cp1252"),
        "binary.txt": bytes(range(256)) * 4,
        "news.jsonl": json_lines(),
        "news.jsonl.gz": gzip.compress(json_lines(), mtime=0),
        "news.csv": table(),
    }


if __name__ == "__main__":
    for name, data in files().items():
        (HERE / name).write_bytes(data)
