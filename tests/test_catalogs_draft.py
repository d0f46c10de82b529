"""What a transaction knows of entities and blueprints, and what the next one knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from catalog_contract import blueprint, filled, update
from portside.catalogs import entities, performing, rows, text
from portside.catalogs.entity import Key
from portside.catalogs.events import PLAN, Origin
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.entity import Upsert
from portside.model.resource import Kind

TEXT = {"type": "string"}
SMALL = blueprint("node", properties={"name": TEXT})
LARGE = blueprint("node", properties={"name": TEXT, "size": {"type": "number"}})
SIZED = Upsert("node", "a", {"properties": {"size": 1}})


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    with embedded() as opened:
        filled(opened, SMALL)
        yield opened


def test_a_blueprint_that_somebody_else_changed_is_read_again(
    catalog: LocalCatalog, embedded: Callable[..., LocalCatalog]
) -> None:
    with pytest.raises(CatalogRefused):
        catalog.upsert(SIZED)

    with embedded() as another:
        another.perform(update(Kind.BLUEPRINT, LARGE))

    assert catalog.upsert(SIZED).key == Key("node", "a")


def test_a_blueprint_of_a_transaction_that_came_to_nothing_is_not_kept(catalog: LocalCatalog) -> None:
    with pytest.raises(KeyError, match="on purpose"), catalog.writing("ana") as within:
        performing.perform(within.connection, update(Kind.BLUEPRINT, LARGE), within.stamp)
        assert "size" in within.blueprints["node"].properties
        raise KeyError("on purpose")

    with pytest.raises(CatalogRefused):
        catalog.upsert(SIZED)


def test_what_is_deleted_and_created_in_one_transaction_is_new(catalog: LocalCatalog) -> None:
    with catalog.writing("ana", origin=Origin(datasource="one")) as within:
        entities.upsert(within, "node", "a", {"properties": {"name": "old"}, "title": "Old"})
    with catalog.writing("bob", origin=Origin(PLAN)) as within:
        entities.remove(within, Key("node", "a"), dependents=False)
        entities.upsert(within, "node", "a", {"properties": {"name": "new"}})

    with catalog.reading() as reading:
        found = rows.find(reading.connection, Key("node", "a"))
    assert found
    assert (found.title, found.properties, found.created.by, found.datasource) == (None, {"name": "new"}, "bob", None)


def test_a_refused_write_leaves_the_others_of_its_transaction(catalog: LocalCatalog) -> None:
    with catalog.writing("ana") as within:
        entities.upsert(within, "node", "a", {})
        with pytest.raises(CatalogRefused):
            entities.upsert(within, "node", "b", {"properties": {"size": 1}})
        entities.upsert(within, "node", "c", {})

    assert [body["identifier"] for body in catalog.entities("node")] == ["a", "c"]


def test_a_text_that_no_database_holds_alike_is_refused(catalog: LocalCatalog) -> None:
    with pytest.raises(CatalogRefused, match="entity node/a: a text has the character NUL"):
        catalog.upsert(Upsert("node", "a", {"properties": {"name": "a\0b"}}))

    assert catalog.entity_count("node") == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"a": ["\ud83d"]}, {"a": ["\ufffd"]}),
        ({"\udc00": 1}, {"\ufffd": 1}),
        ("\\u0000 spelled out", "\\u0000 spelled out"),
        (2**70, 2**70),
    ],
)
def test_half_a_surrogate_pair_becomes_the_sign_for_that(given: object, kept: object) -> None:
    assert text.storable(given) == kept


def test_what_is_too_deep_to_be_written_is_refused() -> None:
    deep: list[object] = []
    for _ in range(text.DEPTH_LIMIT + 10):
        deep = [deep]

    with pytest.raises(ValueError, match="more than 250 levels deep"):
        text.storable(deep)
