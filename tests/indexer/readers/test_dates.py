"""Written dates."""

import pytest

from indexer.readers.dates import iso


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2021-05-03", "2021-05-03"),
        ("2021-05-03T08:00:00+00:00", "2021-05-03"),
        ("2021/5/3", "2021-05-03"),
        ("20210503", "2021-05-03"),
        ("2021", "2021"),
        ("2021-05", "2021-05"),
        ("3 May 2021", "2021-05-03"),
        ("3rd May, 2021", "2021-05-03"),
        ("Monday, 3 May 2021", "2021-05-03"),
        ("May 3, 2021", "2021-05-03"),
        ("May 2021", "2021-05"),
        ("3 de mayo de 2021", "2021-05-03"),
        ("26 DE JUNIO DE 2012", "2012-06-26"),
        ("1er février 2020", "2020-02-01"),
        ("25/04/2021", "2021-04-25"),
        ("04/25/2021", "2021-04-25"),
        ("03/03/2021", "2021-03-03"),
    ],
)
def test_a_date_is_read_no_more_precisely_than_it_is_written(written: str, date: str) -> None:
    assert iso(written) == date


@pytest.mark.parametrize(
    "written",
    ["03/04/2021", "yesterday", "", "31 February 2021", "2021-13-01", "12345678901", "0099"],
)
def test_what_is_no_date_or_could_be_two_is_none(written: str) -> None:
    assert iso(written) is None
