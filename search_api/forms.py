"""The form for one application: what was typed, what it describes, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

PARTY_FIELDS = ("role", "name", "name_native", "sub_type", "country", "address")


def filled(form: FormData) -> dict[str, Any]:
    """What was typed into the form; party rows without a name are left out."""
    single = ("reference", "item", "eccn", "destination", "end_use", "individuals", "json")
    given: dict[str, Any] = {name: str(form.get(name) or "").strip() for name in single}
    columns = [[str(v).strip() for v in form.getlist(f"party_{f}")] for f in PARTY_FIELDS]
    rows = (dict(zip(PARTY_FIELDS, r, strict=True)) for r in zip_longest(*columns, fillvalue=""))
    given["parties"] = [row for row in rows if row["name"] or row["name_native"]]
    return given


def sent(given: Mapping[str, Any]) -> dict[str, Any]:
    """The application that the form describes."""
    parties = []
    for number, row in enumerate(given["parties"], start=1):
        party = {name: value for name, value in row.items() if value}
        parties.append({"ref": f"p{number}", "name": row["name"] or row["name_native"], **party})
    item: dict[str, Any] = {"ref": "i1", "description": given["item"]}
    if given["eccn"]:
        item["classification"] = {"scheme": "ECCN", "code": given["eccn"]}
    return {
        "reference": given["reference"],
        "parties": parties,
        "items": [item] if given["item"] or given["eccn"] else [],
        "destination": {"country": given["destination"]} if given["destination"] else None,
        "end_use": given["end_use"] or None,
        "options": {"include_individuals": bool(given["individuals"])},
    }


def problems(error: ValidationError) -> Iterator[str]:
    """What is wrong with the application, each with its place."""
    errors = error.errors()
    for found in errors:
        match found["loc"]:
            case ("parties",) if any(len(e["loc"]) > 1 for e in errors):
                # A party that is wrong is not counted, so that there seem to be too few.
                continue
            case ("parties",):
                yield "Parties: give at least one party with a name"
            case ("reference",) if found["type"] == "string_too_short":
                yield "Reference: give the number or name of the case"
            case place:
                message = found["msg"].removeprefix("Value error, ")
                yield f"{_place(place)}: {message}" if place else message


def _place(names: tuple[int | str, ...]) -> str:
    """A place in the application as a reader counts: "Party 1, country"."""
    singular = {"parties": "party", "items": "item"}
    words = ""
    for name in names:
        if isinstance(name, int):
            words += f" {name + 1}"
        else:
            words += f", {singular.get(name, name)}".replace("_", " ")
    return words.removeprefix(", ").capitalize()
