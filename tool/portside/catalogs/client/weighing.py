"""What a danger would lose, counted through Port's API: one request for the entities, a few for their values.

The rule: what cannot be counted in a bounded number of requests, or comes without what was asked for, is not counted:
unknown is a danger, and a wrong nought would be a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from portside.catalogs.client import answers, bodies
from portside.catalogs.client.answers import Answer
from portside.catalogs.client.session import Request
from portside.catalogs.unfit import concerned
from portside.errors import CatalogRefused
from portside.model.resource import JSON, Body
from portside.plans.dangers import COUNTED, Counted, Danger, Loss

PAGE = 1000
"""Entities a page (Port's limit)."""
PAGES = 20
"""Pages at most for one danger: 20,000 entities that may be concerned."""

Send = Callable[[Request], Answer]


def count(send: Send, danger: Danger) -> Loss | None:
    """The loss; None where Port cannot say, or not in PAGES requests."""
    if danger.name not in COUNTED or danger.ref is None:
        return None
    counted = _COUNTS[COUNTED[danger.name]]
    try:
        entities = _entities(send, danger.ref.identifier)
        values = counted(_Search(send, danger), entities) if entities else 0
        return None if values is None or entities is None else Loss(values, entities)
    except CatalogRefused:  # a blueprint that is gone, a search this server does not know, rights that end here
        return None


def _entities(send: Send, blueprint: str) -> int | None:
    found = answers.member(send(bodies.counting(blueprint)), ("count",))
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


class _Unsaid(Exception):
    """Too many pages, or an answer that lacks what was asked for."""


class _Search:
    """Entities that have something in the member a danger is about."""

    def __init__(self, send: Send, danger: Danger) -> None:
        self._send = send
        self._blueprint = danger.ref.identifier if danger.ref else ""
        self._key = danger.member or ""
        self.danger = danger

    def number(self, subject: str, fits: Callable[[JSON], bool] | None = None) -> int | None:
        """How many entities have the property or relation; with `fits`, how many of their values do."""
        try:
            found = dict(self._values(subject, look=fits is not None))
        except _Unsaid:
            return None
        return sum(fits is None or fits(value) for value in found.values())

    def _values(self, subject: str, *, look: bool) -> Iterator[tuple[str, JSON]]:
        rule = {subject: self._key, "operator": "isNotEmpty"}
        body: Body = {"query": {"combinator": "and", "rules": [rule]}, "limit": PAGE, "include": ["$identifier"]}
        if look:
            body["include"] = ["$identifier", self._key]
        for _ in range(PAGES):
            found = answers.content(self._send(bodies.searching(self._blueprint, body)))
            for entity in _list(found.get("entities")):
                yield _identifier(entity), self._held(entity, subject) if look else None
            if not (following := found.get("next")):
                return
            body = {**body, "from": following}
        raise _Unsaid

    def _held(self, entity: JSON, subject: str) -> JSON:
        members = entity.get("properties" if subject == "property" else "relations")
        if not isinstance(members, dict) or members.get(self._key) is None:
            raise _Unsaid
        return members[self._key]


def _list(value: JSON) -> list[JSON]:
    if not isinstance(value, list):
        raise _Unsaid
    return value


def _identifier(entity: JSON) -> str:
    if not isinstance(entity, dict) or not isinstance(entity.get("identifier"), str):
        raise _Unsaid
    return str(entity["identifier"])


def _all(_: _Search, entities: int | None) -> int | None:
    return entities


def _with_value(search: _Search, _: int | None) -> int | None:
    return search.number("property")


def _without_value(search: _Search, entities: int | None) -> int | None:
    return _rest(entities, search.number("property"))


def _unfitting(search: _Search, _: int | None) -> int | None:
    return search.number("property", lambda value: concerned(value, search.danger))


def _related(search: _Search, _: int | None) -> int | None:
    return search.number("relation")


def _unrelated(search: _Search, entities: int | None) -> int | None:
    return _rest(entities, search.number("relation"))


def _several(search: _Search, _: int | None) -> int | None:
    return search.number("relation", lambda value: isinstance(value, list) and len(value) > 1)


def _rest(entities: int | None, having: int | None) -> int | None:
    return None if entities is None or having is None else max(0, entities - having)


_COUNTS: Mapping[Counted, Callable[[_Search, int | None], int | None]] = {
    Counted.ALL: _all,
    Counted.WITH_VALUE: _with_value,
    Counted.WITHOUT_VALUE: _without_value,
    Counted.UNFITTING: _unfitting,
    Counted.RELATED: _related,
    Counted.UNRELATED: _unrelated,
    Counted.SEVERAL: _several,
}
