"""Whatever is sent to the server, it answers or closes: no 500, no traceback, no memory kept for it.

Random and mutated requests over raw sockets, most for operations that are there and with nearly right bodies;
PORTSIDE_EXAMPLES says how many, PORTSIDE_SEED which.
"""

from __future__ import annotations

import json
import os
import random
import resource
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from catalog_contract import blueprint
from portside.server.api import Endpoint, endpoints
from served import Served, served
from stocked import CHECKOUT, DOMAIN, HOOK, MOVE, OF, READY, SECRET, SERVICE, TEAM, USER, identified, stock

REQUESTS = int(os.environ.get("PORTSIDE_EXAMPLES", "400"))
RESTOCKED = 50
"""After so many requests there is one of everything again."""

Chance = random.Random

QUERY = {"combinator": "and", "rules": [{"property": "tier", "operator": "=", "value": "gold"}]}
HISTORY = {
    "entityIdentifier": "checkout",
    "blueprintIdentifier": "service",
    "propertyNames": ["tier"],
    "timeInterval": "day",
    "timeRange": {"preset": "lastWeek", "timeZone": "Europe/Berlin"},
}

RIGHT: dict[str, list[Any]] = {
    "post /v1/auth/access_token": [{"clientId": "a", "clientSecret": "b"}],
    "post /v1/blueprints": [blueprint("new"), {**SERVICE, "identifier": "new"}, DOMAIN],
    "put /v1/blueprints/{identifier}": [SERVICE, DOMAIN],
    "patch /v1/blueprints/{identifier}": [{"title": "New"}, {"identifier": "new"}, SERVICE],
    f"patch {OF}/properties/{{property_identifier}}/rename": [{"newPropertyName": "rank"}],
    f"patch {OF}/mirror/{{property_identifier}}/rename": [{"newMirrorName": "of"}],
    f"patch {OF}/relations/{{relation_identifier}}/rename": [{"newRelationIdentifier": "owner"}],
    f"post {OF}/entities": [CHECKOUT, {"identifier": "new"}, {"identifier": QUERY}, {"team": ["platform"]}],
    f"post {OF}/entities/bulk": [{"entities": [CHECKOUT, {"identifier": "new"}, {"identifier": QUERY}]}],
    f"post {OF}/bulk/entities/delete": [{"entities": ["checkout", "cart", "none"]}],
    f"post {OF}/entities/search": [{"query": QUERY, "limit": 2, "include": ["$identifier"]}],
    f"put {OF}/entities/{{entity_identifier}}": [CHECKOUT, {"identifier": "new"}],
    f"patch {OF}/entities/{{entity_identifier}}": [CHECKOUT, {"relations": {"uses": []}}],
    "post /v1/entities/search": [QUERY, {"combinator": "or", "rules": [QUERY]}],
    "post /v1/entities/properties-history": [HISTORY],
    f"post {OF}/scorecards": [READY, {**READY, "identifier": "new"}],
    f"put {OF}/scorecards": [[READY, {**READY, "identifier": "new"}]],
    f"put {OF}/scorecards/{{scorecard_identifier}}": [READY],
    "post /v1/webhooks": [HOOK, {**HOOK, "identifier": "new"}],
    "put /v1/webhooks/{identifier}": [HOOK],
    "patch /v1/webhooks/{identifier}": [
        {"enabled": False},
        {"security": {"secret": "x", "signatureAlgorithm": "sha1"}},
    ],
    "post /v1/teams": [TEAM, {"name": "new"}],
    "put /v1/teams/{name}": [TEAM],
    "patch /v1/teams/{name}": [{"description": "x"}, TEAM],
    "post /v1/users/invite": [USER, {"invitee": {"email": "new@example.com"}}],
    "patch /v1/users/{user_email}": [{"roles": ["Member"], "teams": ["platform"]}],
    "post /v1/migrations": [MOVE],
    "post /v1/migrations/{migration_id}/cancel": [{"reason": "a mistake"}],
    "post /v1/organization/secrets": [SECRET, {**SECRET, "secretName": "NEW"}],
    "patch /v1/organization/secrets/{secret_name}": [{"description": "x"}],
}
"""Bodies that an operation takes, or nearly."""

SAMPLES = [body for bodies in RIGHT.values() for body in bodies]

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

WORDS: list[Any] = [
    *("service", "checkout", "domain", "tier", "size", "tags", "about", "label", "uses", "hook", "platform", "_user"),
    *("$identifier", "$team", "domain.about", ".", ".body.id", ".[", "input", "error", "$ENV", ". as $x | [$x, $x]"),
    *("string", "number", "array", "date-time", "enum", "2026-01-01T00:00:00Z", "$now", "=", "between", "containsAny"),
    *(1, 3, 2**53, ["checkout"], ["service", "service"], {"identifier": "checkout"}),
]
"""What means something somewhere in the API, and hardly where it comes to stand."""

KEYS = [
    "",
    "x",
    "$identifier",
    "\0",
    "\ud800",
    "identifier",
    "properties",
    "required",
    "items",
    "target",
    "format",
    *(word for word in WORDS if isinstance(word, str)),
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
    b"upsert=true&merge=true&create_missing_related_entities=true",
    b"upsert=true&validation_only=true",
    b"delete_dependents=true&delete_blueprint=true",
    b"include=$identifier&include=properties.tier&exclude=team",
    b"fields=users.email&fields=name",
    b"identifier=checkout&origin=API&resources=entity&includes=diff&limit=3",
    b"from=2026-01-01T00:00:00Z&to=never&status=FAILURE",
    b"status=COMPLETED&status=PENDING&actor=ana&blueprint=domain",
    b"webhook=hook&before=999999999999999999999999",
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


class Request(NamedTuple):
    """`whole`: it says itself where it ends."""

    raw: bytes
    whole: bool


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("always")) as found:
        yield found


def test_no_request_breaks_the_server(server: Served, capfd: pytest.CaptureFixture[str]) -> None:
    before = _resident()
    seed = int(os.environ.get("PORTSIDE_SEED", "5"))
    done: Counter[int] = Counter()
    for number in range(REQUESTS):
        if number % RESTOCKED == 0:
            names = stock(server.catalog)
        request = _request(Chance(f"{seed}/{number}"), server.token, names)
        status = _status(server, request)
        assert status < 500 or status == 501, f"{number}: {status} for {request.raw[:2000]!r}"
        assert status or not request.whole, f"{number}: no answer to {request.raw[:2000]!r}"
        done[status] += 1
    assert httpx.get(f"{server.base}/health").status_code == 200
    assert "Traceback" not in capfd.readouterr().err
    assert _resident() - before < 128 * 1024 * 1024
    assert sum(done[status] for status in (200, 201, 207)) > REQUESTS // 10, done


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


def _request(chance: Chance, token: str, names: Mapping[str, str]) -> Request:
    """One request, right in most places and odd in some."""
    endpoint = chance.choice(list(endpoints().values()))
    head = _line(chance, endpoint, names)
    if chance.random() < 0.95:
        head += b"Host: localhost\r\n"
    if chance.random() < 0.95:
        head += b"Authorization: Bearer " + token.encode() + b"\r\n"
    odd = chance.choice(HEADERS) if chance.random() < 0.1 else b""
    return _framed(chance, head + odd + b"Connection: close\r\n", _body(chance, RIGHT.get(endpoint.key, SAMPLES)))


def _line(chance: Chance, endpoint: Endpoint, names: Mapping[str, str]) -> bytes:
    """The first line of a request, with the names of what is there in most."""
    known = identified(endpoint.path, names)
    path = b"/".join(
        part.encode()
        if not part.startswith("{")
        else (known[part[1:-1]].encode() if chance.random() < 0.8 else chance.choice(PARTS))
        for part in endpoint.path.split("/")
    )
    if chance.random() < 0.03:
        path = b"/" + bytes(chance.randrange(33, 256) for _ in range(chance.randrange(1, 40)))
    method = endpoint.method.upper().encode() if chance.random() < 0.95 else chance.choice(METHODS)
    query = b"?" + chance.choice(QUERIES) if chance.random() < 0.3 else b""
    return method + b" " + path + query + b" HTTP/1.1\r\n"


def _framed(chance: Chance, head: bytes, body: bytes) -> Request:
    whole = b"Content-Length" not in head and b"Transfer-Encoding" not in head
    if chance.random() < 0.2:
        size = chance.choice([1, 7, 4096])
        parts = [body[at : at + size] for at in range(0, min(len(body), 20_000), size)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        end = b"0\r\n\r\n" if chance.random() < 0.9 else b"zz\r\n"
        return Request(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + end, whole)
    request = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    if chance.random() < 0.03:
        return Request(request[: chance.randrange(len(request))], whole=False)
    return Request(request, whole)


def _body(chance: Chance, right: list[Any]) -> bytes:
    if chance.random() < 0.07:
        return chance.choice(TEXTS)
    value = json.loads(json.dumps(chance.choice(right if chance.random() < 0.95 else SAMPLES)))
    for _ in range(chance.choice([0, 0, 1, 1, 1, 2, 4])):
        value = _mutated(chance, value)
    text = json.dumps(value).encode()
    if chance.random() < 0.05:
        at = chance.randrange(len(text))
        text = text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
    return text


def _mutated(chance: Chance, value: Any) -> Any:
    """The value with something odd somewhere in it."""
    if chance.random() < 0.2 or not value or not isinstance(value, dict | list):
        return chance.choice([*ODD, *WORDS, chance.choice(SAMPLES)])
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [*value[:at], _mutated(chance, value[at]), *value[at + 1 :]]
    key = chance.choice(list(value))
    match chance.randrange(4):
        case 0:
            return {name: inner for name, inner in value.items() if name != key}
        case 1:
            return {**value, chance.choice(KEYS): chance.choice([*ODD, *WORDS])}
        case _:
            return {**value, key: _mutated(chance, value[key])}


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
