"""Calendar expressions and the dates they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.dates import resolve


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("March 2019", None, "2019-03"),
        ("3 March 2019", None, "2019-03-03"),
        ("March 3, 2019", None, "2019-03-03"),
        ("2019-03-07", None, "2019-03-07"),
        ("7.3.2019", None, "2019-03-07"),
        ("03/04/2021", None, "2021"),
        ("13/04/2021", None, "2021-04-13"),
        ("04/13/2021", None, "2021-04-13"),
        ("2009-10", None, "2009"),
        ("the 1990s", None, None),
        ("2018", None, "2018"),
        ("2016-19", None, "2016"),
        ("October 3", "2019-05-01", "2018-10-03"),
        ("May 1", "2019-05-01", "2019-05-01"),
        ("May 2", "2019-05-01", "2018-05-02"),
        ("April", "2019-05", "2019-04"),
        ("December", "2019", "2019-12"),
        ("December", None, None),
        ("Tuesday", "2021-12-10", "2021-12-07"),
        ("Tuesday", "2021-12", None),
        ("30 February 2020", None, "2020-02"),
        ("last week", "2021-12-10", None),
        ("", None, None),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(
    text: str, published: str | None, expected: str | None
) -> None:
    assert resolve(text, published) == expected


@given(st.text(), st.one_of(st.none(), st.text()))
def test_no_text_breaks_it(text: str, published: str | None) -> None:
    found = resolve(text, published)
    assert found is None or len(found) in (4, 7, 10)


@given(st.dates())
def test_a_date_in_full_is_found_again(day: object) -> None:
    assert resolve(str(day)) in (str(day), None, str(day)[:7])
