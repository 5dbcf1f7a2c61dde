"""What stands out in an application itself, before any report is read."""

from collections.abc import Iterable, Sequence

from search_api.answer import PartyResult, RedFlag
from search_api.application import Application

CONSIGNEES = ("consignee", "ultimate_consignee")
END_USERS = ("end_user", "ultimate_end_user")
INTERMEDIARIES = ("purchaser", "customer", "agent", "intermediate_consignee", "third_party")


def red_flags(application: Application, results: Sequence[PartyResult]) -> Iterable[RedFlag]:
    """What stands out in the application without reading any report."""
    users = [p for p in application.parties if p.role in END_USERS]
    for party in application.parties:
        if party.country is None:
            yield RedFlag(
                code="insufficient_information:country",
                party=party.ref,
                why=f"{party.name} has no country: no finding can be attached to it.",
            )
    for party in application.parties:
        abroad = [u for u in users if u.country and party.country and u.country != party.country]
        if party.role in INTERMEDIARIES and abroad:
            yield RedFlag(
                code="intermediary_in_third_country",
                party=party.ref,
                why=f"{party.role} in {party.country} for an end user in {abroad[0].country}",
            )
        if party.role in CONSIGNEES and users and all(u.name != party.name for u in users):
            yield RedFlag(
                code="end_user_consignee_mismatch",
                party=party.ref,
                why=f"{party.role} and end user are different bodies",
            )
    for party, result in zip(application.parties, results, strict=True):
        strong = [m for m in result.matches if m.band == "strong"]
        if party.role in END_USERS and strong and strong[0].entity.kind == "VENDOR":
            yield RedFlag(
                code="vendor_as_end_user",
                party=party.ref,
                why=f"{strong[0].entity.name} is known as a vendor, and is named as end user",
            )
