"""What reads like an act against people and is none."""

import pytest

from nlp.lookalikes import is_no_act, is_trade_measure
from nlp.records import Span


def places(text: str, trigger: str) -> tuple[str, Span, Span]:
    start = text.index(trigger)
    return text, Span(0, len(text)), Span(start, start + len(trigger))


@pytest.mark.parametrize(
    ("kind", "text", "trigger", "expected"),
    [
        ("LIB.DETENTION", "Police arrested ten men on suspicion of theft.", "arrested", True),
        ("LIB.DETENTION", "Police arrested ten men at the rally.", "arrested", False),
        ("LIB.DETENTION", "Police arrested an editor on charges of fraud.", "arrested", False),
        ("LIB.PROSECUTION", "A court convicted him, charging bribery.", "convicted", True),
        ("LIB.DETENTION", "The summit will be held virtually.", "held virtually", True),
        ("LIB.DETENTION", "The nurse was held for nine weeks.", "held", False),
        ("VIO.TORTURE", "Guards beat men suspected of theft.", "beat", False),
        ("SURV.GENERAL", "They sell surveillance technology.", "surveillance technology", True),
        ("SURV.GENERAL", "They kept her under surveillance.", "surveillance", False),
    ],
)
def test_ordinary_crime_and_goods_are_no_acts(
    kind: str, text: str, trigger: str, expected: bool
) -> None:
    assert is_no_act(kind, *places(text, trigger)) is expected


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Selmark will restrict exports of spyware.", "restrict", True),
        ("Selmark restricted the sale of drones to Norvania.", "restricted", True),
        ("Selmark restricted access to news sites.", "restricted", False),
        ("Selmark arrested the seller of exports to Norvania.", "arrested", False),
    ],
)
def test_a_restriction_of_exports_is_a_measure_of_trade(
    text: str, trigger: str, expected: bool
) -> None:
    assert is_trade_measure(*places(text, trigger)) is expected
