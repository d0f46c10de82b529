"""A catalog served over HTTP while a test runs: the whole application, on a free port of loopback, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from portside.catalogs.local import LocalCatalog
from portside.server.app import build
from portside.server.listening import Server, bind


class Served(NamedTuple):
    """`base` is without a slash at its end; `token` opens everything under /v1."""

    base: str
    token: str
    catalog: LocalCatalog

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self) -> httpx.Client:
        """A client of the server, with its token; close it."""
        return httpx.Client(base_url=self.base, headers=self.headers, timeout=30)


@contextmanager
def serving(catalog: LocalCatalog, **options: Any) -> Iterator[Served]:
    """The catalog served; `options` are those of `build`. Any client id and secret are taken unless they say."""
    catalog.prepare()
    with bind("127.0.0.1", 0) as bound:
        base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        ready = threading.Event()
        server = Server(build(catalog, **{"base": base, **options}), bound, ready.set)
        thread = threading.Thread(target=server.serve_until_told, name="served")
        thread.start()
        try:
            assert ready.wait(30), "the server did not start"
            yield Served(base, a_token(base, options.get("credentials")), catalog)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def served(folder: Path, **options: Any) -> Iterator[Served]:
    """An empty SQLite catalog in a folder, served."""
    with LocalCatalog.open(folder / "catalog.db") as catalog, serving(catalog, **options) as found:
        yield found


def a_token(base: str, credentials: Any = None) -> str:
    """One that the server at the address gives."""
    client, secret = (credentials.client, credentials.secret) if credentials else ("tests", "secret")
    answer = httpx.post(f"{base}/v1/auth/access_token", json={"clientId": client, "clientSecret": secret}, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["accessToken"])
