"""A disk that fills and a database that goes away under load: a sentence and 503, recovery, and nothing is lost."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clients import Client, going_on
from console import PATIENCE
from portside.catalogs.keeping import UNAVAILABLE
from portside.catalogs.local import LocalCatalog
from portside.files import settings
from postgres import clustered
from served import Served, a_token, serving
from survived import lost, prepared


class Load:
    """Clients that go on as long as a block lasts, while faults come and go."""

    def __init__(self, clients: Sequence[Client], base: str, token: str) -> None:
        self._clients, self._port, self._token = clients, urlsplit(base).port or 0, token
        self._told = asyncio.Event()
        self._patience = asyncio.timeout(PATIENCE)

    async def __aenter__(self) -> Load:
        await self._patience.__aenter__()
        self._running = [asyncio.create_task(self._going_on(client)) for client in self._clients]
        return self

    async def __aexit__(self, *error: Any) -> None:
        for one in self._running:
            one.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._patience.__aexit__(*error)

    async def each(self, count: Callable[[Client], int]) -> None:
        """Wait until what is counted is more than it was, for each of the clients."""
        before = [count(client) for client in self._clients]
        while any(count(client) <= then for client, then in zip(self._clients, before, strict=True)):
            self._told.clear()
            await self._told.wait()

    def _going_on(self, client: Client) -> Coroutine[Any, Any, None]:
        return going_on(client, self._port, self._token, self._told.set)


def acknowledged(client: Client) -> int:
    return client.acknowledged


def turned_away(client: Client) -> int:
    return client.unexpected.total()


def sentences(clients: Sequence[Client]) -> set[str]:
    """What was said with 503, the same but for the place of the catalog; there is no other answer."""
    answers = {answer for client in clients for answer in client.unexpected}
    assert {status for status, _ in answers} == {503}
    return {message if message == UNAVAILABLE else message.partition(") ")[2] for _, message in answers}


def test_while_the_database_is_away_everybody_is_told_and_what_was_acknowledged_stays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with clustered(durable=True) as cluster, LocalCatalog.at(cluster.database()) as catalog:
        clients = prepared(catalog)

        async def comes_and_goes(server: Served) -> None:
            async with Load(clients, server.base, server.token) as load:
                await load.each(acknowledged)
                await asyncio.to_thread(cluster.kill)
                await load.each(turned_away)
                await asyncio.to_thread(cluster.start)
                await load.each(acknowledged)

        with serving(catalog) as server:
            asyncio.run(comes_and_goes(server))

        assert lost(catalog, clients) == []
    gone = "cannot be reached: nothing listens there; see whether PostgreSQL runs, and where"
    assert {UNAVAILABLE, gone} <= sentences(clients)
    assert "deliveries are turned away: catalog 'local'" in caplog.text
    assert "Traceback" not in caplog.text


Disk = Callable[[int], AbstractContextManager[None]]
"""Is full for the process with that number as long as a block lasts."""


@pytest.fixture(params=["limited", "mounted"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A limit to the size of files, which everybody may set, or a disk of its own."""
    place = settings.read(tmp_path)[0].file().parent
    if request.param == "limited":
        yield partial(limited, place)
        return
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("a disk that fills needs the right to mount one")
    try:
        yield partial(filled, place)
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def limited(place: Path, process: int) -> Iterator[None]:
    size = max(one.stat().st_size for one in place.iterdir())
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def filled(place: Path, _: int) -> Iterator[None]:
    with (place / "photos").open("wb", buffering=0) as photos, suppress(OSError):
        while True:
            photos.write(bytes(4096))
    yield
    (place / "photos").unlink()


def test_on_a_disk_that_fills_everybody_is_told_and_what_was_acknowledged_stays(tmp_path: Path, disk: Disk) -> None:
    file = settings.read(tmp_path)[0].file()
    with LocalCatalog.open(file) as catalog:
        clients = prepared(catalog)

    with in_a_process(tmp_path) as (server, base):

        async def fills_and_empties(token: str) -> None:
            async with Load(clients, base, token) as load:
                await load.each(acknowledged)
                with disk(server.pid):
                    await load.each(turned_away)
                await load.each(acknowledged)

        asyncio.run(fills_and_empties(a_token(base)))

    with LocalCatalog.open(file) as catalog:
        assert lost(catalog, clients) == []
    full = {f"is on a disk that {how}; nothing was written" for how in ("is full", "reports an error")}
    assert sentences(clients) <= {UNAVAILABLE, *full}


@contextmanager
def in_a_process(root: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The catalog of a folder, served, and the address it is served at."""
    portside = str(Path(sys.executable).parent / "portside")
    command = [portside, "serve", "--root", str(root), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            said = next(word for word in server.stdout.readline().split() if word.startswith("http"))
            yield server, said.rstrip(";/")
        finally:
            server.terminate()
            assert server.stderr
            assert "Traceback" not in server.stderr.read()
