"""Word documents."""

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml

from indexer.readers.errors import DamagedDocument, EmptyDocument, TooLarge
from indexer.readers.reading import read
from tests.data.make import HERE

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(*paragraphs: str) -> bytes:
    """A Word document of the paragraphs given as XML."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.element.body.insert(0, parse_xml(f"<w:p {W}>{paragraph}</w:p>"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same file with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.namelist():
            if entry != name:
                after.writestr(entry, before.read(entry))
        after.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def test_paragraphs_and_tables_come_in_order() -> None:
    document = read((HERE / "visit.docx").read_bytes(), "visit.docx")
    assert document.text == (
        "Visit to Mill Hill\n\n"
        "The Observatory visited the prison of Mill Hill on 4 May.\n\n"
        "Building\tBeds\nNorth\t40\nSouth\t0\n\n"
        "The warden signed the minutes."
    )
    assert document.title == "Visit to Mill Hill"
    assert document.pages == ()


def test_headers_are_not_in_the_text_and_templates_give_no_date() -> None:
    document = read((HERE / "visit.docx").read_bytes(), "visit.docx")
    assert "Confidential" not in document.text
    assert document.published is None


def test_insertions_are_read_and_deletions_are_not() -> None:
    data = saved(
        "<w:r><w:t xml:space='preserve'>Ten </w:t></w:r>"
        "<w:ins w:id='1'><w:r><w:t xml:space='preserve'>armed </w:t></w:r></w:ins>"
        "<w:del w:id='2'><w:r><w:delText>masked </w:delText></w:r></w:del>"
        "<w:r><w:t>men</w:t><w:tab/><w:t>left</w:t></w:r>"
    )
    assert read(data, "x.docx").text == "Ten armed men\tleft"


def test_content_controls_are_read() -> None:
    data = saved("<w:sdt><w:sdtContent><w:r><w:t>In a field</w:t></w:r></w:sdtContent></w:sdt>")
    assert read(data, "x.docx").text == "In a field"


def test_a_word_document_without_words_says_what_would_work() -> None:
    with pytest.raises(EmptyDocument, match="save it as PDF"):
        read(saved(), "x.docx")


def test_a_file_that_is_cut_short_is_damaged() -> None:
    data = (HERE / "visit.docx").read_bytes()
    with pytest.raises(DamagedDocument, match="again"):
        read(data[: len(data) // 2], "visit.docx")


def test_broken_xml_inside_is_damage() -> None:
    data = with_part((HERE / "visit.docx").read_bytes(), "word/document.xml", b"<w:document")
    with pytest.raises(DamagedDocument, match="repair"):
        read(data, "visit.docx")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part((HERE / "visit.docx").read_bytes(), "word/media/a.bin", bytes(64 << 20))
    assert len(bomb) < 1 << 20
    with pytest.raises(TooLarge, match=r"word/media/a\.bin would unpack"):
        read(bomb, "visit.docx")
