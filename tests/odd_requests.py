"""Requests over a socket to whatever a server answers, right in most places and odd in some.

Operations of the API, deliveries to webhooks, and the pages, for a catalog that `stock` made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import odd_searches
from catalog_contract import blueprint
from odd_values import KEYS, ODD, WORDS, Chance, flipped, text
from portside.model.webhook import DELIVERY_LIMIT
from portside.server.api import Endpoint, endpoints
from stocked import (
    CHECKOUT,
    DOMAIN,
    HOOK,
    MOVE,
    OF,
    READY,
    SECRET,
    SERVICE,
    SIGNED,
    TEAM,
    USER,
    identified,
)

QUERY = {"combinator": "and", "rules": [{"property": "tier", "operator": "=", "value": "gold"}]}

RIGHT: Mapping[str, list[Any]] = {
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
    f"put {OF}/entities/{{entity_identifier}}": [CHECKOUT, {"identifier": "new"}],
    f"patch {OF}/entities/{{entity_identifier}}": [CHECKOUT, {"relations": {"uses": []}}],
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

SEARCHES = {
    f"post {OF}/entities/search": odd_searches.page,
    "post /v1/entities/search": odd_searches.query,
    "post /v1/entities/properties-history": odd_searches.history,
}

SAMPLES = [body for bodies in RIGHT.values() for body in bodies]

PAYLOAD = {"id": "checkout", "tier": "tin", "size": 2, "once": "1", "more": {"tags": ["a", 1, None]}}
PAYLOADS: list[Any] = [PAYLOAD, {**PAYLOAD, "id": "new"}, [PAYLOAD] * 3, {"id": ["checkout"], "tier": None}, {}]

PAGES = [
    *("/", "/health", "/openapi.json", "/static/style.css", "/static/none", "/static/%2e%2e%2fasked.py"),
    *("/catalog", "/catalog/service", "/catalog/domain", "/catalog/service/checkout", "/catalog/domain/shop"),
    *("/webhooks", "/webhooks/hook", "/webhooks/signed", "/deliveries", "/deliveries/{id}"),
    *("/deliveries/{id}/payload", "/playground", "/playground"),
]
ASKED = [
    *("after", "before", "q", "by", "is", "columns", "webhook", "status", "history", "deliveries", "sample", "turn"),
]
"""What a page may be asked for in its query."""

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
    """`whole`: it says itself where it ends. `forged`: a delivery that nobody signed who may."""

    raw: bytes
    whole: bool
    forged: bool = False


def request(chance: Chance, token: str, names: Mapping[str, str]) -> Request:
    """One request: to an operation, a webhook or a page. `names` is what `stock` gave."""
    kind = chance.random()
    if kind < 0.7:
        return _operation(chance, token, names)
    return _delivery(chance, names) if kind < 0.85 else _page(chance, names)


def _operation(chance: Chance, token: str, names: Mapping[str, str]) -> Request:
    endpoint = endpoints()[chance.choice([*endpoints(), *SEARCHES, *SEARCHES, *SEARCHES])]
    head = _line(chance, endpoint, names)
    if chance.random() < 0.95:
        head += b"Host: localhost\r\n"
    if chance.random() < 0.95:
        head += b"Authorization: Bearer " + token.encode() + b"\r\n"
    right = _right(chance, endpoint.key)
    plain = endpoint.key in SEARCHES and chance.random() < 0.5  # of a search hardly any part may be odd
    return _framed(chance, head, json.dumps(right).encode() if plain else text(chance, right))


def _right(chance: Chance, key: str) -> Any:
    """A body that the operation takes, or nearly; now and then that of another one."""
    if chance.random() < 0.05:
        return chance.choice(SAMPLES)
    search = SEARCHES.get(key)
    return search(chance) if search else chance.choice(RIGHT.get(key, SAMPLES))


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
    return _first(chance, endpoint.method.upper(), path, chance.choice(QUERIES))


def _first(chance: Chance, method: str, path: bytes, query: bytes) -> bytes:
    used = method.encode() if chance.random() < 0.95 else chance.choice(METHODS)
    return used + b" " + path + (b"?" + query if chance.random() < 0.3 else b"") + b" HTTP/1.1\r\n"


def _delivery(chance: Chance, names: Mapping[str, str]) -> Request:
    """To the webhook that takes everything, to the one that wants a signature, or to none."""
    to = chance.choice(["hook", "signed", "signed", "none"])
    body = text(chance, chance.choice(PAYLOADS))
    if chance.random() < 0.03:
        body = body.ljust(DELIVERY_LIMIT + chance.choice([0, 1]))
    path = b"/" + names.get(f"key of {to}", "a" * 16).encode()
    head = _first(chance, "POST", path, chance.choice(QUERIES)) + b"Host: localhost\r\n"
    signature, forged = _signature(chance, body)
    sent = _framed(chance, head + signature, body)
    return sent._replace(forged=to == "signed" and forged)


def _signature(chance: Chance, body: bytes) -> tuple[bytes, bool]:
    """A header, and whether it proves nothing."""
    digest = hmac.new(SIGNED["security"]["secret"].encode(), body, hashlib.sha256).hexdigest().encode()
    right = [
        b"X-Signature: v1=%s\r\n" % digest,
        b"x-signature: v1=0000,v1=%s\r\n" % digest,
        b"X-SIGNATURE: v1=\xff\r\nX-Signature: v1=%s\r\n" % digest,
    ]
    if chance.random() < 0.6:
        return chance.choice(right), False
    forged = hashlib.sha256(body).hexdigest().encode()
    wrong = [b"v1=" + forged, b"v1=", digest, b"v1=%s" % digest[:-1], b"v2=" + digest, b"\xff\xfe", b"v1=" * 5000, b","]
    return chance.choice([b"", *(b"X-Signature: %s\r\n" % one for one in wrong)]), True


def _page(chance: Chance, names: Mapping[str, str]) -> Request:
    if chance.random() < 0.4:
        form = {"webhook": chance.choice(["hook", "signed", "none", "", "\0"]), "payload": _payload(chance)}
        given = {key: form[key] for key in form if chance.random() < 0.9}
        body = urlencode({**given, **({"live": "yes"} if chance.random() < 0.5 else {})}, errors="replace").encode()
        head = _first(chance, "POST", b"/playground", b"a=b") + b"Host: localhost\r\n"
        return _framed(chance, head, flipped(chance, body) if body and chance.random() < 0.1 else body)
    path = chance.choice(PAGES).replace("{id}", names["id"]).encode()
    if chance.random() < 0.2:
        path = path.rpartition(b"/")[0] + b"/" + chance.choice(PARTS)
    head = _first(chance, "GET", path, _asked(chance)) + b"Host: localhost\r\n"
    return _framed(chance, head, b"")


def _payload(chance: Chance) -> str:
    if chance.random() < 0.2:
        return json.dumps({"body": PAYLOAD, "headers": {"x": "y"}, "queryParams": chance.choice(ODD[:8])})
    return text(chance, chance.choice(PAYLOADS)).decode("utf-8", "replace")


def _asked(chance: Chance) -> bytes:
    """A query of a page: one thing that it may be asked for, and something that it is."""
    if chance.random() < 0.2:
        return chance.choice(QUERIES)
    value = chance.choice([*map(str, WORDS), *KEYS, "1", "-1", "9" * 30])
    return f"{chance.choice(ASKED)}={quote(value, errors='replace')}&{chance.choice(ASKED)}=1".encode()


def _framed(chance: Chance, head: bytes, body: bytes) -> Request:
    """With an odd header now and then, whole or in chunks, and perhaps cut off."""
    head += (chance.choice(HEADERS) if chance.random() < 0.1 else b"") + b"Connection: close\r\n"
    whole = b"Content-Length" not in head and b"Transfer-Encoding" not in head
    if chance.random() < 0.2:
        return Request(head + b"Transfer-Encoding: chunked\r\n\r\n" + _chunks(chance, body), whole)
    found = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    if chance.random() < 0.03:
        return Request(found[: chance.randrange(len(found))], whole=False)
    return Request(found, whole)


def _chunks(chance: Chance, body: bytes) -> bytes:
    """The body in parts; a long one in large ones."""
    size = chance.choice([1, 7, 4096]) if len(body) < 20_000 else 65_536
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    end = b"0\r\n\r\n" if chance.random() < 0.9 else b"zz\r\n"
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end
