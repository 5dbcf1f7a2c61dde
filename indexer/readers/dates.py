"""Written dates as ISO 8601, never more precise than what was written."""

import re
from datetime import date

# The languages of most reports that come with a written date. Other languages' dates are left
# unread with a warning: a wrong date is worse than none.
MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"sept": 9, "setiembre": 9, "fevrier": 2, "aout": 8, "decembre": 12}

# No report was published before printing, and four digits beyond this are a reference number.
EARLIEST, LATEST = 1450, 2100

_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ]\d{1,2}:.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(
    r"(?:\w+,? )?(\d{1,2})(?:st|nd|rd|th|er|º)? (?:del? )?([^\W\d]+)\.?,? (?:del? )?(\d{4})",
    re.I,
)
_MONTH_FIRST = re.compile(r"(?:[^\W\d]+, )?([^\W\d]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_MONTH_ONLY = re.compile(r"([^\W\d]+)\.?,? (?:del? )?(\d{4})")
_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")


def iso(written: str) -> str | None:
    """The date `written` as YYYY, YYYY-MM or YYYY-MM-DD; None when it is no date or could be two.

    "03/04/2021" is two dates (March or April), "03/03/2021" and "25/04/2021" are one each.
    """
    text = " ".join(written.split())[:60]
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(match[1], match[2], match[3])
    if match := _DAY_FIRST.match(text):
        return _date(match[3], MONTHS.get(match[2].lower()), match[1])
    if match := _MONTH_FIRST.match(text):
        return _date(match[3], MONTHS.get(match[1].lower()), match[2])
    if match := _MONTH_ONLY.fullmatch(text):
        return (
            _date(match[2], MONTHS.get(match[1].lower()), None)
            if match[1].lower() in MONTHS
            else None
        )
    if match := _NUMBERS.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        if first == second or second > 12:
            return _date(match[4], first, second)
        if first > 12:
            return _date(match[4], second, first)
    return None


def _date(year: str, month: str | int | None, day: str | int | None) -> str | None:
    if not EARLIEST <= int(year) <= LATEST:
        return None
    if month is None:
        return year if day is None else None
    try:
        whole = date(int(year), int(month), int(day or 1)).isoformat()
    except ValueError:
        return None
    return whole if day is not None else whole[:7]
