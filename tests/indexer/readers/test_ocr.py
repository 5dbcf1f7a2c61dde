"""What is made of Tesseract's answers."""

import pytest

from indexer.readers import ocr

TABLE = """level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t1000\t1000\t-1\t
5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t96.1\tForty
5\t1\t1\t1\t1\t2\t70\t10\t50\t20\t95.0\t"beds
5\t1\t1\t1\t2\t1\t10\t40\t50\t20\t95.0\tfor
5\t1\t1\t1\t2\t2\t70\t40\t50\t20\t3.0\t~;
5\t1\t1\t2\t1\t1\t10\t90\t50\t20\t95.0\tninety.
5\t1\t2\t1\t1\t1\t10\t190\t20\t20\t95.0\t行政
5\t1\t2\t1\t1\t2\t30\t190\t20\t20\t95.0\t处
5\t1\t2\t1\t1\t3\t60\t190\t20\t20\t95.0\tNo
"""


def test_words_make_lines_and_paragraphs() -> None:
    text, words = ocr._compose(TABLE)
    assert text == 'Forty "beds\nfor\n\nninety.\n\n行政处 No'
    assert [text[word.start : word.end] for word in words] == [
        "Forty",
        '"beds',
        "for",
        "ninety.",
        "行政",
        "处",
        "No",
    ]
    assert (words[1].left, words[1].top, words[1].right, words[1].bottom) == (70, 10, 120, 30)


@pytest.mark.parametrize(
    ("script", "expected"),
    [("Latin", "eng+fra"), ("Arabic", "ara+fas"), ("Myanmar", "eng"), (None, "eng+fra")],
)
def test_the_script_chooses_the_installed_languages(
    script: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "packs", lambda: frozenset({"eng", "fra", "fas", "ara", "osd"}))
    assert ocr.languages(script) == expected


def test_a_missing_program_is_a_failure_that_names_the_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "program", lambda: None)
    with pytest.raises(ocr.RecognitionFailed, match=ocr.INSTALL):
        ocr._run(["--list-langs"], b"")
