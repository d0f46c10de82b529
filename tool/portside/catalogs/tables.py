"""The tables of the embedded catalog, the same on SQLite and on PostgreSQL.

The rule: what can be computed from other rows is here only where a search or a reading would have to look at everything
without it (links, property_values), and is then written by the same function as what it follows from.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
)

metadata = MetaData()

Words = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point on both, as SQLite does by itself."""


def _stamps() -> tuple[Column[str], ...]:
    """When something was made and last written, and by whom."""
    return (
        Column("created_at", Words, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("updated_at", Words, nullable=False),
        Column("updated_by", Text, nullable=False),
    )


def _partial(name: str, *columns: ColumnElement[Any], where: ColumnElement[bool]) -> None:
    """An index that holds some rows only, to which the others cost nothing."""
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


def dates(row: Row[Any]) -> dict[str, str]:
    """Those of a row as Port's API names them."""
    return {
        "createdAt": row.created_at,
        "createdBy": row.created_by,
        "updatedAt": row.updated_at,
        "updatedBy": row.updated_by,
    }


meta = Table("meta", metadata, Column("name", Words, primary_key=True), Column("value", Text, nullable=False))

resources = Table(
    "resources",
    metadata,
    Column("kind", Words, primary_key=True),
    Column("identifier", Words, primary_key=True),
    Column("body", Text, nullable=False),  # JSON text: many are read at once, and parsed at once
    Column("withheld", JSON, nullable=False),  # what is never given back: [[route, value], …]
    Column("webhook_key", Words, unique=True),
    *_stamps(),
)

targets = Table(
    "targets",
    metadata,
    Column("blueprint", Words, primary_key=True),
    Column("target", Words, primary_key=True),
    Index("targets_by_target", "target"),
)
"""Which blueprint points at which, by relation or aggregation."""

entities = Table(
    "entities",
    metadata,
    Column("blueprint", Words, primary_key=True),
    Column("identifier", Words, primary_key=True),
    Column("title", Words),
    Column("icon", Text),
    Column("team", JSON, nullable=False),
    Column("properties", JSON, nullable=False),
    Column("relations", JSON, nullable=False),
    Column("datasource", Words),  # who wrote it first, by the writer's User-Agent; null: a webhook, or a plan
    *_stamps(),
    Index("entities_by_creation", "blueprint", "created_at"),
    Index("entities_by_update", "blueprint", "updated_at"),
)

links = Table(
    "links",
    metadata,
    Column("blueprint", Words, primary_key=True),
    Column("identifier", Words, primary_key=True),
    Column("relation", Words, primary_key=True),
    Column("target", Words, primary_key=True),
    Column("target_blueprint", Words, nullable=False),
    ForeignKeyConstraint(
        ["blueprint", "identifier"], ["entities.blueprint", "entities.identifier"], ondelete="CASCADE"
    ),
    Index("links_by_target", "target_blueprint", "target"),
    Index("links_by_relation", "blueprint", "relation"),
)
"""The relations of entities once more, so that holders are found from what they hold."""

HEAD = 200
"""So many characters of a text are in the index; PostgreSQL's takes no more than 2,704 bytes."""

IDENTIFIER = 1_080
"""So many bytes of UTF-8 may an entity's identifier have, which a thousand plain letters never are.

An index row of links has two of them, a blueprint's name of up to 400 bytes and a relation's of up to 100, and all of
it must fit in those 2,704 bytes.
"""

property_values = Table(
    "property_values",
    metadata,
    Column("blueprint", Words, nullable=False),
    Column("identifier", Words, nullable=False),
    Column("property", Words, nullable=False),  # a key of schema.properties, or $title, $team
    Column("position", Integer, nullable=False),  # of the row among those of the property
    Column("type", Words, nullable=False),  # s text, n number, b boolean (head: true, false), x anything else
    Column("head", Words),  # the first HEAD characters of a text
    Column("whole", Words),  # the whole text where it is longer than its head, else null
    Column("number", Float),  # a number, infinite where no float is so large; of a date-time its seconds since 1970
    PrimaryKeyConstraint("identifier", "blueprint", "property", "position"),  # SQLite would go by a blueprint
    ForeignKeyConstraint(
        ["blueprint", "identifier"], ["entities.blueprint", "entities.identifier"], ondelete="CASCADE"
    ),
    Index("values_by_head", "blueprint", "property", "head", "identifier"),
    sqlite_with_rowid=False,  # in the key's order: the rows of an entity, written together, stand together
)
"""The written properties of entities once more, one row a value, so that a search finds entities by what they hold.

A list has a row for each of its scalar members; a list, an object, has besides one row of type x that says it is there.
"""
_partial(
    "values_by_number",
    property_values.c.blueprint,
    property_values.c.property,
    property_values.c.number,
    property_values.c.identifier,
    where=property_values.c.number.is_not(None),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Words, nullable=False),
    Column("by", Text, nullable=False),
    Column("origin", Words, nullable=False),  # API, WEBHOOK, PLAN
    Column("action", Words, nullable=False),  # CREATE, UPDATE, DELETE
    Column("resource", Words, nullable=False),  # blueprint, entity, webhook, scorecard, …
    Column("blueprint", Words),  # of an entity or a scorecard, or the blueprint itself
    Column("identifier", Words, nullable=False),  # of what was changed
    Column("status", Words, nullable=False),  # SUCCESS, FAILURE
    Column("message", Text, nullable=False),
    Column("webhook", Words),
    Column("delivery", Integer),  # the webhook event
    Column("run", Words),
    Column("diff", JSON, nullable=False),  # {before, after}: of an update, what changed in it and no more
    Index("events_of", "resource", "blueprint", "identifier", "id"),
    sqlite_autoincrement=True,
)
"""The audit log: what was changed, when, by whom. A property's history is read from it."""
_partial("events_by_delivery", events.c.delivery, where=events.c.delivery.is_not(None))

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook", Words, nullable=False),
    Column("webhook_key", Words, nullable=False),
    Column("request_identifier", Words),
    Column("received_at", Words, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("query", JSON, nullable=False),
    Column("status", Words, nullable=False),  # pending: stored and acknowledged, and not yet carried out
    Column("outcome", JSON, nullable=False),
    Index("deliveries_once", "webhook_key", "request_identifier", unique=True),
    Index("deliveries_by_webhook", "webhook", "id"),
    sqlite_autoincrement=True,
)
_partial("deliveries_pending", deliveries.c.id, where=deliveries.c.status == "pending")

scorecards = Table(
    "scorecards",
    metadata,
    Column("blueprint", Words, primary_key=True),
    Column("identifier", Words, primary_key=True),
    Column("body", JSON, nullable=False),
    *_stamps(),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Words, primary_key=True),
    Column("description", Text, nullable=False),
    Column("sealed", Text, nullable=False),  # encrypted; never given back
    *_stamps(),
)

migrations = Table(
    "migrations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("source_blueprint", Words, nullable=False),
    Column("actor", Text, nullable=False),
    Column("status", Words, nullable=False),
    Column("body", JSON, nullable=False),  # mapping, counts, flags
    Column("created_at", Words, nullable=False),
    Column("updated_at", Words, nullable=False),
)
"""Port's migrations: work on all entities of a blueprint that goes on after its request was answered."""
