"""Entities of one blueprint made into those of another, or changed, by a mapping in the vocabulary of webhooks.

The rule: a mapping does here what it does to a delivery; its jq sees the entity as it is read.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portside.catalogs import entities, resources, rows
from portside.catalogs.entities import Transaction
from portside.catalogs.entity import Key, Stamp
from portside.catalogs.reading import Reading
from portside.errors import CatalogRefused
from portside.mappings.evaluate import Evaluation
from portside.model.entity import Outcome, Upsert, Verdict
from portside.model.resource import JSON, Body, Kind, Resource
from portside.model.webhook import Delivery, Webhook
from portside.problems import dotted

STRETCH = 0.5
"""Seconds of jq after which a batch ends: whoever stops or cancels a migration waits no longer than an expression."""


class Moved(NamedTuple):
    """What a batch did, in entities."""

    successes: int = 0
    failures: int = 0


@dataclass(frozen=True)
class _Source(Delivery):
    """An entity in the place of a delivery."""

    @property
    def input(self) -> Body:
        entity: JSON = self.body
        return dict(entity)


def mapping_of(within: Transaction, source: str, mapping: Body) -> Body:
    """The whole mapping: without a blueprint it leads back to the source, without an identifier to the same one.

    Raises CatalogRefused for a blueprint that is not there, or jq that does not compile.
    """
    if "operation" in mapping:
        raise CatalogRefused("the mapping of a migration has no operation: it creates", reason="validation_error")
    whole = {**mapping, "blueprint": mapping.get("blueprint") or source}
    whole["entity"] = {"identifier": ".identifier", **mapping["entity"]}
    for blueprint in (source, whole["blueprint"]):
        resources.known(within.blueprints, blueprint)
    _mind_jq(_webhook(whole))
    return whole


def _mind_jq(webhook: Webhook) -> None:
    from portside.jq import syntax  # a catalog without migrations needs none

    for route, written in webhook.expressions():
        if error := syntax.error(written):
            sentence = f"the mapping's {dotted(route[2:])} does not compile: {error.message}"
            raise CatalogRefused(sentence, reason="validation_error")


class Seen(NamedTuple):
    """An entity as it was read, and when it was last written then."""

    key: Key
    updated: Stamp
    document: Body


def seen(look: Reading, source: str, names: Sequence[str]) -> list[Seen]:
    """The entities of those names, as a mapping sees them."""
    found = rows.several(look.connection, source, names)
    return [Seen(entity.key, entity.updated, look.document(entity)) for entity in found]


def evaluation(look: Reading, mapping: Body) -> Evaluation:
    """The mapping, ready to run when the look is over."""
    known = look.blueprints.get(mapping["blueprint"])
    return Evaluation(_webhook(mapping), {known.identifier: known} if known else {})


def outcomes(mapping: Evaluation, read: Sequence[Seen]) -> list[Outcome]:
    """What each becomes: of the first ones only when that takes long. Outside of any transaction: jq takes its time."""
    found: list[Outcome] = []
    began = time.monotonic()
    for one in read:
        found.append(mapping.outcome(_Source(one.document)))
        if time.monotonic() - began > STRETCH:
            break
    return found


def mapped(within: Transaction, mapping: Evaluation, made: Sequence[tuple[Seen, Outcome]]) -> Moved:
    """Store what entities became. One that somebody wrote to meanwhile is read again; one that is gone is left out."""
    within.draft.prefetch([one.key for one, _ in made])
    now = [outcome for one, before in made if (outcome := _now(within, mapping, one, before))]
    entities.prefetch(within, [change for outcome in now for change in outcome.changes])
    done = [_carried_out(within, outcome) for outcome in now]
    within.flush()
    return Moved(done.count(True), done.count(False))


def _now(within: Transaction, mapping: Evaluation, one: Seen, outcome: Outcome) -> Outcome | None:
    entity = within.draft.find(one.key)
    if entity is None or entity.updated == one.updated:
        return outcome if entity else None
    reading = Reading(within.connection, within.blueprints, within.stamp.at)
    return mapping.outcome(_Source(reading.document(entity)))


def _carried_out(within: Transaction, outcome: Outcome) -> bool | None:
    """Whether all that one entity became is stored; None: the filter left it out."""
    if all(one.verdict is Verdict.FILTERED for one in outcome.mappings):
        return None
    stored = [_stored(within, change) for change in outcome.changes if isinstance(change, Upsert)]
    return bool(stored) and all(stored)


def _stored(within: Transaction, change: Upsert) -> bool:
    try:
        entities.upsert(within, change.blueprint, change.identifier, change.fields)
    except CatalogRefused:
        return False
    return True


def _webhook(mapping: Body) -> Webhook:
    body = {"identifier": "migration", "title": "Migration", "mappings": [mapping]}
    return Webhook(Resource.of(Kind.WEBHOOK, body))
