"""Names of one passage agree with each other."""

from models.consistency import REPEATED, agree
from models.sketch import Piece

TEXT = "Mira Tolan left Norvia . Tolan and Norvia spoke of Mira Tolan ."
WORDS = TEXT.split()


def test_a_victim_is_a_victim_everywhere() -> None:
    found = [(Piece(0, 2, "PERSON.NAM"), 0.9), (Piece(10, 12, "VICTIM.NAM"), 0.6)]
    assert {piece.kind for piece, _ in agree(WORDS, found)} == {"VICTIM.NAM"}


def test_a_surname_follows_the_full_name_and_missed_repeats_are_added() -> None:
    found = [(Piece(0, 2, "PERSON.NAM"), 0.9), (Piece(5, 6, "LOCATION.NAM"), 0.8)]
    assert agree(WORDS, found) == [
        (Piece(0, 2, "PERSON.NAM"), 0.9),
        (Piece(5, 6, "PERSON.NAM"), 0.8),
        (Piece(10, 12, "PERSON.NAM"), REPEATED),
    ]


def test_a_state_may_also_be_a_place() -> None:
    found = [(Piece(3, 4, "LOCATION.NAM"), 0.9), (Piece(7, 8, "GOVERNMENT.NAM"), 0.6)]
    assert agree(WORDS, found) == found


def test_of_two_kinds_the_likelier_stays() -> None:
    found = [(Piece(3, 4, "ORG.NAM"), 0.9), (Piece(7, 8, "VENDOR.NAM"), 0.6)]
    assert [piece.kind for piece, _ in agree(WORDS, found)] == ["ORG.NAM", "ORG.NAM"]


def test_descriptions_stay_as_they_are() -> None:
    found = [(Piece(0, 2, "VICTIM.NOM"), 0.9)]
    assert agree(WORDS, found) == found
