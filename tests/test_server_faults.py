"""A disk that fills and a database that goes away while deliveries come: senders try again, and nothing is lost."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Router

from catalog_contract import blueprint, create, filled, mapping, webhook
from delivering import answer
from portside.catalogs.finishing import Finisher
from portside.catalogs.local import LocalCatalog
from portside.files import settings
from portside.model.resource import Kind, Ref
from portside.server.ingest import Endpoint, routes
from postgres import clustered

PADDING = "x" * 50_000
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def prepared(catalog: LocalCatalog) -> str:
    """The path of a webhook that makes an entity of each delivery."""
    filled(catalog, blueprint("thing"))
    security = {"requestIdentifierPath": ".body.id"}
    catalog.perform(create(Kind.WEBHOOK, webhook("things", mapping("thing"), security=security)))
    document = catalog.document(Ref(Kind.WEBHOOK, "things"))
    assert document
    return f"/{document['webhookKey']}"


def left(catalog: LocalCatalog) -> tuple[set[str], set[str], set[str]]:
    """After all is carried out: the statuses, what came, what there is."""
    Finisher(catalog, lambda job: job()).drain()
    found = catalog.deliveries()
    there = {one["identifier"] for one in catalog.entities("thing")}
    return {one["status"] for one in found}, {one["requestIdentifier"] for one in found}, there


def test_on_a_disk_that_fills_senders_try_again_and_what_was_acknowledged_stays(tmp_path: Path) -> None:
    file = settings.read(tmp_path)[0].file()
    with LocalCatalog.open(file) as catalog:
        path = prepared(catalog)

    with serving(tmp_path) as (server, client):
        first = [post(client, path, f"a{number}") for number in range(5)]
        size = max(one.stat().st_size for one in file.parent.iterdir())
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        full = [post(client, path, f"b{number}") for number in range(20)]
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, UNLIMITED)
        again = [post(client, path, f"b{number}") for number in range(20)]

    names = {*(f"a{number}" for number in range(5)), *(f"b{number}" for number in range(20))}
    assert (first, full[-1], again) == ([202] * 5, 503, [202] * 20)
    with LocalCatalog.open(file) as catalog:
        assert left(catalog) == ({"accepted"}, names, names)


@contextmanager
def serving(root: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    portside = str(Path(sys.executable).parent / "portside")
    command = [portside, "serve", "--root", str(root), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            said = next(word for word in server.stdout.readline().split() if word.startswith("http"))
            with httpx.Client(base_url=f"http://127.0.0.1:{urlsplit(said.rstrip(';')).port}") as client:
                yield server, client
        finally:
            server.terminate()
            assert server.stderr
            assert "Traceback" not in server.stderr.read()


def post(client: httpx.Client, path: str, identifier: str) -> int:
    return client.post(path, json={"id": identifier, "padding": PADDING}).status_code


def test_while_the_database_is_away_senders_try_again_and_what_was_acknowledged_stays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with clustered(durable=True) as cluster, LocalCatalog.at(cluster.database(), patience=1) as catalog:
        path = prepared(catalog)

        async def deliveries_come() -> list[int]:
            endpoint = Endpoint(catalog)
            app = Router(routes(endpoint))
            told = []
            async with endpoint.running():
                for identifier, change in (("a", cluster.kill), ("b", cluster.start), ("c", None)):
                    told.append((await answer(app, path, [f'{{"id": "{identifier}"}}'.encode()], {})).status)
                    if change:
                        await asyncio.to_thread(change)
            return told

        assert asyncio.run(deliveries_come()) == [202, 503, 202]
        assert left(catalog) == ({"accepted"}, {"a", "c"}, {"a", "c"})
        assert "deliveries are turned away: catalog 'local'" in caplog.text
