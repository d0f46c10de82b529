"""A search through SQL finds what a look at every entity finds, whatever the entities and the query are."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import searched
from catalog_contract import filled
from portside.catalogs.local import LocalCatalog
from portside.catalogs.search import Search
from portside.model.entity import Upsert

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "40"))
NOW = "2026-01-10T12:00:00.000Z"


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Any:
    with embedded(now=lambda: NOW) as opened:
        filled(opened, searched.TEAM, searched.NODE)
        yield partial(_stored, opened)


def _stored(catalog: LocalCatalog, entities: tuple[list[Upsert], list[Upsert]]) -> LocalCatalog:
    nodes, groups = entities
    for change in (*groups, *nodes):
        catalog.override(change)
    return catalog


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(entities=searched.entities, queries=st.lists(searched.queries, min_size=8, max_size=8))
def test_sql_finds_what_a_look_at_each_finds(catalog: Any, entities: Any, queries: list[Any]) -> None:
    with catalog(entities).reading() as reading:
        for query in queries:
            for name in ("node", "group"):
                found = Search(reading, reading.blueprints[name], query)

                identifiers = [entity.key.identifier for entity in found.entities()]

                wanted = searched.refereed(reading, name, query)
                assert (query, identifiers, found.count()) == (query, wanted, len(wanted))
