"""Writes of several callers in one transaction: each has its own outcome, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from catalog_contract import blueprint, filled
from portside.catalogs import entities
from portside.catalogs.entities import Transaction
from portside.catalogs.jointly import TOGETHER, Jointly
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused, CatalogUnreachable

Act = Callable[[Transaction], str]


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    with embedded() as opened:
        filled(opened, blueprint("node", properties={"name": {"type": "string"}}))
        yield opened


def writes(name: str) -> Act:
    def act(within: Transaction) -> str:
        entities.create(within, "node", name, {})
        return name

    return act


def breaks(within: Transaction) -> str:
    entities.upsert(within, "node", "half", {})
    raise ZeroDivisionError


def refuses(within: Transaction) -> str:  # noqa: ARG001 - the signature of a job
    raise CatalogRefused("not this one", reason="validation_error")


def together(catalog: LocalCatalog, acts: list[Act]) -> tuple[list[str], int]:
    """What each gives, or the name of what it raises, when all wait for the first; and the number of transactions."""
    opened, entered, go = [], threading.Event(), threading.Event()

    def writing() -> AbstractContextManager[Transaction]:
        opened.append(1)
        return catalog.writing("ana")

    jointly = Jointly(writing)

    def first(within: Transaction) -> str:
        entered.set()
        go.wait()
        return writes("first")(within)

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        leading = pool.submit(jointly.do, first)
        entered.wait()
        futures = [pool.submit(jointly.do, act) for act in acts]
        while jointly.waiting < len(acts):
            go.wait(0.001)
        go.set()
        assert leading.result() == "first"
        told = [type(error).__name__ if (error := one.exception()) else one.result() for one in futures]
    return told, len(opened)


def names(catalog: LocalCatalog) -> list[str]:
    return [body["identifier"] for body in catalog.entities("node")]


def test_those_that_wait_are_stored_together(catalog: LocalCatalog) -> None:
    wanted = [f"n{number}" for number in range(TOGETHER)]

    assert together(catalog, [writes(name) for name in wanted]) == (wanted, 2)
    assert names(catalog) == ["first", *wanted]


def test_more_than_go_together_go_after_each_other(catalog: LocalCatalog) -> None:
    wanted = [f"n{number:02}" for number in range(TOGETHER + 3)]

    assert together(catalog, [writes(name) for name in wanted]) == (wanted, 3)
    assert names(catalog) == ["first", *wanted]


def test_one_that_is_refused_spoils_no_other(catalog: LocalCatalog) -> None:
    told, transactions = together(catalog, [writes("a"), refuses, writes("b"), writes("first")])

    assert (told, transactions) == (["a", "CatalogRefused", "b", "CatalogRefused"], 2)
    assert names(catalog) == ["a", "b", "first"]


def test_one_that_breaks_leaves_nothing_and_the_others_are_carried_out(catalog: LocalCatalog) -> None:
    told, transactions = together(catalog, [writes("a"), breaks, writes("b")])

    assert (told, transactions) == (["a", "ZeroDivisionError", "b"], 5)
    assert names(catalog) == ["a", "b", "first"]


def test_a_database_that_is_away_is_asked_once() -> None:
    asked = []

    def away() -> AbstractContextManager[Transaction]:
        asked.append(1)
        raise CatalogUnreachable("it is away")

    with pytest.raises(CatalogUnreachable, match="it is away"):
        Jointly(away).do(refuses)
    assert asked == [1]
