"""A catalog for clients that a server fails under, and what is wrong with it afterwards: nothing, it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from catalog_contract import blueprint, create, filled, mapping, relation, webhook
from clients import Bulks, Client, Editor, Sender
from portside.catalogs import deliveries, tables
from portside.catalogs.finishing import Finisher
from portside.catalogs.local import LocalCatalog
from portside.model.resource import Kind, Ref

SENDERS, WRITERS = 8, 2
NUMBER = {"type": "number"}
MAPPINGS = (
    mapping("page", ".body.once", properties={"number": ".body.number"}, relations={"sender": ".body.sender"}),
    mapping("note", ".body.once", properties={"number": ".body.number"}, relations={"page": ".body.once"}),
    mapping("sender", ".body.sender", properties={"last": ".body.number"}),
)
"""Each delivery makes two entities of its own, and changes one that all of its sender's deliveries change."""


def prepared(catalog: LocalCatalog) -> Sequence[Client]:
    """The clients of a catalog, which is ready for them then."""
    filled(
        catalog,
        blueprint("sender", properties={"last": NUMBER}),
        blueprint("page", properties={"number": NUMBER}, relations={"sender": relation("sender")}),
        blueprint("note", properties={"number": NUMBER}, relations={"page": relation("page", required=True)}),
        blueprint("part", properties={"number": NUMBER}),
        *(blueprint(f"edited{n}", properties={"number": NUMBER}, title="After -1") for n in range(WRITERS)),
    )
    pager = webhook("pager", *MAPPINGS, security={"requestIdentifierPath": ".body.once"})
    catalog.perform(create(Kind.WEBHOOK, pager))
    document = catalog.document(Ref(Kind.WEBHOOK, "pager"))
    assert document
    senders = [Sender(f"/{document['webhookKey']}", number) for number in range(SENDERS)]
    return [*senders, *map(Bulks, range(WRITERS)), *map(Editor, range(WRITERS))]


def lost(catalog: LocalCatalog, clients: Sequence[Client]) -> list[Any]:
    """What is not there of what was acknowledged, or not whole, or twice; after all that is kept is carried out."""
    Finisher(catalog, lambda job: job()).drain()
    senders = [client for client in clients if isinstance(client, Sender)]
    own = [found for client in clients if isinstance(client, Bulks | Editor) for found in client.wrong(catalog)]
    return [*_missing(catalog, senders), *_wrong(catalog), *_late(catalog), *own, *_unaccounted(catalog)]


def _all_of(catalog: LocalCatalog) -> list[dict[str, Any]]:
    with catalog.reading() as reading:
        return deliveries.latest(reading.connection, 10_000_000)


def _missing(catalog: LocalCatalog, senders: Iterable[Sender]) -> list[str]:
    """What was acknowledged and is not there exactly once; a sender's next one may be there, unacknowledged."""
    there = Counter(one["requestIdentifier"] for one in _all_of(catalog))
    promised = [name for sender in senders for name in sender.promised()]
    return [one for one in promised if there[one] != 1] + [one for one, count in there.items() if count > 1]


def _wrong(catalog: LocalCatalog) -> list[Any]:
    """Deliveries whose outcome is not that of one that was carried out wholly and once."""
    return [
        (one["requestIdentifier"], one["status"], one["outcome"])
        for one in _all_of(catalog)
        if one["status"] != "accepted"
        or one["outcome"]["failures"]
        or [entity["effect"] for entity in one["outcome"]["entities"]][:2] != ["created", "created"]
        or any(catalog.entity(blueprint, one["requestIdentifier"]) is None for blueprint in ("page", "note"))
    ]


def _late(catalog: LocalCatalog) -> set[tuple[str, int]]:
    """Where the entity that all of a sender's deliveries change is not as the last that was kept should leave it."""
    found: dict[str, int] = {}
    for one in _all_of(catalog):
        number, count = map(int, one["requestIdentifier"].split("-"))
        found[f"s{number}"] = max(count, found.get(f"s{number}", 0))
    held = {(one["identifier"], one["properties"]["last"]) for one in catalog.entities("sender")}
    return held ^ {*found.items()}


def _unaccounted(catalog: LocalCatalog) -> set[tuple[str, str]]:
    """Entities of which the audit log says something else than that they are there, or are not."""
    events = tables.events.c
    query = select(events.blueprint, events.identifier, events.action).where(
        events.resource == "entity", events.status == "SUCCESS", events.action != "UPDATE"
    )
    with catalog.reading() as reading:
        told: Counter[tuple[str, str]] = Counter()
        for blueprint_, identifier, action in reading.connection.execute(query):
            told[blueprint_, identifier] += 1 if action == "CREATE" else -1
        kept = select(tables.entities.c.blueprint, tables.entities.c.identifier)
        there = {(blueprint_, identifier) for blueprint_, identifier in reading.connection.execute(kept)}
    return there ^ {key for key, balance in told.items() if balance}
