"""Properties of the embedded catalog over random pairs of states, with entities in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings

from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.entity import Upsert
from portside.model.resource import Kind, State
from portside.plans.apply import apply
from portside.plans.plan import plan
from postgres import Cluster
from test_plans_always import EVERYTHING, states

Fresh = Callable[[], AbstractContextManager[LocalCatalog]]


@pytest.fixture(scope="session", params=["SQLite", "PostgreSQL"])
def fresh(request: pytest.FixtureRequest) -> Fresh:
    """Opens a new catalog each time: examples are many, and the fixtures of a test are made once."""
    if request.param == "SQLite":
        return in_a_file
    cluster = request.getfixturevalue("cluster")
    return lambda: in_a_database(cluster)


@contextmanager
def in_a_file() -> Iterator[LocalCatalog]:
    with tempfile.TemporaryDirectory() as folder, LocalCatalog.open(Path(folder) / "catalog.db") as catalog:
        yield catalog


@contextmanager
def in_a_database(cluster: Cluster) -> Iterator[LocalCatalog]:
    address = cluster.database()
    with LocalCatalog.at(address) as catalog:
        yield catalog
    cluster.give_back(address)


def applied(catalog: LocalCatalog, desired: State) -> None:
    """Make the catalog hold the desired state and nothing else."""
    made = plan(catalog.read(), desired, catalog=catalog.name, prune=True, allowed=EVERYTHING, count=catalog.count)
    for _ in apply(made, catalog):
        pass


def populate(catalog: LocalCatalog) -> None:
    """Two entities of each blueprint, related to the first of each, as far as the catalog takes them."""
    for resource in catalog.read().of_kind(Kind.BLUEPRINT):
        relations = dict.fromkeys(resource.body["relations"], "e1")
        for identifier in ("e1", "e2"):
            try:
                catalog.upsert(Upsert(resource.ref.identifier, identifier, {"relations": relations}))
            except CatalogRefused:  # a required property that nothing is known of
                continue


@settings(max_examples=25)
@given(states(), states())
def test_a_plan_reaches_its_target_whatever_entities_there_are(fresh: Fresh, before: State, after: State) -> None:
    with fresh() as catalog:
        applied(catalog, before)
        populate(catalog)

        applied(catalog, after)

        assert catalog.read() == after


@settings(max_examples=10)
@given(states(), states())
def test_entities_can_be_read_after_whatever_became_of_their_blueprints(
    fresh: Fresh, before: State, after: State
) -> None:
    with fresh() as catalog:
        applied(catalog, before)
        populate(catalog)
        applied(catalog, after)

        for resource in after.of_kind(Kind.BLUEPRINT):
            found = [entity["identifier"] for entity in catalog.entities(resource.ref.identifier)]
            assert len(found) == catalog.entity_count(resource.ref.identifier)
