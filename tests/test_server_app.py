"""The embedded catalog over HTTP: who may call, what is refused and how, what every answer carries."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portside.errors import CatalogRefused
from portside.server import requests
from portside.server.api import endpoints
from portside.server.door import is_loopback, without_port
from portside.server.limits import PERIOD, Window
from portside.server.paths import Found, Paths, segments
from portside.server.requests import parsed, query
from portside.server.tokens import LIFETIME, Credentials, Tokens
from served import Served, served

CREDENTIALS = Credentials("ada", "hush-hush")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("app")) as found:
        yield found


# who may call


def test_the_same_token_is_given_until_it_ends() -> None:
    time = [1_000_000.0]
    tokens = Tokens(CREDENTIALS, now=lambda: time[0])
    first = tokens.issue("ada", "hush-hush")
    time[0] += 60
    assert tokens.issue("ada", "hush-hush") == (first[0], LIFETIME - 60)
    time[0] += LIFETIME
    later, left = tokens.issue("ada", "hush-hush")
    assert (later != first[0], left) == (True, LIFETIME)


def test_a_token_is_good_until_it_ends_and_at_another_server_with_the_same_credentials() -> None:
    time = [1_000_000.0]
    token, _ = Tokens(CREDENTIALS, now=lambda: time[0]).issue("ada", "hush-hush")
    other = Tokens(CREDENTIALS, now=lambda: time[0])
    time[0] += LIFETIME - 1
    assert other.holder(f"Bearer {token}") == "ada"
    time[0] += 1
    with pytest.raises(CatalogRefused, match="has expired") as refused:
        other.holder(f"Bearer {token}")
    assert refused.value.reason == "invalid_token"


@pytest.mark.parametrize("pair", [("ada", "wrong"), ("bob", "hush-hush"), ("ada", ""), ("", ""), ("\ud800", "ü")])
def test_wrong_credentials_get_no_token(pair: tuple[str, str]) -> None:
    with pytest.raises(CatalogRefused) as refused:
        Tokens(CREDENTIALS).issue(*pair)
    assert refused.value.reason == "invalid_credentials"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic YWRhOmh1c2g=", "token", "Bearer a.b.c", "Bearer ü"]
)
def test_anything_else_is_no_token(header: str) -> None:
    with pytest.raises(CatalogRefused) as refused:
        Tokens(CREDENTIALS).holder(header)
    assert refused.value.reason == "invalid_token"


def test_a_token_of_another_key_is_no_token() -> None:
    token, _ = Tokens(Credentials("ada", "other")).issue("ada", "other")
    with pytest.raises(CatalogRefused, match="not one of this server's"):
        Tokens(CREDENTIALS).holder(f"Bearer {token}")


def test_credentials_show_no_secret() -> None:
    assert repr(CREDENTIALS) == "Credentials(client='ada')"


def test_a_browser_gets_in_with_the_credentials_or_where_there_are_none() -> None:
    tokens = Tokens(CREDENTIALS)
    right = base64.b64encode(b"ada:hush-hush").decode()
    wrong = base64.b64encode(b"ada:hush").decode()
    found = [
        tokens.lets_in(header) for header in (f"Basic {right}", f"Basic {wrong}", f"Bearer {right}", "Basic !", "")
    ]
    assert (found, Tokens().lets_in("")) == ([True, False, False, False, False], True)


def test_no_more_than_a_thousand_clients_are_remembered() -> None:
    tokens = Tokens()
    first = tokens.issue("client 0", "x")
    for number in range(1, 1002):
        tokens.issue(f"client {number}", "x")
    assert (len(tokens._current), tokens.issue("client 0", "x") != first) == (1000, True)


def test_without_a_token_nothing_is_told(server: Served) -> None:
    with httpx.Client(base_url=server.base) as client:
        answers = [
            client.request(endpoint.method, endpoint.path.replace("{", "").replace("}", ""), json={})
            for endpoint in endpoints().values()
            if "access_token" not in endpoint.path
        ]
    assert {answer.status_code for answer in answers} == {401}
    message = "no access token; send 'Authorization: Bearer <token>'"
    assert answers[0].json() == {"ok": False, "error": "invalid_token", "message": message}


def test_a_token_is_asked_for_as_ports_clients_do(tmp_path: Path) -> None:
    with served(tmp_path, credentials=CREDENTIALS) as server:
        address = f"{server.base}/v1/auth/access_token"
        right = httpx.post(address, json={"clientId": "ada", "clientSecret": "hush-hush"})
        wrong = httpx.post(address, json={"clientId": "ada", "clientSecret": "hush"})
        short = httpx.post(address, json={"clientId": "ada"})
    assert (right.json()["ok"], right.json()["tokenType"], right.json()["accessToken"]) == (
        True,
        "Bearer",
        server.token,
    )
    assert LIFETIME - 60 < right.json()["expiresIn"] <= LIFETIME
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_credentials")
    assert (short.status_code, short.json()["message"]) == (422, 'body: "clientSecret" is a required property')


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:99", 200), ("[::1]:3000", 200), ("hub.localhost", 200), ("evil.example", 403)],
)
def test_on_loopback_only_loopback_names_are_answered(tmp_path: Path, host: str, status: int) -> None:
    with served(tmp_path, names=["hooks.example"]) as server:
        assert httpx.get(f"{server.base}/health", headers={"Host": host}).status_code == status
        assert httpx.get(f"{server.base}/health", headers={"Host": "hooks.example:443"}).status_code == 200


def test_a_host_name_is_read_without_its_port() -> None:
    hosts = ["localhost:3000", "localhost", "[::1]:80", "[::1]", "127.0.0.1:1", ""]
    assert [without_port(host) for host in hosts] == ["localhost", "localhost", "::1", "::1", "127.0.0.1", ""]
    names = ["localhost", "a.localhost", "127.9.9.9", "::1", "0.0.0.0", "localhost.evil", ""]
    assert [is_loopback(name) for name in names] == [True, True, True, True, False, False, False]


# what is refused, and how


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("GET", "/v1/nothing", None, 404, "portside knows no '/v1/nothing' of Port's API"),
        ("GET", "/nothing", None, 404, "there is no '/nothing' here"),
        ("DELETE", "/v1/webhooks", None, 405, "'/v1/webhooks' takes GET, HEAD, OPTIONS, POST, not DELETE"),
        ("DELETE", "/health", None, 405, "DELETE is not taken here"),
        ("GET", "/v1/blueprints/%FF", None, 404, "the path is not UTF-8"),
        ("GET", "/v1/blueprints/a%00", None, 404, "the path holds a NUL"),
        ("POST", "/v1/webhooks", b"", 422, "the request has no body; send JSON"),
        ("POST", "/v1/webhooks", b"{", 422, "the body is not JSON: line 1, column 2"),
        ("POST", "/v1/webhooks", b"[]", 422, 'body: what was sent is not of type "object"'),
        (
            "POST",
            "/v1/webhooks",
            b'{"title":"x","enabled":3}',
            422,
            'body.enabled: what was sent is not of type "boolean"',
        ),
        ("POST", "/v1/webhooks", b'{"title":"\\u0000"}', 422, "the body holds a text with a NUL, which cannot be kept"),
        ("POST", "/v1/webhooks", b"[" * 102 + b"]" * 102, 422, "the body is nested deeper than 100 levels"),
        ("GET", "/v1/audit-log?limit=many", None, 422, 'query.limit: what was sent is not of type "number"'),
        ("GET", "/v1/audit-log?limit=1&limit=2", None, 422, "query parameter 'limit' is given 2 times"),
        (
            "GET",
            "/v1/audit-log?status=maybe",
            None,
            422,
            'query.status: what was sent is not one of "SUCCESS" or "FAILURE"',
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_in_ports_envelope(
    server: Served, method: str, path: str, body: bytes | None, status: int, told: str
) -> None:
    headers = {**server.headers, "Content-Type": "application/json"}
    answer = httpx.request(method, server.base + path, content=body, headers=headers)
    envelope = answer.json()
    assert (answer.status_code, envelope.keys()) == (status, {"ok", "error", "message"})
    assert (envelope["ok"], envelope["message"][: len(told)]) == (False, told)


BY_BLUEPRINT = "post /v1/blueprints/{blueprint_identifier}/entities/search"
ENTITY = "post /v1/blueprints/{blueprint_identifier}/entities"
RULE = {"property": "tier", "operator": "=", "value": "gold"}


@pytest.mark.parametrize(
    ("key", "part", "told"),
    [
        (BY_BLUEPRINT, {**RULE, "operator": "like"}, '.operator: what was sent is not one of "=", "!="'),
        (BY_BLUEPRINT, {**RULE, "values": 1}, ": Additional properties are not allowed ('values' was unexpected)"),
        (BY_BLUEPRINT, {"operator": "relatedTo", "value": "a"}, ': "blueprint" is a required property'),
        (
            BY_BLUEPRINT,
            {**RULE, "operator": "between", "value": {"from": "2026-01-01T00:00:00Z"}},
            '.value: "to" is a required property or "preset" is a required property',
        ),
        (ENTITY, "a name", ": what was sent does not match"),
        (ENTITY, 5, ': what was sent is not of type "string" and is not of type "object"'),
        (ENTITY, {"combinator": "and"}, ': "rules" is a required property'),
    ],
)
def test_of_the_things_that_a_value_could_be_the_nearest_says_what_is_wrong(key: str, part: object, told: str) -> None:
    search = key == BY_BLUEPRINT
    whole = {"query": {"combinator": "and", "rules": [part]}} if search else {"identifier": part}
    place = "body.query.rules.0" if search else "body.identifier"

    with pytest.raises(CatalogRefused) as refused:
        requests.body(endpoints()[key], json.dumps(whole).encode(), {})

    assert str(refused.value)[: len(place + told)] == place + told


def test_a_body_with_very_many_faults_is_told_its_first() -> None:
    """As an error with all that is inside of it this would be a million objects."""

    def doubled(part: object, times: int) -> object:
        return doubled({"combinator": "and", "rules": [part, part]}, times - 1) if times else part

    right, wrong = doubled(RULE, 3), doubled({**RULE, "operator": "like"}, 12)
    told = "body.query.rules.1" + ".rules.0" * 12 + ".operator: what was sent is not one of"

    with pytest.raises(CatalogRefused) as refused:
        whole = {"query": {"combinator": "and", "rules": [right, wrong]}}
        requests.body(endpoints()[BY_BLUEPRINT], json.dumps(whole).encode(), {})

    assert str(refused.value)[: len(told)] == told


def test_what_has_a_default_need_not_be_sent(server: Served) -> None:
    model = {
        "identifier": "defaults",
        "title": "D",
        "schema": {"properties": {}},
        "relations": {"self": {"target": "defaults"}},
    }
    with server.client() as client:
        blueprint = client.post("/v1/blueprints", json=model).json()["blueprint"]
        webhook = client.post("/v1/webhooks", json={"identifier": "defaults", "title": "D"}).json()["integration"]
        client.put("/v1/webhooks/defaults", json={"title": "E"}).raise_for_status()

    assert blueprint["relations"] == {"self": {"target": "defaults", "required": False, "many": False}}
    assert webhook["enabled"] is True


def test_a_format_that_may_not_change_names_its_property_for_programs(server: Served) -> None:
    model = {"identifier": "kept", "title": "K", "schema": {"properties": {"mail": {"type": "string"}}}}
    with server.client() as client:
        client.post("/v1/blueprints", json=model).raise_for_status()
        changed = {"properties": {"mail": {"type": "string", "format": "email"}}}
        answer = client.patch("/v1/blueprints/kept", json={"schema": changed})

    told = "blueprint/kept: property 'mail' has no format and cannot get format email"
    refusal = {"ok": False, "error": "forbidden_format_change", "message": told, "details": {"property": "mail"}}
    assert (answer.status_code, answer.json()) == (422, refusal)


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Type": "application/json", "Content-Encoding": "gzip"}]
)
def test_only_plain_json_is_taken(server: Served, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{server.base}/v1/webhooks", content=b"{}", headers={**server.headers, **headers})
    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_more_than_a_megabyte_is_refused(server: Served, chunked: bool) -> None:
    body = b'"' + b"x" * (1024 * 1024) + b'"'
    content = iter([body]) if chunked else body
    answer = httpx.post(f"{server.base}/v1/webhooks", content=content, headers=server.headers)
    told = {"ok": False, "error": "payload_too_large", "message": "the body is longer than 1048576 bytes"}
    assert (answer.status_code, answer.json()) == (413, told)


def test_a_body_that_does_not_come_is_not_waited_for_for_ever(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portside.server.requests.PATIENCE", 0.05)
    host, port = server.base.removeprefix("http://").split(":")
    head = f"POST /v1/webhooks HTTP/1.1\r\nAuthorization: Bearer {server.token}\r\nHost: localhost\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode() + b'Content-Length: 100\r\n\r\n{"title"')
        assert connection.recv(4096).split()[1] == b"408"


def test_a_fault_of_the_servers_is_told_to_its_log_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("portside.server.dispatch.operation", lambda _: broken)
    with served(tmp_path) as server, server.client() as client:
        answer = client.get("/v1/blueprints")
    message = "something went wrong in the server; its log says more"
    assert (answer.status_code, answer.json()) == (500, {"ok": False, "error": "internal_error", "message": message})
    assert "RuntimeError: planted" in caplog.text


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(tmp_path: Path) -> None:
    with served(tmp_path) as server, server.client() as client:
        away = (tmp_path / "catalog.db").rename(tmp_path / "away.db")
        (tmp_path / "catalog.db").mkdir()
        answer = client.get("/portside/deliveries")
        (tmp_path / "catalog.db").rmdir()
        away.rename(tmp_path / "catalog.db")
        assert client.get("/portside/deliveries").status_code == 200
    assert (answer.status_code, answer.json()["error"], answer.headers["retry-after"]) == (503, "unavailable", "1")


# what every answer carries


def test_every_answer_has_a_trace_and_says_what_is_left(server: Served) -> None:
    answers = [httpx.get(server.base + path) for path in ("/health", "/v1/blueprints", "/nothing", "/openapi.json")]
    assert len({answer.headers["x-trace-id"] for answer in answers}) == len(answers)
    told = {"x-ratelimit-limit", "x-ratelimit-period", "x-ratelimit-remaining", "x-ratelimit-reset"}
    assert all(told <= set(answer.headers) for answer in answers)


def test_a_rate_limit_is_kept_when_there_is_one(tmp_path: Path) -> None:
    with served(tmp_path, rate_limit=3) as server, server.client() as client:
        answers = [client.get("/portside/deliveries") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json()["error"] == "rate_limited"
    assert 0 < int(answers[2].headers["x-ratelimit-reset"]) <= PERIOD


def test_a_window_ends() -> None:
    time = [0.0]
    window = Window(2, now=lambda: time[0])
    taken = [window.take() for _ in range(3)]
    time[0] = PERIOD - 0.5
    assert (taken, window.take(), window.headers()[3]) == ([True, True, False], False, (b"x-ratelimit-reset", b"1"))
    time[0] = PERIOD
    assert (window.take(), window.headers()[2]) == (True, (b"x-ratelimit-remaining", b"1"))


def test_head_and_options_are_answered(server: Served) -> None:
    head = httpx.head(f"{server.base}/portside/deliveries", headers=server.headers)
    options = httpx.options(f"{server.base}/v1/webhooks")
    assert (head.status_code, head.content, options.status_code) == (200, b"", 204)
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert httpx.options(f"{server.base}/v1/nothing").status_code == 404


# paths and queries


def test_a_path_is_taken_apart_before_it_is_decoded() -> None:
    paths = Paths(endpoints().values())
    found = paths.find("GET", b"/v1/blueprints/a%2Fb/entities/c%3Ad%25")
    assert found == Found(
        endpoints()["get /v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}"],
        {"blueprint_identifier": "a/b", "entity_identifier": "c:d%"},
    )


def test_an_entity_may_be_called_as_an_operation_is() -> None:
    paths = Paths(endpoints().values())
    found = [paths.find(method, b"/v1/blueprints/b/entities/search").endpoint.key for method in ("POST", "PUT")]
    assert found == [
        "post /v1/blueprints/{blueprint_identifier}/entities/search",
        "put /v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}",
    ]


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1))
def test_whatever_is_encoded_is_decoded(parts: list[str]) -> None:
    from urllib.parse import quote

    assert segments("".join(f"/{quote(part, safe='')}" for part in parts).encode()) == parts


def test_a_query_has_types_and_defaults() -> None:
    create = endpoints()["post /v1/blueprints/{blueprint_identifier}/entities"]
    plain = {"upsert": False, "merge": False, "validation_only": False, "create_missing_related_entities": False}
    assert query(create, b"") == plain
    assert query(create, b"upsert=True&merge=true&run_id=r%201&other=x") == {
        **plain,
        "upsert": True,
        "merge": True,
        "run_id": "r 1",
    }
    log = query(endpoints()["get /v1/audit-log"], b"limit=20&includes=diff&includes=action&resources=entity")
    assert log == {"limit": 20, "includes": ["diff", "action"], "resources": "entity"}


def test_half_a_surrogate_pair_is_replaced_and_a_number_beyond_all_is_refused() -> None:
    assert parsed(b'{"a":"\\ud800x","b":18446744073709551616}') == {"a": "\ufffdx", "b": 18446744073709551616}
    for body in (b"1e999", b"-1e999", b"[1e999]", b"NaN"):
        with pytest.raises(CatalogRefused):
            parsed(body)


# the command


def _serve(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PORT_CLIENT")}
    return subprocess.Popen(
        [sys.executable, "-m", "portside", "serve", *arguments],
        cwd=folder,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_serve_says_where_it_listens_and_ends_when_it_is_told(
    tmp_path: Path, ending: signal.Signals, code: int
) -> None:
    with _serve(tmp_path, "--port", "0", "-v") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.fullmatch(r"Serving catalog 'local' at (http://127\.0\.0\.1:\d+); Ctrl-C ends it\.\n", line)
        assert address is not None
        answer = httpx.get(f"{address[1]}/health?clientSecret=planted", headers={"Authorization": "planted"})
        process.send_signal(ending)
        out, err = process.communicate(timeout=30)
    assert (answer.status_code, process.returncode, out) == (200, code, "")
    assert re.sub(r"[\d.]+ ms", "… ms", err) == "GET /health 200 … ms\n" + "\nError: interrupted\n" * (code == 130)


def test_serve_says_why_it_does_not_listen(tmp_path: Path, server: Served) -> None:
    port = server.base.rpartition(":")[2]
    tries = [
        (("--port", port), {}),
        (("--host", "0.0.0.0"), {}),
        (("--base", "https://tunnel.example.com"), {}),
        (("--base", "tunnel.example.com"), {}),
        ((), {"PORT_CLIENT_ID": "ada"}),
    ]
    processes = [_serve(tmp_path, *arguments, **environment) for arguments, environment in tries]
    ended = [(process.communicate(timeout=30)[1], process.returncode) for process in processes]
    needed = "so credentials are needed; set PORT_CLIENT_ID and PORT_CLIENT_SECRET"
    address = "no address for --base; write it as https://catalog.example.com"
    assert ended == [
        (f"Error: port {port} of 127.0.0.1 is in use; name another with --port\n", 64),
        (f"Error: 0.0.0.0 can be reached from elsewhere, {needed}, or listen on 127.0.0.1\n", 64),
        (f"Error: tunnel.example.com can be reached from elsewhere, {needed}, or leave --base out\n", 64),
        (f"Error: 'tunnel.example.com' is {address}\n", 64),
        ("Error: PORT_CLIENT_SECRET is not set, and the other of the two is; set both, or none\n", 64),
    ]


def test_the_log_shows_no_key_of_a_webhook(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="portside.server"), served(tmp_path) as server:
        httpx.post(f"{server.base}/AbCdEfGhIjKlMnOp?token=planted", content=json.dumps({}))
    lines = [re.sub(r"[\d.]+ ms", "… ms", record.getMessage()) for record in caplog.records]
    assert lines == ["POST /v1/auth/access_token 200 … ms", "POST /{webhookKey} 404 … ms"]
