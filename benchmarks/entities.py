"""Entities of the served catalog: written in bulk, against a bare endpoint that commits the same rows; and read one at
a time, from a small catalog and from a large one.

Both servers get the same requests over the same connections, as many as a few exporters have together.
The rounds of a pair are taken in turns, and the best of each counts: what else runs on the machine makes a round
slower, never faster.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.ingest import PORTSIDE, serving
from benchmarks.timing import Result
from portside.catalogs import rows
from portside.catalogs.entity import Entity, Key, Stamp
from portside.catalogs.local import LocalCatalog
from portside.model.resource import Body, Kind, Ref
from portside.plans.plan import Action, Step

BULK = 20
ROUNDS = 3
REQUESTS = 300
CONNECTIONS = 32
SMALL, LARGE = 1_000, 200_000

_TEXT = {"type": "string"}
TEAM = {"identifier": "team", "title": "Team", "schema": {"properties": {"name": _TEXT}, "required": []}}
SERVICE = {
    "identifier": "service",
    "title": "Service",
    "schema": {
        "properties": {
            "tier": {**_TEXT, "enum": ["gold", "silver", "bronze"]},
            "size": {"type": "number", "minimum": 0},
            "page": {**_TEXT, "format": "url"},
            "since": {**_TEXT, "format": "date-time"},
            "live": {"type": "boolean"},
        },
        "required": ["tier"],
    },
    "relations": {"team": {"target": "team", "required": False, "many": False}},
    "mirrorProperties": {"owner": {"path": "team.name"}},
    "calculationProperties": {"label": {"type": "string", "calculation": '.identifier + " of " + .properties.owner'}},
}


def writing(_corpus: Path | None) -> Iterator[Result]:
    """Upserts, twenty in a request: in each round every entity is created, and then changed once."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "portside.yaml").write_text("{}\n")
        bare = [sys.executable, "-m", "benchmarks.bare", str(root / "bare.db")]
        ours = [PORTSIDE, "serve", "--root", str(root), "--port", "0"]
        with serving(bare) as there, serving(ours) as here:
            token = _blueprints(here)
            path = "/v1/blueprints/service/entities/bulk?upsert=true&merge=true"
            pairs = [
                (_rate(here, path, token, number), _rate(there, "/bulk", token, number)) for number in range(ROUNDS)
            ]
    mine, theirs = (max(rates) for rates in zip(*pairs, strict=True))
    yield Result("bulk upserts", theirs / mine, 3.0, f"{mine:.0f} entities a second against {theirs:.0f} for bare rows")


def reading(_corpus: Path | None) -> Iterator[Result]:
    """One entity with a mirror and a calculation, of few and of many."""
    with tempfile.TemporaryDirectory() as name:
        few, many = (_filled(Path(name) / f"{count}.db", count) for count in (SMALL, LARGE))
        pairs = [(_read(few, SMALL), _read(many, LARGE)) for _ in range(ROUNDS)]
        one, other = (min(times) for times in zip(*pairs, strict=True))
        for catalog in (few, many):
            catalog.close()
    detail = f"{other * 1000:.2f} ms among {LARGE:,} against {one * 1000:.2f} ms among {SMALL:,}"
    yield Result("read one entity", other / one, 1.3, detail)


def _blueprints(port: int) -> str:
    """Make the blueprints and a team; gives a token."""
    token = str(_posted(port, "auth/access_token", {"clientId": "bench", "clientSecret": "bench"})["accessToken"])
    for body in (TEAM, SERVICE):
        _posted(port, "blueprints", body, token)
    _posted(port, "blueprints/team/entities", {"identifier": "core", "properties": {"name": "Core"}}, token)
    return token


def _posted(port: int, path: str, body: Body, token: str = "") -> Body:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = Request(f"http://127.0.0.1:{port}/v1/{path}", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=30) as told:
        found: Body = json.load(told)
    return found


def _rate(port: int, path: str, token: str, number: int) -> float:
    """Entities a second."""
    dice = random.Random(number)
    prepared = [
        _request(path, token, [_entity(f"r{number}-{(index * BULK + one) % 3000}", dice) for one in range(BULK)])
        for index in range(REQUESTS)
    ]
    began = time.perf_counter()
    asyncio.run(_sent(port, prepared))
    return REQUESTS * BULK / (time.perf_counter() - began)


def _entity(identifier: str, dice: random.Random) -> Body:
    return {
        "identifier": identifier,
        "title": f"Service {identifier}",
        "properties": {
            "tier": dice.choice(("gold", "silver", "bronze")),
            "size": dice.randrange(1000),
            "page": f"https://example.com/{dice.randrange(1000)}",
            "since": f"2026-01-02T03:04:{dice.randrange(60):02}.000Z",
            "live": dice.random() < 0.5,
        },
        "relations": {"team": "core"},
    }


def _request(path: str, token: str, entities: Sequence[Body]) -> bytes:
    body = json.dumps({"entities": entities}, separators=(",", ":")).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _sent(port: int, prepared: Sequence[bytes]) -> None:
    await asyncio.gather(*(_connection(port, prepared[start::CONNECTIONS]) for start in range(CONNECTIONS)))


async def _connection(port: int, prepared: Sequence[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in prepared:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"not taken: {head.decode()}")
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split()[0]))
    writer.close()


def _filled(path: Path, count: int) -> LocalCatalog:
    """A catalog with so many services of one team in a hundred."""
    catalog = LocalCatalog.open(path)
    for body in (TEAM, SERVICE):
        catalog.perform(Step(Action.CREATE, Ref(Kind.BLUEPRINT, str(body["identifier"])), body))
    stamp, dice = Stamp("2026-01-02T03:04:05.000Z", "bench"), random.Random(count)
    with catalog.writing("bench") as within:
        teams = [Entity(Key("team", f"t{number}"), properties={"name": f"T{number}"}) for number in range(count // 100)]
        rows.add(within.connection, teams, within.blueprints)
        services = [_service(number, dice, stamp) for number in range(count)]
        rows.add(within.connection, services, within.blueprints)
    return catalog


def _service(number: int, dice: random.Random, stamp: Stamp) -> Entity:
    body: dict[str, Any] = _entity(f"s{number}", dice)
    related = {"team": f"t{number // 100}"}
    return Entity(Key("service", f"s{number}"), body["title"], None, [], body["properties"], related, stamp, stamp)


def _read(catalog: LocalCatalog, count: int) -> float:
    """Seconds for one, in the middle of many."""
    times = []
    for number in random.Random(1).sample(range(count), 200):
        began = time.perf_counter()
        if not (catalog.entity("service", f"s{number}") or {}).get("properties", {}).get("label"):
            raise RuntimeError(f"s{number} has no label")
        times.append(time.perf_counter() - began)
    return median(times)
