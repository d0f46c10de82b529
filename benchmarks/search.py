"""Searching a large catalog against searching a small one that has the same hits.

The rule: what is measured is a page as the served catalog finds it, the choice of an index included.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.timing import Result
from portside.catalogs import rows, search
from portside.catalogs.entity import Entity, Key, Stamp
from portside.catalogs.local import LocalCatalog
from portside.catalogs.search import Search
from portside.model.resource import Kind, Ref
from portside.plans.plan import Action, Step

LARGE, SMALL, HITS, RUNS = 1_000_000, 10_000, 50, 21
_BATCH = 20_000
_STAMP = Stamp("2026-01-01T00:00:00.000Z", "benchmark")

_BLUEPRINT = {
    "identifier": "service",
    "title": "Service",
    "schema": {
        "properties": {"owner": {"type": "string"}, "size": {"type": "number"}, "tags": {"type": "array"}},
        "required": [],
    },
    "relations": {"domain": {"target": "service", "many": False, "required": False}},
    "mirrorProperties": {"owned": {"path": "domain.owner"}},
    "calculationProperties": {"label": {"type": "string", "calculation": ".identifier"}},
}

_THREE = [
    {"property": "owner", "operator": "=", "value": "rare"},
    {"property": "tags", "operator": "contains", "value": "common"},
    {"property": "size", "operator": ">=", "value": 0},
]
_MIRRORED = [{"property": "owned", "operator": "=", "value": "rare"}, *_THREE[1:]]
_INSIDE = [{"property": "owner", "operator": "contains", "value": "are"}]


def searching(_corpus: Path | None, large: int = LARGE) -> Iterator[Result]:
    """A page of three rules over a million entities, on values and over a mirror; and one that no index can find."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = _filled(Path(folder) / "few.db", SMALL), _filled(Path(folder) / "many.db", large)
        with few, many:
            for name, rules in (("search, three rules", _THREE), ("search, by a mirror", _MIRRORED)):
                ours, theirs = _median(many, rules), _median(few, rules)
                found, index = _explained(many, rules)
                detail = f"{found} of {large:,}: {ours * 1000:.1f} ms against {theirs * 1000:.1f} ms, by {index}"
                yield Result(name, ours / theirs if index else float("inf"), 3.0, detail)
            said = _because(many, _INSIDE)
            yield Result("search, no index", 0.0 if said else 1.0, 0.0, said or "it does not say why")


def _query(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"combinator": "and", "rules": rules}


def _median(catalog: LocalCatalog, rules: list[dict[str, Any]]) -> float:
    return statistics.median(_page(catalog, rules) for _ in range(RUNS))


def _page(catalog: LocalCatalog, rules: list[dict[str, Any]]) -> float:
    began = time.perf_counter()
    with catalog.reading() as reading:
        found = search.page(reading, reading.blueprints["service"], _query(rules), 200)
    assert found.entities, "nothing is found"
    return time.perf_counter() - began


def _explained(catalog: LocalCatalog, rules: list[dict[str, Any]]) -> tuple[int, str | None]:
    with catalog.reading() as reading:
        asked = Search(reading, reading.blueprints["service"], _query(rules))
        return asked.count(), search.explain(reading.connection, asked.query())


def _because(catalog: LocalCatalog, rules: list[dict[str, Any]]) -> str:
    with catalog.reading() as reading:
        return Search(reading, reading.blueprints["service"], _query(rules)).because


def _filled(path: Path, count: int) -> LocalCatalog:
    """A catalog with so many entities, of which HITS have the rare owner; every other one is the domain of two."""
    catalog = LocalCatalog.open(path)
    catalog.perform(Step(Action.CREATE, Ref(Kind.BLUEPRINT, "service"), _BLUEPRINT))
    numbers = iter(range(count))
    while batch := [_service(number, count) for number in islice(numbers, _BATCH)]:
        with catalog.writing("benchmark") as within:
            rows.add(within.connection, batch, within.blueprints)
    return catalog


def _service(number: int, count: int) -> Entity:
    rare = number % (count // HITS) == 0
    properties = {"owner": "rare" if rare else f"team-{number % 500}", "size": number, "tags": ["common", "x"]}
    domain = {"domain": f"s{number // 2 * 2:07}"}
    return Entity(Key("service", f"s{number:07}"), None, None, [], properties, domain, _STAMP, _STAMP)
