"""A property of drafts: many writes in one transaction leave what they leave each in a transaction of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from catalog_contract import blueprint, filled, relation
from portside.catalogs import entities, rows, tables, values
from portside.catalogs.entities import Transaction
from portside.catalogs.entity import Key
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.entity import Upsert

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "40"))
"""More with PORTSIDE_EXAMPLES=5000; the default keeps the module to a few seconds."""

NAMES = st.sampled_from("abc")
NOW = "2026-01-02T03:04:05.678Z"
BLUEPRINTS = (
    blueprint(
        "node",
        properties={"size": {"type": "number"}, "tags": {"type": "array"}, "kind": {"type": "string", "default": "k"}},
        relations={"up": relation("node"), "all": relation("node", many=True)},
    ),
    blueprint("leaf", properties={"size": {"type": "number"}}, relations={"on": relation("node", required=True)}),
)
PROPERTIES = {
    "size": st.sampled_from((None, 1, 2.5)),
    "tags": st.sampled_from((None, [], ["x"], ["x", 1, {"y": 2}], "x", [True])),
    "kind": st.sampled_from((None, "k", "l", 7)),
}
QUERY = {"combinator": "and", "rules": [{"property": "size", "operator": "=", "value": 1}]}
Write = Callable[[Transaction], object]


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, Upsert]:
    """How to write, and what."""
    of = draw(st.sampled_from(("node", "node", "leaf")))
    targets = {"up": NAMES, "all": st.lists(NAMES, max_size=3)} if of == "node" else {"on": NAMES}
    relations = {
        key: draw(st.one_of(st.none(), st.just(QUERY), one)) for key, one in targets.items() if draw(st.booleans())
    }
    keys = ("size",) if of == "leaf" else tuple(PROPERTIES)
    fields: dict[str, Any] = {"properties": {key: draw(PROPERTIES[key]) for key in keys if draw(st.booleans())}}
    if draw(st.booleans()):
        fields |= {"title": draw(st.sampled_from(("T", None))), "team": draw(st.sampled_from((["t"], "u", [])))}
    how = draw(st.sampled_from(("upsert", "upsert", "override", "create", "merge", "rename", "remove", "dependents")))
    named = draw(st.one_of(NAMES, NAMES, NAMES, st.just(QUERY)))
    return how, Upsert(of, named, {**fields, "relations": relations})


def carried_out(within: Transaction, how: str, change: Upsert) -> object:
    """What became of it, or why it was refused."""
    key = Key(change.blueprint, change.identifier if isinstance(change.identifier, str) else "a")
    ways: dict[str, Write] = {
        "upsert": lambda at: entities.upsert(at, change.blueprint, change.identifier, change.fields),
        "override": lambda at: entities.override(at, change.blueprint, change.identifier, change.fields),
        "create": lambda at: entities.create(at, change.blueprint, change.identifier, change.fields),
        "merge": lambda at: entities.edit(at, key, change.fields, whole=False),
        "rename": lambda at: entities.edit(at, key, change.fields, whole=True, identifier="c"),
        "remove": lambda at: entities.remove(at, key, dependents=False),
        "dependents": lambda at: entities.remove(at, key, dependents=True),
    }
    try:
        return ways[how](within)
    except CatalogRefused as error:
        return error.reason, str(error)


@contextmanager
def opened() -> Iterator[LocalCatalog]:
    with tempfile.TemporaryDirectory() as folder, LocalCatalog.open(Path(folder) / "c.db", now=lambda: NOW) as catalog:
        filled(catalog, *BLUEPRINTS)
        yield catalog


def everything(catalog: LocalCatalog) -> dict[str, list[str]]:
    """The rows of all tables that have to do with entities; those of events in their order."""
    with catalog.reading() as reading:
        found = {
            table.name: [str(tuple(row)) for row in reading.connection.execute(select(table))]
            for table in (tables.entities, tables.links, tables.property_values, tables.events)
        }
    return {name: lines if name == "events" else sorted(lines) for name, lines in found.items()}


@settings(max_examples=EXAMPLES)
@given(st.lists(changes(), max_size=12), st.booleans(), st.booleans())
def test_writes_in_one_draft_are_the_same_writes_each_on_its_own(
    written: Sequence[tuple[str, Upsert]], related: bool, prefetched: bool
) -> None:
    with opened() as together, opened() as apart:
        with together.writing("ana", related=related) as within:
            if prefetched:
                entities.prefetch(within, [change for _, change in written])
            ours = [carried_out(within, how, change) for how, change in written]
        theirs = []
        for how, change in written:
            with apart.writing("ana", related=related) as within:
                theirs.append(carried_out(within, how, change))

        assert ours == theirs
        assert everything(together) == everything(apart)
        assert _consistent(together)


def _consistent(catalog: LocalCatalog) -> bool:
    """Whether the values that are found are those that the entities hold."""
    with catalog.reading() as reading:
        found = sorted(str(tuple(row)) for row in reading.connection.execute(select(tables.property_values)))
        entity = [one for name in ("node", "leaf") for one in rows.all_of(reading.connection, name)]
        return found == sorted(str(row) for one in entity for row in values.rows(one))
