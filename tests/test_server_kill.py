"""`kill -9` of a server at random instants under load: what was acknowledged is there, once, and whole.

Five kills on each database, or as many as PORTSIDE_KILLS says.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from catalog_contract import blueprint, create, filled, mapping, relation, webhook
from portside.catalogs import deliveries
from portside.catalogs.finishing import Finisher
from portside.catalogs.local import LocalCatalog
from portside.files import settings
from portside.model.resource import Kind, Ref

KILLS = int(os.environ.get("PORTSIDE_KILLS", "5"))
SENDERS = 8
NUMBER = {"type": "number"}
MAPPINGS = (
    mapping("page", ".body.once", properties={"number": ".body.number"}, relations={"sender": ".body.sender"}),
    mapping("note", ".body.once", properties={"number": ".body.number"}, relations={"page": ".body.once"}),
    mapping("sender", ".body.sender", properties={"last": ".body.number"}),
)
"""Each delivery makes two entities of its own, and changes one that all of its sender's deliveries change."""

SERVE = """
import sys
from portside.catalogs.local import LocalCatalog
from portside.server.app import build
from portside.server.listening import Server, bind
with LocalCatalog.at(sys.argv[1]) as catalog, bind("127.0.0.1", 0) as bound:
    say = lambda: print(f"at http://127.0.0.1:{bound.getsockname()[1]};", flush=True)
    Server(build(catalog), bound, ready=say).serve_until_told()
"""


class Senders:
    """Those who deliver: each waits for its 202 before it sends the next one, and sends again what got none."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.acknowledged = [0] * SENDERS
        self.unexpected: Counter[int] = Counter()

    async def send(self, port: int, server: subprocess.Popen[str], moment: float) -> None:
        """Send until the server is killed, which happens so many seconds after the beginning."""
        asyncio.get_running_loop().call_later(moment, server.kill)
        await asyncio.gather(*(self._one(port, number) for number in range(SENDERS)))

    async def _one(self, port: int, number: int) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while True:
                    await self._deliver(reader, writer, number)
            finally:
                writer.transport.abort()

    async def _deliver(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        count = self.acknowledged[number]
        body = json.dumps({"once": f"{number}-{count}", "sender": f"s{number}", "number": count}).encode()
        head = f"POST {self._path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        await reader.readuntil(b"}")
        status = int(answer.split(b" ", 2)[1])
        if status == 202:
            self.acknowledged[number] += 1
        else:
            self.unexpected[status] += 1


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def command(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """What serves the test's own catalog, the same that `opened` opens."""
    if request.param == "SQLite":
        portside = str(Path(sys.executable).parent / "portside")
        return [portside, "serve", "--root", str(tmp_path), "--port", "0"]
    return [sys.executable, "-c", SERVE, request.getfixturevalue("postgresql")]


@pytest.fixture
def opened(command: list[str], tmp_path: Path) -> Callable[[], LocalCatalog]:
    if "serve" in command:
        return lambda: LocalCatalog.open(settings.read(tmp_path)[0].file())
    return lambda: LocalCatalog.at(command[-1])


def test_every_acknowledged_delivery_survives_the_death_of_the_server(
    command: list[str], opened: Callable[[], LocalCatalog]
) -> None:
    with opened() as catalog:
        path = prepared(catalog)
    senders = Senders(path)
    dice = random.Random(20260711)

    for _ in range(KILLS):
        server, port = started(command)
        asyncio.run(senders.send(port, server, dice.uniform(0, 0.4)))
        assert server.wait() == -signal.SIGKILL
        assert server.stdout
        server.stdout.close()

    with opened() as catalog:
        Finisher(catalog, lambda job: job()).drain()
        assert sum(senders.acknowledged) > KILLS
        assert senders.unexpected == {}
        assert missing(catalog, senders) == []
        assert wrong(catalog) == []
        assert lasts(catalog) == kept_last(catalog)


def prepared(catalog: LocalCatalog) -> str:
    """The webhook's path in a catalog that is ready for the senders."""
    filled(
        catalog,
        blueprint("sender", properties={"last": NUMBER}),
        blueprint("page", properties={"number": NUMBER}, relations={"sender": relation("sender")}),
        blueprint("note", properties={"number": NUMBER}, relations={"page": relation("page", required=True)}),
    )
    pager = webhook("pager", *MAPPINGS, security={"requestIdentifierPath": ".body.once"})
    catalog.perform(create(Kind.WEBHOOK, pager))
    document = catalog.document(Ref(Kind.WEBHOOK, "pager"))
    assert document
    return f"/{document['webhookKey']}"


def started(command: list[str]) -> tuple[subprocess.Popen[str], int]:
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    said = server.stdout.readline()
    address = next(word for word in said.split() if word.startswith("http://"))
    return server, urlsplit(address.rstrip(";,.")).port or 0


def all_of(catalog: LocalCatalog) -> list[dict[str, Any]]:
    with catalog.reading() as reading:
        return deliveries.latest(reading.connection, 10_000_000)


def missing(catalog: LocalCatalog, senders: Senders) -> list[str]:
    """What was acknowledged and is not there exactly once; a sender's next one may be there, unacknowledged."""
    there = Counter(one["requestIdentifier"] for one in all_of(catalog))
    promised = [
        f"{number}-{count}" for number, acknowledged in enumerate(senders.acknowledged) for count in range(acknowledged)
    ]
    return [one for one in promised if there[one] != 1] + [one for one, count in there.items() if count > 1]


def wrong(catalog: LocalCatalog) -> list[Any]:
    """Deliveries whose outcome is not that of one that was carried out wholly and once."""
    return [
        (one["requestIdentifier"], one["status"], one["outcome"])
        for one in all_of(catalog)
        if one["status"] != "accepted"
        or one["outcome"]["failures"]
        or [entity["effect"] for entity in one["outcome"]["entities"]][:2] != ["created", "created"]
        or any(catalog.entity(blueprint, one["requestIdentifier"]) is None for blueprint in ("page", "note"))
    ]


def lasts(catalog: LocalCatalog) -> dict[str, int]:
    """What each sender's entity was left with."""
    return {one["identifier"]: one["properties"]["last"] for one in catalog.entities("sender")}


def kept_last(catalog: LocalCatalog) -> dict[str, int]:
    """What each sender sent last of all that was kept."""
    found: dict[str, int] = {}
    for one in all_of(catalog):
        number, count = map(int, one["requestIdentifier"].split("-"))
        found[f"s{number}"] = max(count, found.get(f"s{number}", 0))
    return found
