"""The pages as they are sent: what stands on them, what never does, and who may see them."""

from __future__ import annotations

import asyncio
import html
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from calling import Caller
from catalog_contract import blueprint, create, filled, mapping, relation, webhook
from crawled import crawled
from looked_at import HOSTILE
from looked_at import filled as looked_at
from portside.catalogs.local import LocalCatalog
from portside.model.entity import Upsert
from portside.model.resource import Kind
from portside.model.webhook import DELIVERY_LIMIT
from portside.server.app import build
from portside.server.pages import values
from portside.server.tokens import Credentials
from served import serving

THING = blueprint(
    "thing",
    properties={"text": {"type": "string"}, "size": {"type": "number"}},
    relations={"next": relation("thing")},
    mirrorProperties={"far": {"title": "far", "path": "next.text"}},
    calculationProperties={"twice": {"title": "twice", "calculation": ".properties.size * 2", "type": "number"}},
    aggregationProperties={
        "count": {
            "title": "count",
            "target": "thing",
            "type": "number",
            "calculationSpec": {"calculationBy": "entities", "func": "count"},
        }
    },
)


class Inside(httpx.BaseTransport):
    """An application asked where it is, without a server around it."""

    def __init__(self, app: Starlette) -> None:
        self._asked = httpx.ASGITransport(app).handle_async_request

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answered() -> httpx.Response:
            found = await self._asked(request)
            return httpx.Response(found.status_code, headers=found.headers, content=await found.aread())

        return asyncio.run(answered())


def asking(app: Starlette) -> httpx.Client:
    return httpx.Client(transport=Inside(app), base_url="http://portside.test")


@dataclass(frozen=True)
class Pages:
    catalog: LocalCatalog
    client: httpx.Client

    def text(self, path: str) -> str:
        """The words of a page that is there, in one line."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    def tried(self, payload: str, hook: str = "hook") -> str:
        answer = self.client.post("/playground", data={"webhook": hook, "payload": payload, "live": "yes"})
        assert answer.status_code == 200, answer.text
        return words(answer.text.partition('class="result"')[2])


def words(page: str) -> str:
    """What stands in a page, or in a part of one, between what stands on every page."""
    content = "".join(re.findall(r"<main.*?</main>", page, re.DOTALL)) or page
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with LocalCatalog.open(tmp_path / "catalog.db") as catalog:
        catalog.prepare()
        yield Pages(catalog, asking(build(catalog)))


@pytest.fixture
def things(pages: Pages) -> Pages:
    filled(pages.catalog, THING)
    hook = webhook("hook", mapping("thing", properties={"text": ".body.text", "size": ".body.size"}))
    pages.catalog.perform(create(Kind.WEBHOOK, hook))
    return pages


def test_every_page_keeps_a_browser_from_doing_more_than_showing_it(things: Pages):
    things.catalog.receive("hook", b'{"id": "a"}')
    paths = ["/catalog", "/catalog/thing/a", "/deliveries/1", "/deliveries/1/payload", "/playground", "/catalog/none"]
    wanted = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy")
    found = {tuple(things.client.get(path).headers[name] for name in wanted) for path in paths}

    assert found == {
        (
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
            "nosniff",
            "DENY",
            "same-origin",
        )
    }


def test_what_was_sent_is_text_wherever_it_is_shown(things: Pages):
    things.catalog.receive("hook", b'{"id": "a", "text": "%s", "%s": 1}' % ((HOSTILE.encode(),) * 2))
    pages = [things.client.get(path) for path in ("/catalog/thing", "/catalog/thing/a", "/deliveries/1")]
    raw = things.client.get("/deliveries/1/payload")

    assert [("<script>" in page.text, HOSTILE in html.unescape(page.text)) for page in pages] == [(False, True)] * 3
    assert (raw.headers["content-type"], HOSTILE in raw.text) == ("text/plain; charset=utf-8", True)


def test_a_link_leads_only_to_the_web(things: Pages):
    things.catalog.upsert(Upsert("thing", "a", {"properties": {"text": "javascript:alert(1)"}}))
    things.catalog.upsert(Upsert("thing", "b", {"properties": {"text": "https://example.com/?a=1&b='2'"}}))
    links = [re.findall(r'href="([^"/#][^"]*)"', things.client.get(f"/catalog/thing/{one}").text) for one in "ab"]

    assert links == [[], ["https://example.com/?a=1&amp;b=&#39;2&#39;"]]


def test_only_these_pages_can_send_the_form(things: Pages):
    own = str(things.client.base_url).rstrip("/")
    sent = [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": own}, 403),
        ({"Origin": own}, 200),
    ]
    payload = {"payload": "{}"}
    answers = [things.client.post("/playground", data=payload, headers=headers).status_code for headers, _ in sent]

    assert answers == [status for _, status in sent]


def test_with_credentials_a_browser_has_to_give_them(things: Pages):
    client = asking(build(things.catalog, credentials=Credentials("me", "open")))
    asked = client.get("/catalog")
    answers = [client.get("/catalog", auth=who).status_code for who in (("me", "open"), ("me", "shut"), ("", ""))]
    posted = client.post("/playground", data={"payload": "{}"}).status_code

    assert (asked.status_code, asked.headers["www-authenticate"]) == (401, 'Basic realm="portside", charset="UTF-8"')
    assert (answers, posted) == ([200, 401, 401], 401)


def test_of_a_secret_there_is_how_it_is_kept(things: Pages):
    security = {"secret": "planted", "signatureHeaderName": "x-token", "signatureAlgorithm": "plain"}
    Caller(things.catalog)("post /v1/webhooks", webhook("sealed", mapping("thing"), security=security))

    assert "Secret kept encrypted" in things.text("/webhooks/sealed")


def test_no_link_leads_nowhere(things: Pages):
    deletes = {"blueprint": "thing", "operation": "delete", "entity": {"identifier": ".body.gone"}}
    lost = webhook("lost", mapping("nothing"), mapping("thing", relations={"next": ".body.next"}), deletes)
    things.catalog.perform(create(Kind.WEBHOOK, lost))
    for body in (b'{"id": "a", "next": "b/c", "gone": "none"}', b'{"id": "d", "gone": "a"}', b'{"id": "d"}'):
        things.catalog.receive("lost", body)
    answers = dict(crawled(things.client))

    assert {path: one.status_code for path, one in answers.items() if one.status_code != 200} == {}
    assert {"/catalog/thing/b%2Fc", "/deliveries/3", "/webhooks/lost", "/catalog/thing/d"} <= answers.keys()


def test_a_page_that_is_not_there_says_so(things: Pages):
    paths = [
        "/catalog/none",
        "/catalog/thing/none",
        "/catalog/a/b/c",
        "/webhooks/none",
        "/deliveries/9",
        "/deliveries/x",
    ]
    answers = [things.client.get(path) for path in paths]

    said = [re.findall(r'<p class="lead">(.*)</p>', one.text) for one in answers]

    assert {one.status_code for one in answers} == {404}
    assert said == [
        [f"{what} is not there."]
        for what in ("Blueprint none", "Entity thing/none", "This page", "Webhook none", "Delivery 9", "Delivery x")
    ]


def test_an_empty_catalog_says_how_to_fill_it(pages: Pages):
    assert "This catalog is empty. portside apply brings" in pages.text("/catalog")
    assert "This catalog has no webhooks yet." in pages.text("/webhooks")
    assert "Nothing came yet." in pages.text("/deliveries")
    assert "there is nothing to send a payload through" in pages.text("/playground")


def test_a_blueprint_shows_what_it_holds_and_what_feeds_it(things: Pages):
    text = things.text("/catalog/thing")

    assert "twice calculation .properties.size * 2 → number" in text
    assert "count aggregation count of thing" in text
    assert "next relation thing" in text
    assert "far mirror next.text" in text
    assert "Fed by hook writes entities" in text


def test_an_entity_tells_what_was_written_from_what_is_evaluated(things: Pages):
    things.catalog.upsert(Upsert("thing", "b", {"title": "Bee", "properties": {"text": "there"}}))
    things.catalog.upsert(Upsert("thing", "a", {"properties": {"size": 4}, "relations": {"next": "b"}}))
    text = things.text("/catalog/thing/a")

    assert "Properties text — size 4 Mirrors evaluated when read far next.text there" in text
    assert "Calculations evaluated when read twice .properties.size * 2 8" in text
    assert "Aggregations evaluated when read count count of thing 1" in text
    assert "Relations next → thing Bee" in text
    assert "Pointed at by thing next 1 a" in things.text("/catalog/thing/b")


def test_an_entity_has_its_history(things: Pages):
    things.catalog.receive("hook", b'{"id": "a", "size": 1}')
    things.catalog.receive("hook", b'{"id": "a", "size": 2}')
    text = things.text("/catalog/thing/a").partition("History ")[2]

    assert re.sub(r"\d{4}-\S+ \S+ ", "", text) == (
        "changed by webhook/hook, delivery 2 size 1 → 2 created by webhook/hook, delivery 1"
    )


def test_an_entity_has_the_levels_of_its_scorecards(things: Pages):
    query = {"combinator": "and", "conditions": [{"property": "size", "operator": ">", "value": 1}]}
    card = {"identifier": "ready", "title": "Ready", "rules": [
        {"identifier": "sized", "title": "Sized", "level": "Gold", "query": query}
    ]}  # fmt: skip
    Caller(things.catalog)("post /v1/blueprints/{blueprint_identifier}/scorecards", card, blueprint_identifier="thing")
    things.catalog.upsert(Upsert("thing", "a", {"properties": {"size": 4}}))

    assert "Scorecards Ready Gold ✓ Gold Sized: passed" in things.text("/catalog/thing/a")


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("2026-11-25T06:40:04.123Z", "2026-11-25 06:40:04"),
        ("2026-11-25T06:40:04.5+02:00", "2026-11-25 06:40:04 +02:00"),
        ("2026-11-25T06:40:04-03:30", "2026-11-25 06:40:04 -03:30"),
        ("tomorrow", "tomorrow"),
    ],
)
def test_a_moment_keeps_its_offset(written: str, seen: str):
    assert values.moment(written) == seen


def test_what_turns_the_direction_of_text_is_seen_in_json(things: Pages):
    things.catalog.receive("hook", '{"id": "a", "text": "pay \u202eyreve"}'.encode())

    assert r'"text": "pay \u202eyreve"' in things.text("/deliveries/1")


def test_a_long_value_is_shortened_and_there_in_full(things: Pages):
    value = " ".join(f"word{number}" for number in range(200))
    things.catalog.upsert(Upsert("thing", "a", {"properties": {"text": value}}))
    table, page = things.client.get("/catalog/thing").text, things.client.get("/catalog/thing/a").text

    assert (value in table, "word7…" in table) == (False, True)
    assert f"<pre>{value}</pre>" in page


def test_a_filter_leaves_what_holds_a_value(things: Pages):
    for number in range(3):
        things.catalog.upsert(Upsert("thing", f"t{number}", {"properties": {"size": number}}))
    text = things.text("/catalog/thing?by=size&is=2")

    assert ("1 found." in text, "t2" in text, "t1" in text) == (True, True, False)
    assert "Nothing passes this filter." in things.text("/catalog/thing?q=none")


def test_names_with_a_slash_have_a_page(things: Pages):
    things.catalog.upsert(Upsert("thing", "a/b:c+d", {}))
    (address,) = re.findall(r'href="(/catalog/thing/[^"]+)"', things.client.get("/catalog/thing").text)

    assert (address, "a/b:c+d" in things.text(address)) == ("/catalog/thing/a%2Fb%3Ac%2Bd", True)


def test_many_blueprints_come_in_pages_each_with_a_drawing_of_its_own(pages: Pages):
    filled(pages.catalog, *(blueprint(f"b{number:03}") for number in range(150)))
    first = pages.client.get("/catalog").text
    (after,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = pages.client.get(html.unescape(after)).text

    assert [page.count('<a href="/catalog/b') for page in (first, second)] == [200, 100]
    assert "Drawn are the blueprints of the list below" in words(first)


def test_deliveries_come_in_pages_and_through_filters(things: Pages):
    for number in range(55):
        things.catalog.receive("hook", b'{"id": "a", "size": %d}' % number)
    first = things.client.get("/deliveries").text
    (after,) = re.findall(r'rel="next" href="([^"]+)"', first)

    assert [page.count('<th scope="row">') for page in (first, things.client.get(html.unescape(after)).text)] == [50, 5]
    assert "No delivery passes this filter." in things.text("/deliveries?status=failed")
    assert "No delivery passes this filter." in things.text("/deliveries?webhook=other")


def test_a_delivery_tells_why_it_did_nothing(pages: Pages):
    looked_at(pages.catalog)
    text = pages.text("/deliveries/3")

    assert "Delivery 3 accepted" in text
    assert "mappings[0] pagerdutyService filtered its filter gives false" in text
    assert "properties.status" not in text


def test_a_delivery_whose_webhook_is_gone_is_still_there(things: Pages):
    things.catalog.receive("hook", b'{"id": "a"}')
    Caller(things.catalog)("delete /v1/webhooks/{identifier}", identifier="hook")

    assert "There is nothing to evaluate: its webhook is no longer there." in things.text("/deliveries/1")


def test_a_long_payload_is_shown_in_part_and_there_in_full(things: Pages):
    things.catalog.receive("hook", b'{"id": "a", "fill": "%s"}' % (b"x" * 40_000))

    assert "This is its beginning; all of it ." in things.text("/deliveries/1")
    assert len(things.client.get("/deliveries/1").content) < 100_000
    assert len(things.client.get("/deliveries/1/payload").content) == 40_023


def test_the_playground_tells_what_would_become_of_an_entity(things: Pages):
    things.catalog.receive("hook", b'{"id": "a", "text": "x", "size": 1}')
    payloads = ('{"id": "b", "text": "x"}', '{"id": "a", "size": 2}', '{"id": "a", "size": 1, "text": "x"}')
    tried = [things.tried(payload) for payload in payloads]

    assert [re.findall(r"mapped (create|update|no change) thing/(\w)", text) for text in tried] == [
        [("create", "b")],
        [("update", "a")],
        [("no change", "a")],
    ]
    assert things.catalog.entity("thing", "b") is None


def test_the_playground_tells_what_each_expression_gives_and_can_give(things: Pages):
    things.catalog.receive("hook", b'{"id": "a", "text": "x", "size": 1}')
    things.catalog.receive("hook", b'{"id": "a", "text": "y"}')
    text = things.tried('{"id": "a", "text": "z", "size": "many"}')

    assert "0 entities to write, 0 to delete; 1 swallowed." in text
    assert 'properties. text .body.text "z" "x", "y" or "z"' in text
    assert 'properties. size .body.size "many" string, number or null' in text
    assert "Types are those over 3 deliveries, this one included." in text


def test_the_playground_tells_what_the_catalog_would_refuse(pages: Pages):
    needs = blueprint("needs", properties={"text": {"type": "string"}}, required=("text",))
    filled(pages.catalog, needs)
    pages.catalog.perform(create(Kind.WEBHOOK, webhook("hook", mapping("needs"))))

    assert "would be refused: property 'text'" in pages.tried('{"id": "a"}')


def test_the_playground_takes_a_whole_event_and_a_disabled_webhook(pages: Pages):
    filled(pages.catalog, THING)
    hook = webhook("hook", mapping("thing", ".headers.who"), enabled=False)
    pages.catalog.perform(create(Kind.WEBHOOK, hook))
    text = pages.tried('{"body": {}, "headers": {"Who": "me"}}')

    assert ("create thing/me" in text, "This webhook is disabled" in text) == (True, True)


def test_the_playground_refuses_more_than_a_delivery_may_have(things: Pages):
    large = '"' + "x" * DELIVERY_LIMIT + '"'
    huge = things.client.post("/playground", data={"payload": "%" * 700_000})

    assert f"the payload has {DELIVERY_LIMIT + 2} bytes, and Port takes {DELIVERY_LIMIT}" in things.tried(large)
    assert (huge.status_code, "The body is longer than" in huge.text) == (413, True)


def test_a_form_that_does_not_come_is_not_waited_for_for_ever(things: Pages, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("portside.server.requests.PATIENCE", 0.05)
    with serving(things.catalog) as served:
        base = httpx.URL(served.base)
        with socket.create_connection((base.host, base.port or 0), timeout=20) as connection:
            connection.sendall(b"POST /playground HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\npayload=")
            assert connection.recv(4096).split()[1] == b"408"


def test_an_expression_that_takes_jq_down_is_told_and_harms_no_other(pages: Pages):
    filled(pages.catalog, THING)
    deep = mapping("thing", properties={"text": "reduce range(300000) as $i (null; [.]) | tojson", "size": "1 + 1"})
    pages.catalog.perform(create(Kind.WEBHOOK, webhook("hook", deep)))
    text = pages.tried('{"id": "a"}')

    assert ("properties. size 1 + 1 2" in text, "failed: takes" in text) == (True, True)


def test_files_are_kept_by_their_content(pages: Pages):
    (address,) = re.findall(r'href="(/static/style.css[^"]+)"', pages.client.get("/catalog").text)
    kept, asked, none = (pages.client.get(path) for path in (address, "/static/style.css", "/static/../asked.py"))

    assert (kept.headers["cache-control"], asked.headers["cache-control"], none.status_code) == (
        "public, max-age=31536000, immutable",
        "no-cache",
        404,
    )


def test_a_database_that_went_away_is_told_in_a_sentence(pages: Pages, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "catalog.db")) as other:
        other.execute("drop table resources")
    answer = pages.client.get("/catalog")

    assert (answer.status_code, "Not now" in answer.text) == (503, True)


def test_odd_questions_get_a_page(things: Pages):
    things.catalog.receive("hook", b'{"id": "a"}')
    of_lists = ("after=%00", "before=%F0%90", "q=%25")
    odd = {
        "/catalog": of_lists,
        "/catalog/thing": (*of_lists, "by=none&is=%00", "by=size&is=nan"),
        "/catalog/thing/a": ("history=99999999999",),
        "/webhooks": of_lists,
        "/webhooks/hook": ("deliveries=-1",),
        "/deliveries": ("before=x", "status=none"),
        "/playground": ("sample=9",),
    }
    asked = [f"{path}?{query}" for path, queries in odd.items() for query in queries]

    assert {path: things.client.get(path).status_code for path in asked} == dict.fromkeys(asked, 200)
