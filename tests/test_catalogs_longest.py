"""The longest names there may be, in letters of four bytes that nothing makes shorter: both databases keep them."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator

import pytest

from catalog_contract import blueprint, filled, relation
from portside.catalogs import entities
from portside.catalogs.entity import Key
from portside.catalogs.local import LocalCatalog
from portside.catalogs.tables import HEAD, IDENTIFIER
from portside.errors import CatalogRefused
from portside.model.entity import Upsert

_DICE = random.Random(1)


def letters(count: int) -> str:
    return "".join(chr(_DICE.randrange(0x20000, 0x2A000)) for _ in range(count))


def plain(count: int) -> str:
    return "".join(_DICE.choices(string.ascii_letters, k=count))


NODE, PROPERTY, RELATION = letters(100), plain(100), plain(100)
LONGEST, OTHER = letters(IDENTIFIER // 4), letters(IDENTIFIER // 4)
FIELDS = {"title": letters(300), "properties": {PROPERTY: letters(HEAD)}, "relations": {RELATION: OTHER}}


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    with embedded() as opened:
        properties = {PROPERTY: {"type": "string"}}
        filled(opened, blueprint(NODE, properties=properties, relations={RELATION: relation(NODE)}))
        yield opened


def refusal(catalog: LocalCatalog, change: Upsert) -> tuple[str | None, str]:
    with pytest.raises(CatalogRefused) as raised:
        catalog.upsert(change)
    return raised.value.reason, str(raised.value)


def sentence(identifier: str, length: int) -> tuple[str, str]:
    words = f"the identifier '{identifier[:20]}…' is {length} bytes long in UTF-8; this catalog keeps {IDENTIFIER}"
    return "validation_error", words


def test_the_longest_names_are_kept(catalog: LocalCatalog) -> None:
    catalog.upsert(Upsert(NODE, LONGEST, FIELDS))
    found = catalog.entity(NODE, LONGEST) or {}

    assert {key: found[key] for key in FIELDS} == FIELDS
    assert catalog.entity(NODE, OTHER)


def test_a_thousand_plain_letters_are_kept(catalog: LocalCatalog) -> None:
    one, other = plain(1000), plain(1000)
    catalog.upsert(Upsert(NODE, one, {"relations": {RELATION: other}}))

    assert (catalog.entity(NODE, one) or {})["relations"] == {RELATION: other}


@pytest.mark.parametrize("more", ["x", "é"])
def test_a_longer_identifier_is_refused(catalog: LocalCatalog, more: str) -> None:
    longer = LONGEST + more

    assert refusal(catalog, Upsert(NODE, longer)) == sentence(longer, len(longer.encode()))
    assert refusal(catalog, Upsert(NODE, "a", {"relations": {RELATION: longer}})) == sentence(
        longer, len(longer.encode())
    )


def test_no_entity_gets_a_longer_identifier(catalog: LocalCatalog) -> None:
    catalog.upsert(Upsert(NODE, "a"))

    with pytest.raises(CatalogRefused, match="bytes long"), catalog.writing("ana") as within:
        entities.edit(within, Key(NODE, "a"), {}, whole=False, identifier=LONGEST + "x")
