"""`kill -9` of a server at random instants under load: what was acknowledged is there, once, and whole.

Deliveries come beside bulks of entities and single writes.

Five kills on each database, or as many as PORTSIDE_KILLS says.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clients import Client, going_on
from portside.catalogs.local import LocalCatalog
from portside.files import settings
from served import a_token
from survived import lost, prepared

KILLS = int(os.environ.get("PORTSIDE_KILLS", "5"))
SERVE = """
import sys
from portside.catalogs.local import LocalCatalog
from portside.server.app import build
from portside.server.listening import Server, bind
with LocalCatalog.at(sys.argv[1]) as catalog, bind("127.0.0.1", 0) as bound:
    say = lambda: print(f"at http://127.0.0.1:{bound.getsockname()[1]};", flush=True)
    Server(build(catalog), bound, ready=say).serve_until_told()
"""


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


def test_everything_acknowledged_survives_the_death_of_the_server_whole_and_once(
    command: list[str], opened: Callable[[], LocalCatalog]
) -> None:
    with opened() as catalog:
        clients = prepared(catalog)
    dice = random.Random(20260711)

    for _ in range(KILLS):
        server, port = started(command)
        asyncio.run(killed_under(clients, port, server, dice.uniform(0, 0.4)))
        assert server.wait() == -signal.SIGKILL
        assert server.stdout
        server.stdout.close()

    with opened() as catalog:
        assert [client.unexpected for client in clients if client.unexpected] == []
        assert sum(client.acknowledged for client in clients) > KILLS
        assert lost(catalog, clients) == []


async def killed_under(clients: Sequence[Client], port: int, server: subprocess.Popen[str], moment: float) -> None:
    """Let all of them go on until the server is killed, which happens so many seconds after they began."""
    token = await asyncio.to_thread(a_token, f"http://127.0.0.1:{port}")
    asyncio.get_running_loop().call_later(moment, server.kill)
    await asyncio.gather(*(going_on(client, port, token) for client in clients))


def started(command: list[str]) -> tuple[subprocess.Popen[str], int]:
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    said = server.stdout.readline()
    address = next(word for word in said.split() if word.startswith("http://"))
    return server, urlsplit(address.rstrip(";,.")).port or 0
