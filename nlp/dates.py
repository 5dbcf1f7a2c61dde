"""Calendar expressions as ISO 8601 dates or prefixes of one ("2019", "2019-03", "2019-03-07")."""

import re
from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
DAYS = {
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
}
_PART = re.compile(r"\d{1,4}|[A-Za-z]+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_DECADE = re.compile(r"\d{2,4}[’']?s\b")
_NUMERIC = re.compile(r"(\d{1,2})([./])(\d{1,2})[./](\d{4})")
# Calendar years that a report of our time speaks of; other numbers are not years.
YEARS = range(1900, 2101)
# More than any date needs; a longer mention is not one.
LONGEST = 60


def resolve(text: str, published: str | None = None) -> str | None:
    """The date that `text` names, as precise as it is written; None when it names none.

    A month or a day without a year is the last one not after `published` (ISO, or a prefix); a
    weekday needs a full `published`. Of a range ("2016-19", "from March to May") the first. What
    could be two dates ("03/04/2021", "2009-10") or is a decade gives what is sure, or None.
    """
    text = text[:LONGEST]
    if _DECADE.search(text):
        return None
    iso = _ISO.search(text)
    if iso and not iso[3] and int(iso[2]) == int(iso[1]) % 100 + 1:
        return iso[1]  # "2009-10" is two years as likely as October
    if iso and int(iso[1]) in YEARS and 1 <= int(iso[2]) <= 12:
        return _iso(int(iso[1]), int(iso[2]), int(iso[3]) if iso[3] else None)
    numeric = _NUMERIC.search(text)
    if numeric and int(numeric[4]) in YEARS:
        first, second, year = int(numeric[1]), int(numeric[3]), int(numeric[4])
        if numeric[2] == "." and 1 <= second <= 12:  # written so where the day comes first
            return _iso(year, second, first)
        return _numeric(first, second, year)
    return _in_words(_PART.findall(text), published)


def _numeric(first: int, second: int, year: int) -> str:
    """A date in figures; only its year when day and month could change places."""
    if first == second or second > 12 >= first:
        return _iso(year, first, second)
    return _iso(year, second, first) if first > 12 >= second else str(year)


def _in_words(parts: list[str], published: str | None) -> str | None:
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    for part in parts:
        low = part.lower()
        if low.isdigit():
            if len(low) == 4 and int(low) in YEARS:
                year = year or int(low)
            elif len(low) < 3 and 1 <= int(low) <= 31:
                day = day or int(low)
        elif low in MONTHS and month is None:
            month = MONTHS[low]
        elif low in DAYS:
            weekday = DAYS[low]
    if month is not None:
        year = year or _year_before(month, day, published)
        return _iso(year, month, day) if year else None
    if year is not None:
        return str(year)
    return _weekday_before(weekday, published) if weekday is not None else None


def _iso(year: int, month: int, day: int | None) -> str:
    if day is not None:
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            pass
    return f"{year:04d}-{month:02d}"


def _parts(published: str | None) -> list[int]:
    match = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", published or "")
    return [int(part) for part in match.groups() if part] if match else []


def _year_before(month: int, day: int | None, published: str | None) -> int | None:
    """The year of the last such month or day that is not after `published`."""
    known = _parts(published)
    if not known:
        return None
    later = (month, day or 0) > tuple([*known[1:], 31][:2]) if len(known) > 1 else False
    return known[0] - 1 if later else known[0]


def _weekday_before(weekday: int, published: str | None) -> str | None:
    known = _parts(published)
    if len(known) < 3:
        return None
    try:
        day = date(*known)
    except ValueError:
        return None
    return (day - timedelta(days=(day.weekday() - weekday) % 7)).isoformat()
