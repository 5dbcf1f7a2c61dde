"""What is made of Tesseract's answers."""

import pytest

from indexer.readers import ocr

ROWS = (
    "1 1 0 0 0 0 0 0 1000 1000 -1 ",
    "5 1 1 1 1 1 10 10 50 20 96.1 Forty",
    '5 1 1 1 1 2 70 10 50 20 95.0 "beds',
    "5 1 1 1 2 1 10 40 50 20 95.0 for",
    "5 1 1 1 2 2 70 40 50 20 3.0 ~;",
    "5 1 1 2 1 1 10 90 50 20 95.0 ninety.",
    "5 1 2 1 1 1 10 190 20 20 95.0 行政",
    "5 1 2 1 1 2 30 190 20 20 95.0 处",
    "5 1 2 1 1 3 60 190 20 20 95.0 No",
)
TABLE = "\n".join(row.replace(" ", "\t") for row in ("level and so on", *ROWS))


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
