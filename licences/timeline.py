"""Put events into words: what happened, who did it, when, and what it changed (specification, section 12).

Events contain no names of students. The names are looked up here, for all events of a page at once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.http import QueryDict

from licences.hooks import history_words
from licences.models import Event, Licence
from licences.words import EMPTY, Words, plainly
from sms.core.govuk import formats

NAMED = 5  # records of one event that are named; the others are counted
A_PAGE = 20  # entries
PARAMETER = "history"  # of the number of the page, in the address
NUMBER = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


Folded = tuple[str, str]  # the kind and the verb of events


class Subject(Protocol):
    """A record that has a history."""

    pk: Any
    event_kind: str


@dataclass(frozen=True)
class Change:
    """A field that an event changed. `name` is the name of the field in the model."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A line of the timeline: what happened, who did it and when, and what it changed.

    A line that several events fold into says how many they are, and when the first of them was. `about` names the
    record if it is of another kind than the page.
    """

    title: str
    by: str
    at: datetime
    changes: list[Change]
    about: str = ""
    times: int = 1
    since: datetime | None = None


class Timeline(list[Entry]):
    """A page of a history, newest first. `newer` and `older` are the addresses of the pages beside it, if any."""

    newer = ""
    older = ""


def timeline(subject: Subject, query: QueryDict | None = None) -> Timeline:
    """Return the page that `query` asks for of everything that happened to `subject`: the newest, without a query."""
    return page_of(Event.objects.about(subject.event_kind, subject.pk), query)


def events_of_licence(licence: Licence) -> QuerySet[Event]:
    """Return the events about a licence, its allocations and its requests that were not deleted."""
    allocations = list(licence.allocations.values_list("pk", flat=True))
    requests = list(licence.requests.values_list("pk", flat=True))
    return Event.objects.filter(
        Q(kind=licence.event_kind, subject_id=licence.pk)
        | Q(kind="allocation", subject_id__any_of=allocations)
        | Q(kind="licence_request", subject_id__any_of=requests)
    )


def page_of(
    events: QuerySet[Event],
    query: QueryDict | None = None,
    *,
    folded: Collection[Folded] = frozenset(),
    subject_kind: str = "",
) -> Timeline:
    """Return the page of `events` in words that `query` asks for, newest first.

    It takes as many statements, however long the history is. Events of one kind and verb of `folded` that follow each
    other and that one user made are one line. Then the verbs of the whole history are read: give only verbs of which a
    record has some thousands at most. With a `subject_kind`, the lines about other kinds of record name the record.
    """
    query = query or QueryDict()
    typed = query.get(PARAMETER, "")
    number = int(typed) if NUMBER.fullmatch(typed) else 1
    wanted = slice((number - 1) * A_PAGE, number * A_PAGE + 1)
    rows = events.select_related("by").order_by("-id")
    found = _groups(rows, folded, wanted) if folded else [[event] for event in rows[wanted]]
    page = Timeline(_lines(found[:A_PAGE], subject_kind))
    page.newer = _address(query, number - 1) if number > 1 else ""
    page.older = _address(query, number + 1) if len(found) > A_PAGE else ""
    return page


def _groups(rows: QuerySet[Event], folded: Collection[Folded], wanted: slice) -> list[list[Event]]:
    """Return the `wanted` lines of these events, newest first: each is the events that fold into it."""
    lines = rows.values_list("id", "kind", "verb", "by_id")
    runs = groupby(lines, lambda line: line[1:] if line[1:3] in folded else line)
    groups = [[pk for pk, *_ in run] for _, run in runs][wanted]
    events = {event.pk: event for event in rows.filter(pk__any_of=[pk for group in groups for pk in group])}
    return [[events[pk] for pk in group] for group in groups]


def _lines(groups: list[list[Event]], subject_kind: str) -> list[Entry]:
    """Return a line for each group of events. The data of a group are lists of ids, and its line has all of them."""
    for newest, *others in groups:
        for name, (before, after) in newest.data.items() if others else ():
            earlier = [pk for event in reversed(others) for pk in event.data[name][1]]
            newest.data[name] = [before, [*earlier, *after]]
    written = entries((group[0] for group in groups), subject_kind)
    return [
        replace(line, times=len(group), since=group[-1].at) if len(group) > 1 else line
        for line, group in zip(written, groups, strict=True)
    ]


def _address(query: QueryDict, number: int) -> str:
    """Return the address of another page of the history, on the same page of the portal."""
    changed = query.copy()
    changed[PARAMETER] = str(number)
    return f"?{changed.urlencode()}#timeline"


def entry(event: Event) -> Entry:
    """Return the event in words."""
    return entries([event])[0]


def entries(events: Iterable[Event], subject_kind: str = "") -> list[Entry]:
    """Return `events` in words, with one look-up for each kind of record that they name. Each needs its `by` loaded.

    With a `subject_kind`, the lines about other kinds of record name the record.
    """
    events = list(events)
    names = _names_in(events)
    about = subject_names(event for event in events if subject_kind not in ("", event.kind))
    return [
        Entry(
            title(event.kind, event.verb),
            formats.Name(event.by.name),
            event.at,
            list(_changes(event, names)),
            about.get(event.pk, ""),
        )
        for event in events
    ]


def title(kind: str, verb: str) -> str:
    """Return what happened, or the verb itself if no app has a title for it."""
    return titles().get((kind, verb)) or verb.replace("_", " ").capitalize()


def subject_names(events: Iterable[Event]) -> dict[int, str]:
    """Return what each event is about, by the event's id: the record's current name, or else the event's label."""
    events = list(events)
    wanted = defaultdict(set)
    for event in events:
        wanted[event.kind].add(event.subject_id)
    found = {kind: names_of(kind, ids) for kind, ids in wanted.items()}
    return {event.pk: found[event.kind].get(event.subject_id) or event.label for event in events}


def names_of(kind: str, ids: Collection[int]) -> Mapping[int, str]:
    """Return the current names of the records of this kind, by id. It is empty for kinds that no app looks up."""
    look_up = _merged("names").get(kind)
    return look_up(ids) if look_up and ids else {}


def kinds() -> Mapping[str, str]:
    """Return all kinds of record that have a history, with their names."""
    return _merged("kinds")


def titles() -> Mapping[tuple[str, str], str]:
    """Return the title of every event, by kind and verb."""
    return _merged("titles")


@cache
def _merged(part: str) -> dict[Any, Any]:
    """Return one part of the words of all apps. Raises `ValueError` if two apps have words for the same thing."""
    merged: dict[Any, Any] = {}
    for words in history_words():
        own = getattr(words, part)
        if doubled := merged.keys() & own.keys():
            raise ValueError(f"Two apps have words of the history for {sorted(doubled)}.")
        merged |= own
    return merged


@cache
def _words_for(kind: str) -> tuple[Words, ...]:
    """Return the words of every app that has titles for this kind."""
    return tuple(words for words in history_words() if any(kind == of for of, _ in words.titles))


def _changes(event: Event, names: Mapping[str, Mapping[int, str]]) -> Iterator[Change]:
    for name, (before, after) in event.data.items():
        for words in _words_for(event.kind):
            if label := words.labels.get(name):
                yield Change(name, label, _shown(words, name, before, names), _shown(words, name, after, names))
                break


def _shown(words: Words, name: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    if value in EMPTY:
        return ""
    if name in words.references:
        return _named(value, names[words.references[name]])
    show = words.shown.get(name)
    return show(value) if show else plainly(name, value)


def _named(ids: list[int], names: Mapping[int, str]) -> str:
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    named = [names.get(pk, "a deleted record") for pk in ids[:NAMED]]
    return formats.with_names(f"{'; '.join(['{}'] * len(named))}{more}", *named)


def _names_in(events: Iterable[Event]) -> dict[str, Mapping[int, str]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        for words in _words_for(event.kind):
            for name, kind in words.references.items():
                for value in event.data.get(name, ()):
                    wanted[kind].update((value or [])[:NAMED])
    return {kind: names_of(kind, ids) for kind, ids in wanted.items()}
