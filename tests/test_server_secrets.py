"""A secret that reaches the served catalog, by whatever way, is in none of its files, logs, answers and pages."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from catalog_contract import mapping, webhook
from console import HOOK, begun, catalog, ended, environment, portside, tree
from crawled import crawled
from planted import holding
from stocked import identified

OVER_THE_API, IN_ITS_PLACE = 'sent "over" the API &= \\ 1701', 'put "in" its place +% \\ 1864'
ORGANIZATION, CLIENT = 'of the "organization" ñ \\ 2063', 'of the "client" å \\ 2112'
WRITTEN, GIVEN = 'written "in" a file ø \\ 2233', 'given "by" the environment ß \\ 2305'
BEARER = "of-whoever-sends-deliveries-2410"
SECRETS = (OVER_THE_API, IN_ITS_PLACE, ORGANIZATION, CLIENT, WRITTEN, GIVEN, BEARER)
ENVIRONMENT = environment(
    PORT_CLIENT_ID="me",
    PORT_CLIENT_SECRET=CLIENT,
    PORTSIDE_SECRET_WRITTEN=WRITTEN,
    PAGERDUTY_WEBHOOK_SECRET=GIVEN,
)
SIGNED = {"signatureHeaderName": "x-signature", "signatureAlgorithm": "sha256"}
PLAIN = {"signatureHeaderName": "x-token", "signatureAlgorithm": "plain"}
BODY = b'{"id": "x", "tier": "gold"}'
BOTH = ("--format", "text", "--format")
COMMANDS = (
    ("plan", "--verbose", *BOTH, "json=plan.json"),
    ("pull",),
    ("entities", *BOTH, "json=entities.json"),
    ("deliveries", "list", *BOTH, "json=deliveries.json"),
    *(("deliveries", "show", number, *BOTH, f"json=delivery-{number}.json") for number in "123"),
)


class Looked(NamedTuple):
    """Everything that a server with secrets showed while it ran, by where it was; and its folder, as it was then."""

    shown: dict[str, bytes]
    folder: dict[str, bytes | None]
    root: Path


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    root = tmp_path_factory.mktemp("secrets")
    catalog(root, hook={**HOOK, "identifier": "written", "security": {**SIGNED, "secret": WRITTEN}})
    catalog(root, hook={**HOOK, "identifier": "given", "security": {**SIGNED, "secret": "${PAGERDUTY_WEBHOOK_SECRET}"}})
    applied = portside(root, "apply", "--yes", env=ENVIRONMENT)
    assert applied.code == 0, applied.err
    with begun(root, "serve", "--port", "0", "--verbose", env=ENVIRONMENT) as server:
        assert server.stdout is not None
        base = server.stdout.readline().split(" at ")[1].partition(";")[0]
        shown = dict(_answers(base))
        said = {" ".join(words): portside(root, *words, env=ENVIRONMENT) for words in COMMANDS}
        assert {one.code for one in said.values()} == {0}, said
        folder = tree(root)
        server.terminate()
        log = ended(server)
    told = {words: (one.out + one.err).encode() for words, one in {**said, "apply": applied, "serve": log}.items()}
    yield Looked({**shown, **told}, folder, root)


def _answers(base: str) -> Iterator[tuple[str, bytes]]:
    """What the server answers to those who bring secrets, and then to those who look at everything there is."""
    with httpx.Client(base_url=base, timeout=30) as client:
        granted = client.post("/v1/auth/access_token", json={"clientId": "me", "clientSecret": CLIENT})
        client.headers["Authorization"] = f"Bearer {granted.json()['accessToken']}"
        for number, answer in enumerate([*_written(client), *_delivered(client)]):
            yield f"answer {number}", answer.content
        for path in [*_paths(client), "/openapi.json"]:
            yield f"GET {path}", client.get(path).content
        client.auth = ("me", CLIENT.encode())
        yield from ((f"page {path}", html.unescape(answer.text).encode()) for path, answer in crawled(client))


def _written(client: httpx.Client) -> Iterator[httpx.Response]:
    """Secrets come, change, and come in a shape that is refused."""
    hook = webhook("hook", mapping("service"), security={**PLAIN, "secret": IN_ITS_PLACE})
    organization = {"secretName": "TOKEN", "secretValue": OVER_THE_API}
    yield client.post("/v1/auth/access_token", json={"clientId": "you", "clientSecret": OVER_THE_API})
    yield client.post("/v1/webhooks", json=hook)
    yield client.patch("/v1/webhooks/hook", json={"security": {**PLAIN, "secret": OVER_THE_API}})
    yield client.post("/v1/organization/secrets", json=organization)
    yield client.patch("/v1/organization/secrets/TOKEN", json={"secretValue": ORGANIZATION})
    for secret in ([OVER_THE_API], {"key": OVER_THE_API}):
        yield client.post("/v1/webhooks", json={**hook, "identifier": "odd", "security": {**PLAIN, "secret": secret}})
        yield client.post("/v1/organization/secrets", json={**organization, "secretValue": secret})
    yield client.post("/v1/organization/secrets", json={**organization, "secretName": OVER_THE_API})


def _delivered(client: httpx.Client) -> Iterator[httpx.Response]:
    """Deliveries to each webhook, as their senders send them; and some that are believed by nobody."""
    hooks = {one["identifier"]: one["webhookKey"] for one in client.get("/v1/webhooks").json()["integrations"]}
    bearer = {"Authorization": f"Bearer {BEARER}", "Cookie": f"session={BEARER}"}
    sent: list[tuple[str, dict[str, str | bytes]]] = [
        ("hook", {"X-Token": OVER_THE_API}),
        ("written", {"X-Signature": _signature(WRITTEN)}),
        ("given", {"X-Signature": _signature(GIVEN)}),
        ("hook", {"X-Token": IN_ITS_PLACE}),
        ("given", {"X-Signature": GIVEN.encode()}),
    ]
    answers = [
        client.post(f"/{hooks[to]}?token={BEARER}", content=BODY, headers={**bearer, **headers}) for to, headers in sent
    ]
    assert [one.status_code for one in answers] == [202, 202, 202, 401, 401]
    yield from answers


def _signature(secret: str) -> str:
    return hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()


def _paths(client: httpx.Client) -> Iterator[str]:
    """Every path that can be read, about what is there."""
    names = {"blueprint_identifier": "service", "entity_identifier": "x", "secret_name": "TOKEN", "id": "1"}
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        if "get" in methods:
            yield path.format(**identified(path, names))


def test_what_is_shown_holds_no_secret(looked: Looked):
    assert {where: found for where, data in looked.shown.items() if (found := holding(data, SECRETS))} == {}


def test_the_only_file_with_a_secret_is_the_one_that_somebody_wrote_it_into(looked: Looked):
    found = {path: some for path, data in looked.folder.items() if data and (some := holding(data, SECRETS))}
    written = "mappings/written/webhook.json"

    assert found == {written: holding(looked.folder[written] or b"", [WRITTEN])}


def test_the_key_of_the_secrets_is_for_its_owner_alone(looked: Looked):
    modes = {path.name: path.stat().st_mode & 0o777 for path in looked.root.rglob("*.key")}

    assert set(modes.values()) == {0o600}


def test_everything_was_looked_at(looked: Looked):
    pages = ("page /webhooks/hook", "page /deliveries/1", "page /catalog/service/x", "page /deliveries/1/payload")
    files = [path for path, data in looked.folder.items() if data and b"SQLite format 3" in data]

    assert b"hook" in looked.shown["GET /v1/webhooks/hook"]
    assert [json.loads(looked.shown["GET /v1/audit-log"])["ok"], *(page in looked.shown for page in pages)] == [
        True
    ] * 5
    assert (len(files), any(path.endswith("-wal") for path in looked.folder)) == (1, True)
    assert b"POST /{webhookKey} 202" in looked.shown["serve"]
