"""Text cut into words and marks: the units that the small models label."""

import re

# Dotted initials, possessives, words (letters, marks and digits of any script), single marks.
# Alternatives start on different characters or stop at the first that does not fit: linear.
TOKEN = re.compile(r"(?:[A-Z]\.){2,}|['’]s\b|\w+|[^\w\s]")


def tokenise(text: str) -> list[tuple[int, int]]:
    """Start and end of each token of `text`, in order; white space belongs to none."""
    return [match.span() for match in TOKEN.finditer(text)]


def listed(words: str) -> frozenset[str]:
    """The words of a list that is written as one string."""
    return frozenset(words.split())
