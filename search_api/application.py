"""A licence application as a licensing system sends it, checked field by field."""

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from nlp.knowledge.loader import load

# The parties of US (BIS-748P), UK (LITE) and EU dual-use forms, together.
PartyRole = Literal[
    "applicant",
    "exporter",
    "purchaser",
    "customer",
    "agent",
    "submitter",
    "consultant",
    "intermediate_consignee",
    "consignee",
    "ultimate_consignee",
    "end_user",
    "ultimate_end_user",
    "third_party",
    "other",
]
SubType = Literal["government", "commercial", "individual", "other"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2200)]


def _printable(value: str) -> str:
    """Refuses control characters, which no name has and no screen shows."""
    if any(ord(c) < 32 and c not in "\t\n\r" for c in value):
        raise ValueError("holds control characters: send plain text")
    return value


# The longest registered names have some 250 characters; 500 leaves room for an address beside.
NameText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_printable),
]


def _country(value: object) -> object:
    """The ISO 3166 alpha-2 code of a country given by code or name; unknown ones are refused."""
    if not isinstance(value, str) or not value.strip():
        return None
    code = load().country_in_any_language(value)
    if code is None:
        raise ValueError(
            f"{value!r} is no country known here: use an ISO 3166 code such as 'RS' or a name"
        )
    return code


def _event_types(value: object) -> object:
    known = {e.code for e in load().events}
    for code in value if isinstance(value, (list, tuple)) else ():
        if code not in known:
            raise ValueError(f"{code!r} is no event type: use one of {', '.join(sorted(known))}")
    return value


Country = Annotated[str | None, BeforeValidator(_country)]


class Party(BaseModel):
    """A person or body on the application, in the role it has there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: str = Field(min_length=1, max_length=100)
    role: PartyRole
    name: NameText
    name_native: NameText | None = None
    aliases: tuple[NameText, ...] = Field(default=(), max_length=50)
    sub_type: SubType | None = None
    country: Country = None
    address: Text | None = None
    website: Text | None = None
    signatory_name: Text | None = None


class Classification(BaseModel):
    """An entry of a control list, such as ECCN 5A004.b."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: str = Field(max_length=50)
    code: str = Field(max_length=50)


class Item(BaseModel):
    """What is to be exported."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ref: str = Field(min_length=1, max_length=100)
    description: Text = ""
    classification: Classification | None = None
    commodity_code: str | None = Field(default=None, max_length=50)
    manufacturer: Text | None = None
    model: Text | None = None
    quantity: float | None = None
    unit: str | None = Field(default=None, max_length=50)
    value: float | None = None
    currency: str | None = Field(default=None, max_length=10)


class Destination(BaseModel):
    """Where the items go."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: Country = None
    city: Text | None = None


class Options(BaseModel):
    """What to search and show. An option that is not known is refused, not passed over.

    `event_types` limits findings to these codes; `include_individuals` lets a person on the
    application match; `victim_names` is `redact` unless the caller may see them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lookback_years: int | None = Field(default=None, ge=1, le=100)
    min_band: Literal["strong", "possible"] = "possible"
    include_country_context: bool = True
    include_individuals: bool = False
    max_findings_per_party: int = Field(default=20, ge=1, le=200)
    max_evidence_per_finding: int = Field(default=5, ge=1, le=50)
    event_types: Annotated[tuple[str, ...], BeforeValidator(_event_types)] = ()
    victim_names: Literal["redact", "show"] = "redact"


class Application(BaseModel):
    """A licence application: who buys and uses which items, where and for what."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "reference": "Z123456",
                    "jurisdiction": "US",
                    "as_of": "2026-11-21",
                    "parties": [
                        {
                            "ref": "p1",
                            "role": "end_user",
                            "name": "Ministry of Public Security",
                            "name_native": "公安部",
                            "sub_type": "government",
                            "country": "CN",
                        }
                    ],
                    "items": [
                        {
                            "ref": "i1",
                            "description": "Facial recognition server",
                            "classification": {"scheme": "ECCN", "code": "EAR99"},
                        }
                    ],
                    "destination": {"country": "CN", "city": "Beijing"},
                    "end_use": "Access control",
                }
            ]
        },
    )

    reference: Annotated[NameText, Field(max_length=200)]
    jurisdiction: str | None = Field(default=None, max_length=50)
    case_type: str | None = Field(default=None, max_length=50)
    submitted_on: date | None = None
    as_of: date | None = None
    parties: tuple[Party, ...] = Field(min_length=1)
    items: tuple[Item, ...] = Field(default=(), max_length=1000)
    destination: Destination | None = None
    end_use: Text | None = None
    options: Options = Options()

    @model_validator(mode="after")
    def _lookback_needs_a_day(self) -> "Application":
        if self.options.lookback_years and not (self.as_of or self.submitted_on):
            raise ValueError("options.lookback_years needs as_of or submitted_on to count from")
        return self

    @field_validator("parties")
    @classmethod
    def _refs_differ(cls, parties: tuple[Party, ...]) -> tuple[Party, ...]:
        refs = [party.ref for party in parties]
        twice = sorted({ref for ref in refs if refs.count(ref) > 1})
        if twice:
            raise ValueError(f"two parties have the ref {twice[0]!r}: give each its own")
        return parties
