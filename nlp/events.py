"""Events of a passage: triggers with arguments become records with quote, date and answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from models.reading import ReadEvent
from nlp import assertion
from nlp.dates import resolve
from nlp.extraction import PassageText
from nlp.lookalikes import is_no_act, is_trade_measure
from nlp.records import Argument, Assertion, Event, Mention, Role, Span
from nlp.sentences import split

_ROLES = frozenset(get_args(Role))
_ASSERTIONS = frozenset(get_args(Assertion))


def find(
    passage: PassageText,
    read: Sequence[ReadEvent],
    mentions: Sequence[Mention],
    index: Mapping[int, int],
) -> tuple[Event, ...]:
    """The events of a passage in order of their triggers.

    `index` gives the place in `mentions` of each entity that the roles of `read` name by number.
    """
    if not read:
        return ()
    sentences = passage.sentences or tuple(split(passage.text, passage.language))
    answers = assertion.answers(passage.text)
    events = []
    for found in read:
        trigger = Span(found.start, found.end)
        sentence = sentences[assertion.sentence_at(sentences, trigger.start)]
        if is_no_act(found.type, passage.text, sentence, trigger):
            continue
        event = _event(passage, found, mentions, index, sentences, answers)
        if is_trade_measure(passage.text, sentence, trigger):
            event = _as_trade_measure(event)
        events.append(event)
    return tuple(sorted(events, key=lambda event: event.trigger))


def _as_trade_measure(event: Event) -> Event:
    """The event as a restriction of trade: who acts is the authority, who suffers the subject."""
    roles: dict[Role, Role] = {"perpetrator": "authority", "target": "subject"}
    arguments = tuple(Argument(roles.get(a.role, a.role), a.mention) for a in event.arguments)
    return replace(event, kind="TRADE.RESTRICTION", arguments=arguments)


def _event(
    passage: PassageText,
    read: ReadEvent,
    mentions: Sequence[Mention],
    index: Mapping[int, int],
    sentences: Sequence[Span],
    answers: Sequence[assertion.Answer],
) -> Event:
    trigger = Span(read.start, read.end)
    place = assertion.sentence_at(sentences, trigger.start)
    arguments = _at_home(_arguments(read, index), mentions, sentences[place])
    actors = [a.mention for a in arguments if a.role == "perpetrator"]
    guess: Assertion = read.assertion if read.assertion in _ASSERTIONS else "alleged"  # type: ignore[assignment]
    state = assertion.settle(passage.text, sentences[place], trigger, guess)
    spans = [mentions[i].span for i in actors]
    return Event(
        kind=read.type,
        trigger=trigger,
        quote=quote(trigger, [mentions[a.mention].span for a in arguments], sentences),
        arguments=arguments,
        assertion=state,
        attribution=assertion.attribution(passage.text, state, trigger, spans),
        score=round(read.score, 3),
        date=_date(arguments, mentions, passage.published),
        response=assertion.response(answers, sentences, place, mentions, actors),
    )


def _arguments(read: ReadEvent, index: Mapping[int, int]) -> tuple[Argument, ...]:
    chosen: dict[Argument, None] = {}
    for role, number, _ in read.roles:
        if role in _ROLES and number in index:
            chosen[Argument(role, index[number])] = None  # type: ignore[arg-type]
    return tuple(chosen)


def _at_home(
    arguments: tuple[Argument, ...], mentions: Sequence[Mention], sentence: Span
) -> tuple[Argument, ...]:
    """The arguments without those of another sentence whose role is filled in the trigger's own:
    who acts in the next sentence does not act in this one."""
    filled = {a.role for a in arguments if sentence.holds(mentions[a.mention].span)}
    return tuple(
        a for a in arguments if a.role not in filled or sentence.holds(mentions[a.mention].span)
    )


def quote(trigger: Span, arguments: Sequence[Span], sentences: Sequence[Span]) -> Span:
    """The sentences from the first to the last that hold the trigger or an argument."""
    low = min([trigger.start, *(a.start for a in arguments)])
    high = max([trigger.end, *(a.end for a in arguments)])
    first = sentences[assertion.sentence_at(sentences, low)]
    last = sentences[assertion.sentence_at(sentences, high - 1)]
    return Span(min(first.start, low), max(last.end, high))


def _date(
    arguments: Sequence[Argument], mentions: Sequence[Mention], published: str | None
) -> str | None:
    """The most precise date among the times of an event; the first of equals."""
    times = [mentions[a.mention] for a in arguments if a.role == "time"]
    dates = [d for m in sorted(times, key=lambda m: m.span) if (d := resolve(m.name, published))]
    return max(dates, key=len, default=None)
