"""A unit of work: what a transaction has read of entities, and is about to write of them.

The rule: a write is refused before anything of it is here, so what is here is always whole; it reaches the database
when it is flushed, which whoever asks the database with a query of its own does first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from sqlalchemy import Connection

from portside.catalogs import events, rows
from portside.catalogs.entity import Entity, Key, Stamp
from portside.catalogs.events import Origin, Subject
from portside.catalogs.many import Row
from portside.model.blueprint import Blueprint
from portside.model.resource import Body


class Draft:
    """One transaction's view of entities."""

    def __init__(self, connection: Connection, blueprints: Mapping[str, Blueprint]) -> None:
        self.connection = connection
        self.blueprints = blueprints
        self._now: dict[Key, Entity | None] = {}  # as the transaction sees them
        self._there: dict[Key, bool] = {}  # of those nobody has read
        self._stored: dict[Key, Entity | None] = {}  # what the database has of those written since the last flush
        self._events: list[Row | None] = []

    def find(self, key: Key) -> Entity | None:
        """The entity of that name."""
        if key not in self._now:
            self._now[key] = None if self._there.get(key) is False else rows.find(self.connection, key)
        return self._now[key]

    def exists(self, key: Key) -> bool:
        """Whether there is such an entity."""
        if key in self._now:
            return self._now[key] is not None
        if key not in self._there:
            self._there[key] = rows.exists(self.connection, key)
        return self._there[key]

    def prefetch(self, keys: Iterable[Key], targets: Iterable[Key] = ()) -> None:
        """Read the entities of those names, and whether there are the others, in a query for each blueprint."""
        for blueprint, names in _grouped(keys, self._now):
            found = {entity.key: entity for entity in rows.several(self.connection, blueprint, names)}
            self._now |= {key: found.get(key) for key in (Key(blueprint, name) for name in names)}
        for blueprint, names in _grouped(targets, self._now.keys() | self._there.keys()):
            there = set(rows.present(self.connection, blueprint, names))
            self._there |= {Key(blueprint, name): name in there for name in names}

    def write(self, entity: Entity, stamp: Stamp, origin: Origin) -> None:
        """Put an entity where there was none, or in the place of the one there is."""
        self._become(entity.key, entity, stamp, origin)

    def erase(self, key: Key, stamp: Stamp, origin: Origin) -> None:
        """Forget an entity and what it points at; who points at it is the caller's concern."""
        self._become(key, None, stamp, origin)

    def rename(self, old: Key, entity: Entity, stamp: Stamp, origin: Origin) -> None:
        """Put an entity where there was none, in the place of one of another name."""
        before = self._put(old, None)
        self._put(entity.key, entity)
        names = {"identifier": old.identifier}, {"identifier": entity.key.identifier}
        self._tell(
            entity.key, {**names[0], **(_body(before) or {})}, {**names[1], **(_body(entity) or {})}, stamp, origin
        )

    def _become(self, key: Key, after: Entity | None, stamp: Stamp, origin: Origin) -> None:
        before = self._put(key, after)
        self._tell(key, _body(before), _body(after), stamp, origin)

    def _put(self, key: Key, after: Entity | None) -> Entity | None:
        """Gives what was there."""
        before = self.find(key)
        self._stored.setdefault(key, before)
        self._now[key] = after
        return before

    def _tell(self, key: Key, before: Body | None, after: Body | None, stamp: Stamp, origin: Origin) -> None:
        subject = Subject("entity", key.identifier, key.blueprint)
        self._events.append(events.event(stamp, origin, subject, before, after))

    def flush(self) -> None:
        """Bring the database up to what is written here."""
        pending = [(was, self._now[key]) for key, was in self._stored.items()]
        recorded = self._events
        self._stored, self._events = {}, []
        changed = [(was, now) for was, now in pending if was and now and _same_one(was, now)]
        others = [(was, now) for was, now in pending if not (was and now and _same_one(was, now))]
        rows.erase(self.connection, [was.key for was, _ in others if was])
        rows.add(self.connection, [now for _, now in others if now], self.blueprints)
        rows.change(self.connection, changed, self.blueprints)
        events.record(self.connection, recorded)

    def forget(self) -> None:
        """Flush, and read everything again: somebody writes to entities without this draft."""
        self.flush()
        self._now.clear()
        self._there.clear()


def _same_one(was: Entity, now: Entity) -> bool:
    """Whether it was changed, and not deleted and another created under its name."""
    return (was.created, was.datasource) == (now.created, now.datasource)


def _body(entity: Entity | None) -> Body | None:
    return {key: value for key, value in entity.body().items() if value or value == ""} if entity else None


def _grouped(keys: Iterable[Key], known: Iterable[Key]) -> list[tuple[str, list[str]]]:
    """The names that are not known yet, by blueprint."""
    wanted = sorted(set(keys).difference(known))
    return [(blueprint, [key.identifier for key in some]) for blueprint, some in groupby(wanted, lambda key: key[0])]
