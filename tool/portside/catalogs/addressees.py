"""Webhooks as deliveries find them: read and made ready once, and again when something about them was changed.

The rule: whoever asks gives a connection, and gets what stands there now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from portside.catalogs import resources, tables
from portside.model.blueprint import Blueprint
from portside.model.resource import Kind, Ref
from portside.model.webhook import Webhook

if TYPE_CHECKING:
    from portside.mappings.evaluate import Evaluation

_columns = tables.resources.c

MOST = 10_000
"""Keys that are remembered, those of no webhook too: anybody can make them up."""


@dataclass(frozen=True)
class Addressee:
    """A webhook as it stands when a delivery comes: with its key, and the blueprints that its mappings name."""

    webhook: Webhook
    key: str
    blueprints: Mapping[str, Blueprint]

    @cached_property
    def evaluation(self) -> Evaluation:
        from portside.mappings.evaluate import Evaluation

        return Evaluation(self.webhook, self.blueprints)


def named(connection: Connection, identifier: str) -> Addressee | None:
    """The webhook of that name."""
    found = resources.secretive(connection, Ref(Kind.WEBHOOK, identifier))
    if found is None:
        return None
    webhook = Webhook(found)
    stored = resources.StoredBlueprints(connection)
    known = {name: blueprint for name in _mapped(webhook) if (blueprint := stored.get(name))}
    return Addressee(webhook, resources.webhook_key(connection, identifier), known)


def keyed(connection: Connection, key: str) -> Addressee | None:
    """The webhook with that key in its address."""
    identifier = connection.execute(select(_columns.identifier).where(_columns.webhook_key == key)).scalar()
    return None if identifier is None else named(connection, identifier)


class Addressees:
    """What was read so far; for one thread."""

    def __init__(self) -> None:
        self._version: str | None = None
        self._known: dict[str, Addressee | None] = {}

    def at(self, connection: Connection, keys: Iterable[str]) -> dict[str, Addressee | None]:
        """The webhooks with these keys, parsed and compiled only when any resource was written since; None: no such."""
        if (version := resources.version(connection)) != self._version or len(self._known) > MOST:
            self._version, self._known = version, {}
        for key in set(keys).difference(self._known):
            self._known[key] = keyed(connection, key)
        return self._known


def _mapped(webhook: Webhook) -> list[str]:
    return sorted({mapping.blueprint for mapping in webhook.mappings})
