"""An extraction in the format of annotated passages, for evaluation and for training data."""

from nlp.records import Event, Extraction, Mention


def as_record(id: str, text: str, extraction: Extraction) -> dict[str, object]:
    """The extraction as one record: entities `e1`, `e2`, ... in the order of the mentions, events
    with their roles as lists of those ids. Ready for `json.dumps`."""
    return {
        "id": id,
        "text": text,
        "entities": [_entity(number, m) for number, m in enumerate(extraction.mentions, 1)],
        "events": [_event(text, event) for event in extraction.events],
    }


def _entity(number: int, mention: Mention) -> dict[str, object]:
    return {
        "id": f"e{number}",
        "type": mention.kind,
        "mention": mention.form,
        "start": mention.span.start,
        "end": mention.span.end,
        "text": mention.name,
    }


def _event(text: str, event: Event) -> dict[str, object]:
    roles: dict[str, list[str]] = {}
    for argument in event.arguments:
        roles.setdefault(argument.role, []).append(f"e{argument.mention + 1}")
    start, end = event.trigger.start, event.trigger.end
    return {
        "type": event.kind,
        "trigger": {"start": start, "end": end, "text": text[start:end]},
        "assertion": event.assertion,
        "roles": roles,
    }
