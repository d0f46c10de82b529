"""Whatever is sent to the server, it answers or closes: no 500, no traceback, no memory kept for it.

Random and mutated requests over raw sockets to operations, webhooks and pages, most for what is there and with nearly
right bodies; PORTSIDE_EXAMPLES says how many, PORTSIDE_SEED which.
"""

from __future__ import annotations

import os
import resource
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet

from odd_requests import Request, request
from odd_values import Chance
from portside.catalogs.local import LocalCatalog
from portside.catalogs.sealing import KEY
from portside.errors import CatalogRefused
from portside.server.api import endpoints
from portside.server.operations import served as is_served
from portside.server.paths import Paths
from served import Served, served, serving
from stocked import stock

REQUESTS = int(os.environ.get("PORTSIDE_EXAMPLES", "400"))
RESTOCKED = 50
"""After so many requests there is one of everything again."""

PATHS = Paths(endpoints().values())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("always")) as found:
        yield found


def test_no_request_breaks_the_server(
    embedded: Callable[..., LocalCatalog], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("PORTSIDE_SEED", "5"))
    done: Counter[int] = Counter()
    with embedded(secrets={KEY: Fernet.generate_key().decode()}) as catalog, serving(catalog) as server:
        before = _resident()
        for number in range(REQUESTS):
            if number % RESTOCKED == 0:
                _is_calm(caplog)
                names = stock(catalog)
            sent = request(Chance(f"{seed}/{number}"), server.token, names)
            status = _status(server, sent)
            assert _is_right(sent, status), f"{number}: {status} for {sent.raw[:2000]!r}"
            done[status] += 1
        assert httpx.get(f"{server.base}/health").status_code == 200
        assert _resident() - before < 128 * 1024 * 1024
    _is_calm(caplog)
    assert "Traceback" not in capfd.readouterr().err
    assert sum(done[status] for status in (200, 201, 202, 207)) > REQUESTS // 5, done


def _is_calm(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing went wrong since this was asked last."""
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []
    caplog.clear()


def _is_right(sent: Request, status: int) -> bool:
    """Whether the server may answer so; 0: it closed."""
    if status == 501:
        return _is_missing(sent)
    return status < 500 and bool(status or not sent.whole) and not (sent.forged and status == 202)


def _is_missing(sent: Request) -> bool:
    """Whether it is for an operation that is described and not served."""
    method, address, *_ = sent.raw.split(b" ", 2)
    try:
        return not is_served(PATHS.find(method.decode(), address.partition(b"?")[0]).endpoint.key)
    except CatalogRefused:
        return False


def test_endless_headers_are_not_kept(server: Served) -> None:
    before = _resident()
    with _connected(server) as connection, suppress(OSError):
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        for _ in range(1000):
            connection.sendall(b"y" * 100_000)
    assert _resident() - before < 32 * 1024 * 1024


def test_headers_that_are_too_long_are_refused(server: Served) -> None:
    with _connected(server) as connection:
        with suppress(OSError):
            connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000)
        assert _first_line(connection) == "HTTP/1.1 431 Request Header Fields Too Large"


@pytest.mark.parametrize(("path", "chunks"), [("/v1/blueprints", 17), ("/AbCdEfGhIjKlMnOp", 9), ("/playground", 26)])
def test_an_endless_chunked_body_is_answered_once_it_is_too_long(server: Served, path: str, chunks: int) -> None:
    before = _resident()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.token}\r\n"
    with _connected(server) as connection, suppress(OSError):
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(chunks):
            connection.sendall(chunk)
        assert _first_line(connection).split()[1] == "413"
        for _ in range(1000):
            connection.sendall(chunk)
    assert _resident() - before < 32 * 1024 * 1024


@pytest.mark.parametrize("path", ["/v1/blueprints", "/AbCdEfGhIjKlMnOp", "/playground"])
def test_a_body_that_is_cut_is_nobodys_business(server: Served, caplog: pytest.LogCaptureFixture, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.token}\r\n"
    with _connected(server) as connection:
        connection.sendall(head.encode() + b'Content-Length: 100\r\n\r\n{"identifier"')
        connection.shutdown(socket.SHUT_WR)
        assert _first_line(connection) == ""
    assert httpx.get(f"{server.base}/health").status_code == 200
    assert caplog.records == []


def _status(server: Served, request: Request) -> int:
    """The status of the answer; 0: the server closed without one.

    Whoever closes its side gets no answer, so only what would wait for the rest of a request is closed.
    """
    with _connected(server) as connection, suppress(OSError):
        connection.sendall(request.raw)
        if not request.whole:
            connection.shutdown(socket.SHUT_WR)
        words = _first_line(connection).split(" ")
        return int(words[1]) if len(words) > 1 else 0
    return 0


def _first_line(connection: socket.socket) -> str:
    """Of the answer; that the server would like to have the body is none."""
    received = b""
    with suppress(ConnectionError):
        while b"\r\n" not in (told := received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")):
            part = connection.recv(4096)
            if not part:
                break
            received += part
    return told.partition(b"\r\n")[0].decode("latin-1")


def _connected(server: Served) -> socket.socket:
    host, port = server.base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def _resident() -> int:
    """Bytes of memory this process, which is the server's too, holds."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
