"""Whatever is sent to the server, it answers or closes: no 500, no traceback, no memory kept for it.

Random and mutated requests over raw sockets; PORTSIDE_EXAMPLES says how many.
"""

from __future__ import annotations

import json
import os
import random
import resource
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from portside.server.api import endpoints
from served import Served, served

REQUESTS = int(os.environ.get("PORTSIDE_EXAMPLES", "400"))

Chance = random.Random

SAMPLES: list[Any] = [
    {"identifier": "service", "title": "Service", "schema": {"properties": {"tier": {"type": "string"}}}},
    {"identifier": "checkout", "title": "Checkout", "properties": {"tier": "gold"}, "relations": {"domain": None}},
    {"entities": [{"identifier": "a", "properties": {}}, {"identifier": "b", "team": ["x"]}]},
    {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "service"}]},
    {"query": {"combinator": "or", "rules": []}, "limit": 20, "include": ["$identifier"]},
    {"title": "Hook", "enabled": True, "mappings": [{"blueprint": "service", "entity": {"identifier": ".body.id"}}]},
    {"identifier": "ready", "title": "Ready", "rules": [], "levels": []},
    {"clientId": "a", "clientSecret": "b"},
    {"secretName": "TOKEN", "secretValue": "planted"},
    {"sourceBlueprint": "service", "mapping": {"blueprint": "service", "entity": {"identifier": ".identifier"}}},
]

ODD: list[Any] = [
    None,
    True,
    -1,
    0.5,
    10**400,
    1e308,
    "",
    "\0",
    "\ud800",
    "\U0010ffff",
    "a" * 3000,
    [],
    {},
    [[[]]],
    "../..",
]

TEXTS = [
    b"",
    b"{",
    b"[" * 5000,
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b'"\\ud800"',
    b"\xff\xfe\x00",
    b"NaN",
    b"1e999",
    b'{"identifier":"\\u0000","title":"x","schema":{"properties":{}}}',
    b"-" * 100,
    b"9" * 5000,
    b"\xef\xbb\xbf{}",
]

PARTS = [
    b"service",
    b"checkout",
    b"%2F",
    b"a%2Fb",
    b"%00",
    b"%ff",
    b"%",
    b"%zz",
    b"..",
    b".",
    b"",
    b"%F0%9F%98%80",
    b"x" * 3000,
]

QUERIES = [
    b"",
    b"upsert=true&merge=TRUE",
    b"limit=1e999",
    b"limit=-1",
    b"include=%ff",
    b"a=b&a=c",
    b"&&&=",
    b"upsert=%00",
    b"from=%ED%A0%80",
]

HEADERS = [
    b"Content-Type: text/plain\r\n",
    b"Content-Type: application/json; charset=utf-16\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Expect: 100-continue\r\n",
    b"X-Odd: \xff\xfe\r\n",
    b"Content-Length: 7\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Authorization: Basic !!!\r\n",
    b"Authorization: Bearer \xff\r\n",
    b"Connection: upgrade\r\nUpgrade: websocket\r\n",
    b"Host: [::1\r\n",
    b"Host: a b\r\n",
    b"X-Long: " + b"y" * 20000 + b"\r\n",
    b"bad header\r\n",
    b"User-Agent: \x00\r\n",
]

METHODS = [b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS", b"TRACE", b"BREW", b""]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("always")) as found, found.client() as client:
        for sample in SAMPLES[:1]:
            client.post("/v1/blueprints", json=sample)
        yield found


def test_no_request_breaks_the_server(server: Served, capfd: pytest.CaptureFixture[str]) -> None:
    before = _resident()
    seed = int(os.environ.get("PORTSIDE_SEED", "5"))
    for number in range(REQUESTS):
        request = _request(Chance(f"{seed}/{number}"), server)
        status = _status(server, request)
        assert status < 500 or status in (501, 503), f"{number}: {status} for {request[:2000]!r}"
    assert httpx.get(f"{server.base}/health").status_code == 200
    assert "Traceback" not in capfd.readouterr().err
    assert _resident() - before < 128 * 1024 * 1024


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


def test_an_endless_chunked_body_is_answered_once_it_is_too_long(server: Served) -> None:
    before = _resident()
    head = f"POST /v1/blueprints HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.token}\r\n"
    with _connected(server) as connection, suppress(OSError):
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(17):
            connection.sendall(chunk)
        assert _first_line(connection).split()[1] == "413"
        for _ in range(1000):
            connection.sendall(chunk)
    assert _resident() - before < 32 * 1024 * 1024


def test_a_body_that_is_cut_is_nobodys_business(server: Served, capfd: pytest.CaptureFixture[str]) -> None:
    head = f"POST /v1/blueprints HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.token}\r\n"
    with _connected(server) as connection:
        connection.sendall(head.encode() + b'Content-Length: 100\r\n\r\n{"identifier"')
    assert httpx.get(f"{server.base}/health").status_code == 200
    assert "Traceback" not in capfd.readouterr().err


def _request(chance: Chance, server: Served) -> bytes:
    """One request, right in most places and odd in some."""
    endpoint = chance.choice(list(endpoints().values()))
    path = b"/".join(
        chance.choice(PARTS) if part.startswith("{") else part.encode() for part in endpoint.path.split("/")
    )
    if chance.random() < 0.05:
        path = b"/" + bytes(chance.randrange(33, 256) for _ in range(chance.randrange(1, 40)))
    method = endpoint.method.upper().encode() if chance.random() < 0.9 else chance.choice(METHODS)
    query = b"?" + chance.choice(QUERIES) if chance.random() < 0.3 else b""
    head = method + b" " + path + query + b" HTTP/1.1\r\n"
    if chance.random() < 0.95:
        head += b"Host: localhost\r\n"
    if chance.random() < 0.95:
        head += b"Authorization: Bearer " + server.token.encode() + b"\r\n"
    if chance.random() < 0.2:
        head += chance.choice(HEADERS)
    body = _body(chance)
    return _framed(chance, head + b"Connection: close\r\n", body)


def _framed(chance: Chance, head: bytes, body: bytes) -> bytes:
    if chance.random() < 0.2:
        size = chance.choice([1, 7, 4096])
        parts = [body[at : at + size] for at in range(0, min(len(body), 20_000), size)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        end = b"0\r\n\r\n" if chance.random() < 0.9 else b"zz\r\n"
        return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + end
    request = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    return request[: chance.randrange(len(request))] if chance.random() < 0.03 else request


def _body(chance: Chance) -> bytes:
    if chance.random() < 0.15:
        return chance.choice(TEXTS)
    value = json.loads(json.dumps(chance.choice(SAMPLES)))
    for _ in range(chance.randrange(4)):
        value = _mutated(chance, value)
    text = json.dumps(value).encode()
    if chance.random() < 0.05:
        at = chance.randrange(len(text))
        text = text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
    return text


def _mutated(chance: Chance, value: Any) -> Any:
    """The value with something odd somewhere in it."""
    if chance.random() < 0.3 or not value or not isinstance(value, dict | list):
        return chance.choice([*ODD, *SAMPLES])
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [*value[:at], _mutated(chance, value[at]), *value[at + 1 :]]
    key = chance.choice(list(value))
    match chance.randrange(4):
        case 0:
            return {name: inner for name, inner in value.items() if name != key}
        case 1:
            return {**value, chance.choice(["", "x", "$identifier", "\0", "\ud800", "identifier"]): chance.choice(ODD)}
        case _:
            return {**value, key: _mutated(chance, value[key])}


def _status(server: Served, request: bytes) -> int:
    """The status of the answer; 0: the server closed without one, or waits for what never comes."""
    with _connected(server) as connection, suppress(OSError):
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        words = _first_line(connection).split(" ")
        return int(words[1]) if len(words) > 1 else 0
    return 0


def _first_line(connection: socket.socket) -> str:
    received = b""
    with suppress(ConnectionError):
        while b"\r\n" not in received:
            part = connection.recv(4096)
            if not part:
                break
            received += part
    return received.partition(b"\r\n")[0].decode("latin-1")


def _connected(server: Served) -> socket.socket:
    host, port = server.base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def _resident() -> int:
    """Bytes of memory this process, which is the server's too, holds."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
