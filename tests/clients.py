"""Clients that a server dies under: each asks one thing at a time, and knows what was acknowledged.

What got no answer is asked again of the next server, so it may have been done before.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from portside.catalogs.local import LocalCatalog

BULK = 20
"""Entities of one request, Port's limit."""


class Wire(NamedTuple):
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str

    async def answer(self, request: str, body: Any) -> tuple[int, Any]:
        """Status and body of the answer to `POST /v1/…`. Raises ConnectionError or IncompleteReadError."""
        raw = json.dumps(body).encode() if body is not None else b""
        head = f"{request} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {self.token}\r\n"
        self.writer.write(f"{head}content-length: {len(raw)}\r\n\r\n".encode() + raw)
        told = await self.reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", told)
        assert length, told
        return int(told.split(b" ", 2)[1]), json.loads(await self.reader.readexactly(int(length[1])))


class Client(Protocol):
    """`acknowledged` is how much of what it wants to do is done, as far as it was told.

    `unexpected` has every other answer: its status and what it says.
    """

    acknowledged: int
    unexpected: Counter[tuple[int, str]]

    async def go_on(self, wire: Wire) -> None:
        """Do the next thing, or the last one again when nobody said that it was done."""


class Sender:
    """Delivers to the webhook at a path."""

    def __init__(self, path: str, number: int) -> None:
        self.name, self._path, self._number = f"s{number}", path, number
        self.acknowledged = 0
        self.unexpected: Counter[tuple[int, str]] = Counter()

    async def go_on(self, wire: Wire) -> None:
        count = self.acknowledged
        body = {"once": f"{self._number}-{count}", "sender": self.name, "number": count}
        status, told = await wire.answer(f"POST {self._path}", body)
        if status == 202:
            self.acknowledged += 1
        else:
            self.unexpected[status, str(told.get("message"))] += 1

    def promised(self) -> list[str]:
        """The identifiers of what it delivered."""
        return [f"{self._number}-{count}" for count in range(self.acknowledged)]


class Bulks:
    """Writes bulks of the blueprint `part`: an entity that all of them change, many new ones, and one that is wrong."""

    def __init__(self, number: int) -> None:
        self._name = f"b{number}"
        self.acknowledged = 0
        self.unexpected: Counter[tuple[int, str]] = Counter()

    async def go_on(self, wire: Wire) -> None:
        right = [self._name, *self._names(self.acknowledged)]
        entities = [{"identifier": name, "properties": {"number": self.acknowledged}} for name in right]
        wrong = {"identifier": f"{self._name}-wrong", "properties": {"number": "none"}}
        request = "POST /v1/blueprints/part/entities/bulk?upsert=true&merge=true"
        status, told = await wire.answer(request, {"entities": [*entities, wrong]})
        if (status, [one["identifier"] for one in told.get("entities", [])]) == (207, right):
            self.acknowledged += 1
        else:
            self.unexpected[status, str(told.get("message"))] += 1

    def wrong(self, catalog: LocalCatalog) -> list[Any]:
        """What is not as it should be; the bulk that was not acknowledged is there whole, or not at all."""
        own = self._name + "-"
        found = {one["identifier"]: one["properties"]["number"] for one in catalog.entities("part")}
        shared, made = found.get(self._name), {name: one for name, one in found.items() if name.startswith(own)}
        wanted = [self._held(self.acknowledged + more) for more in (0, 1)]
        return [] if (shared, made) in wanted else [(self._name, self.acknowledged, shared, len(made))]

    def _held(self, bulks: int) -> tuple[int | None, Mapping[str, int]]:
        """The number of the one that all change, and those of all others, after so many bulks."""
        made = {name: count for count in range(bulks) for name in self._names(count)}
        return (bulks - 1 if bulks else None), made

    def _names(self, count: int) -> Sequence[str]:
        return [f"{self._name}-{count}-{at}" for at in range(BULK - 2)]


class Editor:
    """Creates, changes and deletes an entity of its own blueprint, gives that another title, and begins again."""

    def __init__(self, number: int) -> None:
        self.name = f"edited{number}"
        self.acknowledged = 0
        self.unexpected: Counter[tuple[int, str]] = Counter()
        self._again = False

    async def go_on(self, wire: Wire) -> None:
        request, body, statuses = list(self._requests(self.acknowledged // 4))[self.acknowledged % 4]
        again, self._again = self._again, True
        status, told = await wire.answer(request, body)
        if status == statuses[0] or (again and status in statuses):
            self.acknowledged, self._again = self.acknowledged + 1, False
        else:
            self.unexpected[status, str(told.get("message"))] += 1

    def _requests(self, turn: int) -> Iterator[tuple[str, Any, tuple[int, ...]]]:
        """What one turn asks for, and the statuses that say it is done: the second where it was done before."""
        entities = f"/v1/blueprints/{self.name}/entities"
        yield f"POST {entities}", {"identifier": f"e{turn}", "properties": {"number": 0}}, (201, 409)
        yield f"PATCH {entities}/e{turn}", {"properties": {"number": 1}}, (200,)
        yield f"DELETE {entities}/e{turn}", None, (200, 404)
        yield f"PATCH /v1/blueprints/{self.name}", {"title": f"After {turn}"}, (200,)

    def wrong(self, catalog: LocalCatalog) -> list[Any]:
        """What is not as it should be; the step that was not acknowledged may be done."""
        there = {one["identifier"]: one["properties"]["number"] for one in catalog.entities(self.name)}
        title = next(one.body["title"] for one in catalog.read().values() if one.ref.identifier == self.name)
        wanted = [self._held(self.acknowledged + more) for more in (0, 1)]
        return [] if (there, title) in wanted else [(self.name, self.acknowledged, there, title)]

    def _held(self, steps: int) -> tuple[Mapping[str, int], str]:
        """The entities, and the blueprint's title, after so many steps."""
        turn, step = divmod(steps, 4)
        return ({f"e{turn}": step - 1} if step in (1, 2) else {}), f"After {turn - 1}"


async def going_on(client: Client, port: int, token: str, told: Callable[[], None] = lambda: None) -> None:
    """Let the client go on until its connection ends; `told` is called after each answer."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            while True:
                await client.go_on(Wire(reader, writer, token))
                told()
        finally:
            writer.transport.abort()
