"""Reads annotated passages: JSON lines with a text, entities and events."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """A marked span; `mention` is NAM for a name, NOM for a description."""

    id: str
    type: str
    mention: str
    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        """True when the two share at least one character."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """A marked act: its trigger's span, and the ids of the entities in each role."""

    type: str
    start: int
    end: int
    assertion: str
    roles: tuple[tuple[str, tuple[str, ...]], ...]

    def fillers(self) -> list[tuple[str, str]]:
        """Each role with one entity id."""
        return [(role, entity) for role, entities in self.roles for entity in entities]


@dataclass(frozen=True, slots=True)
class Annotated:
    """One passage with everything marked in it. `source` is a folder-like name of its origin."""

    id: str
    source: str
    text: str
    entities: tuple[GoldEntity, ...]
    events: tuple[GoldEvent, ...]

    def entity(self, id: str) -> GoldEntity:
        """The entity of that id; KeyError when the passage has none."""
        for entity in self.entities:
            if entity.id == id:
                return entity
        raise KeyError(id)


def read(path: Path) -> list[Annotated]:
    """The passages of a JSON-lines file, in order; ValueError names the line that is malformed."""
    passages = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    passages.append(_passage(json.loads(line)))
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{path}, line {number}: {error!r}") from error
    return passages


def _passage(row: dict[str, Any]) -> Annotated:
    return Annotated(
        str(row["id"]),
        str(row.get("source", "")),
        str(row["text"]),
        tuple(_entity(e) for e in row["entities"]),
        tuple(_event(e) for e in row["events"]),
    )


def _entity(row: dict[str, Any]) -> GoldEntity:
    start, end = int(row["start"]), int(row["end"])
    return GoldEntity(str(row["id"]), str(row["type"]), str(row["mention"]), start, end)


def _event(row: dict[str, Any]) -> GoldEvent:
    roles = tuple((role, tuple(map(str, ids))) for role, ids in row["roles"].items())
    start, end = int(row["trigger"]["start"]), int(row["trigger"]["end"])
    return GoldEvent(str(row["type"]), start, end, str(row["assertion"]), roles)


def by_source(passages: Iterable[Annotated]) -> dict[str, list[Annotated]]:
    """Passages by the first part of their source, in order of first appearance."""
    groups: dict[str, list[Annotated]] = {}
    for passage in passages:
        groups.setdefault(passage.source.split("/")[0], []).append(passage)
    return groups
