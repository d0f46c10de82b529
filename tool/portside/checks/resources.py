"""Events whose data is another kind of thing than a mapping makes of them: a note's id as an incident's. Pure.

The one rule: a mapping that tells kinds of data apart, in its identifier or in what it keeps, is taken at its word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from portside.checks import names
from portside.checks.runs import Finding, Given, Ran, beginning
from portside.jq.error import JqError
from portside.model.resource import JSON
from portside.problems import Route, Severity


class Event(NamedTuple):
    """What an event is about: its data's kind and id (None: it has none), and the resource its name begins with."""

    name: str
    kind: str
    id: JSON
    resource: str


class Foreign(NamedTuple):
    """Events that pass a mapping and are about something else than it makes."""

    ran: Ran
    events: tuple[Event, ...]

    def covers(self, given: Given) -> bool:
        """Whether a delivery is one of them: what else is wrong with it need not be told."""
        return event(given.input) in self.events


_FILTER: Route = ("filter",)
_IDENTIFIER: Route = ("entity", "identifier")


def foreign(runs: Sequence[Ran]) -> Iterator[Foreign]:
    """The mappings of one webhook that take in what they should not."""
    made = {id(ran): _made(ran) for ran in runs}
    for ran in runs:
        same = [one for other in runs if other.mapping.blueprint == ran.mapping.blueprint for one in made[id(other)]]
        wholes = {one.kind for one in same if one.kind == one.resource}
        others = tuple(dict.fromkeys(one for one in made[id(ran)] if wholes and one.kind not in wholes))
        if others and not _told_apart(ran, others):
            yield Foreign(ran, others)


def event(given: JSON) -> Event | None:
    """The event of a delivery; None for anything else, and for the one that only tests the way."""
    match given:
        case {"body": {"event": {"event_type": str(name), "data": {"type": str(kind)} as data}}} if kind != "ping":
            return Event(name, kind, data.get("id"), name.partition(".")[0])
    return None


def _made(ran: Ran) -> list[Event]:
    """The events that pass, when the identifier is their data's id whatever that is."""
    found = []
    for given in _identifiers(ran):
        one = event(given.input)
        if one is None:
            continue
        if given.result.value != one.id:
            return []
        found.append(one)
    return found


def _identifiers(ran: Ran) -> Iterable[Given]:
    for expression, column in ran.needed:
        if expression.route[len(ran.mapping.route) :] == _IDENTIFIER:
            return column
    return ()


def _told_apart(ran: Ran, others: Iterable[Event]) -> bool:
    """Whether the mapping keeps the kind, or the event's name, of what it takes in."""
    words = {word for one in others for word in (one.kind, one.name)}
    return any(
        isinstance(given.result.value, str) and given.result.value in words
        for expression, column in ran.needed
        for given in column
    )


def finding(found: Foreign) -> Finding:
    """What to say about them, at the filter that lets them pass."""
    mapping, first = found.ran.mapping, next((one for one in found.events if one.id is not None), found.events[0])
    where, text, passes = _FILTER, mapping.filter, "passes this filter"
    if text is None:
        where, text, passes = _IDENTIFIER, str(mapping.entity["identifier"]), "comes here, for there is no filter"
    message = f"{first.name} {passes}, but its data is {_article(first.kind)} {first.kind}: {_ends(found, first)}"
    return Finding(
        (*mapping.route, *where),
        text,
        "event-resource",
        Severity.WARNING,
        JqError(message, beginning(text), _hint(found, first)),
    )


def _ends(found: Foreign, first: Event) -> str:
    thing = first.kind.removeprefix(f"{first.resource}_").replace("_", " ")
    if first.id is None:
        return "it has no id, so nothing is written"
    verb = "go by" if found.ran.mapping.deletes else "carry"
    return f"the entity would {verb} the {thing}'s id"


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _hint(found: Foreign, first: Event) -> str:
    """The filter that keeps them out, and which other events they are."""
    cure = f'filter on `.body.event.data.type == "{first.resource}"`'
    others = list(dict.fromkeys(one.name for one in found.events if one.name != first.name))
    return f"{cure}\nso it is with {names.listed(others, 5)}" if others else cure
