"""Deliveries that come to a server: kept and acknowledged at once, carried out afterwards, each once and in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from catalog_contract import blueprint, create, delete, filled, mapping, update, webhook
from portside.catalogs import deliveries
from portside.catalogs.deliveries import Arrival
from portside.catalogs.finishing import BROKEN, Finisher
from portside.catalogs.inbox import ROOM, Inbox
from portside.catalogs.ingest import Received
from portside.catalogs.keeping import Posted
from portside.catalogs.local import LocalCatalog
from portside.model.resource import Kind, Ref

THING = blueprint("thing", properties={"state": {"type": "string"}})
THINGS = mapping("thing", properties={"state": ".body.state"})
ONCE = {"requestIdentifierPath": ".body.once"}
PLAIN = {"secret": "${PAGER_SECRET}", "signatureHeaderName": "X-Token", "signatureAlgorithm": "plain"}


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    with embedded(secrets={"PAGER_SECRET": "s3cret"}) as opened:
        filled(opened, THING)
        opened.perform(create(Kind.WEBHOOK, webhook("things", THINGS, security=ONCE)))
        yield opened


def key(catalog: LocalCatalog, identifier: str = "things") -> str:
    document = catalog.document(Ref(Kind.WEBHOOK, identifier))
    assert document
    return str(document["webhookKey"])


def posted(catalog: LocalCatalog, body: str, to: str = "things", **headers: str) -> Posted:
    return Posted(key(catalog, to), body.encode(), headers, {})


def answers(catalog: LocalCatalog, *came: Posted) -> list[tuple[str, str]]:
    """What senders are told that post at the same time; of what has to wait some may be carried out meanwhile."""
    settled: list[Future[Received]] = [Future() for _ in came]
    inbox = Inbox(catalog, lambda group: [token.set_result(received) for token, received in group])
    for future, one in zip(settled, came, strict=True):
        assert inbox.post(future, one)
    inbox.start()
    inbox.stop()
    return [(one.result().status.value, one.result().reason) for one in settled]


def finish(catalog: LocalCatalog) -> None:
    Finisher(catalog, lambda job: job()).drain()


def outcomes(catalog: LocalCatalog) -> list[tuple[str, list[str]]]:
    """The status and effects of all deliveries, the oldest first."""
    found = reversed(catalog.deliveries())
    return [(one["status"], [entity["effect"] for entity in one["outcome"].get("entities", ())]) for one in found]


def test_deliveries_that_come_together_are_all_kept_and_then_carried_out_in_order(catalog: LocalCatalog) -> None:
    bodies = [f'{{"id": "a", "state": "{number}"}}' for number in range(40)]

    told = answers(catalog, *(posted(catalog, body) for body in bodies))
    finish(catalog)

    assert told == [("pending", "")] * 40
    assert outcomes(catalog) == [("accepted", ["created"]), *[("accepted", ["updated"])] * 39]
    found = catalog.entity("thing", "a") or {}
    assert (found["properties"], found["createdBy"]) == ({"state": "39"}, "webhook/things")


def told_at(catalog: LocalCatalog, *came: Posted) -> list[tuple[str, list[str]]]:
    """The outcomes of all deliveries at the moment when senders are answered that post at the same time."""
    found: list[tuple[str, list[str]]] = []
    inbox = Inbox(catalog, lambda _: found.extend(outcomes(catalog)))
    for one in came:
        assert inbox.post(None, one)
    inbox.start()
    inbox.stop()
    return found


def test_what_surely_takes_no_time_is_carried_out_before_it_is_acknowledged(catalog: LocalCatalog) -> None:
    assert told_at(catalog, posted(catalog, '{"id": "a"}')) == [("accepted", ["created"])]


def test_what_takes_its_time_keeps_waiting_what_comes_after_it_to_the_same_webhook(catalog: LocalCatalog) -> None:
    told_of = mapping("thing", properties={"state": '.body.state | if . == "2" then (., .) else . end'})
    slow = mapping("thing", properties={"state": ".body.state | until(true; .)"})
    catalog.perform(update(Kind.WEBHOOK, webhook("things", told_of)))
    catalog.perform(create(Kind.WEBHOOK, webhook("slow", slow)))
    ours = [f'{{"id": "a", "state": "{number}"}}' for number in range(1, 5)]

    told = told_at(
        catalog,
        posted(catalog, ours[0]),
        posted(catalog, '{"id": "b", "state": "slow"}', "slow"),
        posted(catalog, ours[1]),
        posted(catalog, ours[2]),
    )
    answers(catalog, posted(catalog, ours[3]))
    finish(catalog)

    assert told == [("accepted", ["created"]), ("pending", []), ("pending", []), ("pending", [])]
    assert [status for status, _ in outcomes(catalog)] == ["accepted"] * 5
    assert [state for state in changed_states(catalog) if state != "slow"] == ["1", "2", "3", "4"]


def test_what_takes_its_time_keeps_no_other_webhook_waiting(catalog: LocalCatalog) -> None:
    slow = mapping("thing", properties={"state": ".body.state | until(true; .)"})
    catalog.perform(create(Kind.WEBHOOK, webhook("slow", slow)))

    told = told_at(catalog, posted(catalog, '{"id": "a", "state": "1"}', "slow"), posted(catalog, '{"id": "b"}'))

    assert told == [("pending", []), ("accepted", ["created"])]


def changed_states(catalog: LocalCatalog) -> list[str]:
    """What the audit log says that the state became, in order."""
    with catalog.reading() as reading:
        query = "SELECT json_extract(diff, '$.after.properties.state') FROM events ORDER BY id"
        if reading.connection.dialect.name == "postgresql":
            query = "SELECT diff #>> '{after,properties,state}' FROM events ORDER BY id"
        return [state for state in reading.connection.exec_driver_sql(query).scalars() if state]


def test_a_delivery_that_cannot_be_carried_out_is_acknowledged_like_its_neighbours(tmp_path: Path) -> None:
    with LocalCatalog.open(tmp_path / "catalog.db") as catalog:
        filled(catalog, THING)
        catalog.perform(create(Kind.WEBHOOK, webhook("things", THINGS)))
        with catalog.writing("test") as within:
            within.connection.exec_driver_sql(
                "CREATE TRIGGER planted BEFORE INSERT ON entities WHEN NEW.identifier = 'b'"
                " BEGIN SELECT RAISE(ABORT, 'planted'); END"
            )

        told = answers(catalog, *(posted(catalog, f'{{"id": "{name}"}}') for name in "abc"))
        finish(catalog)

        assert told == [("pending", "")] * 3
        assert outcomes(catalog) == [("accepted", ["created"]), ("failed", []), ("accepted", ["created"])]
        assert ended(catalog, 2) == ("failed", BROKEN)


def test_a_delivery_that_comes_twice_is_acknowledged_twice_and_kept_once(catalog: LocalCatalog) -> None:
    first = posted(catalog, '{"id": "a", "once": "1"}')

    told = answers(catalog, first, first, posted(catalog, '{"id": "b", "once": "2"}'))
    again = answers(catalog, first)
    finish(catalog)

    assert (told, again) == ([("pending", "")] * 3, [("pending", "")])
    assert outcomes(catalog) == [("accepted", ["created"])] * 2


@pytest.mark.parametrize("once", ["é" * 100_000, "a\\u0000b", "\\ud800", "a\\nb"], ids=["long", "NUL", "half", "lines"])
def test_a_request_identifier_may_be_any_text(catalog: LocalCatalog, once: str) -> None:
    told = answers(catalog, *[posted(catalog, f'{{"id": "a", "once": "{once}"}}')] * 2)

    assert (told, len(catalog.deliveries())) == ([("pending", "")] * 2, 1)


def test_of_what_is_not_right_nothing_is_kept_and_its_neighbours_are(catalog: LocalCatalog) -> None:
    catalog.perform(create(Kind.WEBHOOK, webhook("signed", THINGS, security=PLAIN)))
    unset = PLAIN | {"secret": "${ANOTHER}"}
    catalog.perform(create(Kind.WEBHOOK, webhook("unset", THINGS, security=unset)))

    told = answers(
        catalog,
        Posted("0123456789abcdef", b"{}", {}, {}),
        posted(catalog, "{}", "signed", **{"x-token": "forged"}),
        posted(catalog, "{}", "unset", **{"x-token": "s3cret"}),
        posted(catalog, "no json"),
        posted(catalog, '{"id": "a"}', "signed", **{"x-token": "s3cret"}),
    )

    assert told == [
        ("refused", "not_found"),
        ("refused", "invalid_signature"),
        ("refused", "unavailable"),
        ("refused", "invalid_json"),
        ("pending", ""),
    ]
    assert [one["webhook"] for one in catalog.deliveries()] == ["signed"]


def test_a_webhook_is_asked_as_it_stands_when_the_delivery_comes_and_when_it_is_carried_out(
    catalog: LocalCatalog,
) -> None:
    came: list[str] = []
    inbox = Inbox(catalog, lambda group: [token.put(received) for token, received in group])
    one = posted(catalog, '{"id": "a"}')
    inbox.start()
    try:
        for change in (webhook("things", THINGS), webhook("things", THINGS, security=PLAIN), None):
            catalog.perform(update(Kind.WEBHOOK, change) if change else delete(Kind.WEBHOOK, "things"))
            came.append(_settled(inbox, one).reason)
    finally:
        inbox.stop()

    assert came == ["", "invalid_signature", "not_found"]


class _Token:
    """Waits for one answer."""

    def __init__(self) -> None:
        self.future: Future[Received] = Future()

    def put(self, received: Received) -> None:
        self.future.set_result(received)


def _settled(inbox: Inbox, one: Posted) -> Received:
    token = _Token()
    assert inbox.post(token, one)
    return token.future.result()


def test_what_comes_to_a_webhook_that_is_not_enabled_is_kept_and_dropped(catalog: LocalCatalog) -> None:
    catalog.perform(update(Kind.WEBHOOK, webhook("things", THINGS, enabled=False)))

    told = answers(catalog, posted(catalog, '{"id": "a"}'))
    finish(catalog)

    assert (told, outcomes(catalog), catalog.entity_count("thing")) == ([("dropped", "")], [("dropped", [])], 0)


def test_a_delivery_whose_webhook_is_deleted_before_it_is_carried_out_says_so(catalog: LocalCatalog) -> None:
    kept(catalog, b'{"id": "a"}')
    catalog.perform(delete(Kind.WEBHOOK, "things"))

    finish(catalog)

    assert ended(catalog, 1) == ("failed", "its webhook is no longer there")


def test_a_delivery_that_meets_a_fault_of_ours_stops_no_other_and_is_not_tried_for_ever(
    catalog: LocalCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    kept(catalog, b'{"id": "a"}', b"never kept by ingest", b'{"id": "b"}')

    finish(catalog)

    assert (ended(catalog, 2), catalog.entity_count("thing")) == (("failed", BROKEN), 2)
    assert outcomes(catalog) == [("accepted", ["created"]), ("failed", []), ("accepted", ["created"])]
    assert "delivery 2 of webhook/things could not be evaluated" in caplog.text


def kept(catalog: LocalCatalog, *bodies: bytes) -> None:
    """Deliveries that an earlier process stored and did not carry out."""
    rows = [Arrival("things", key(catalog), None, body, {}, {}, "pending") for body in bodies]
    with catalog.writing("test") as within:
        deliveries.add_all(within.connection, rows, within.stamp.at)


def ended(catalog: LocalCatalog, number: int) -> tuple[str, str]:
    found = catalog.delivery(number) or {}
    return found["status"], found["outcome"].get("because", "")


def test_what_mappings_make_of_credentials_is_kept_and_the_credentials_are_not(
    catalog: LocalCatalog,
) -> None:
    token = mapping("thing", properties={"state": '.headers.authorization | ltrimstr("Bearer pl")'})
    gone = mapping("thing", ".body.gone") | {"operation": "delete", "filter": '.queryParams.token == "planted"'}
    broken = mapping("thing", ".body.gone | error") | {"filter": ".body.gone != null"}
    catalog.perform(update(Kind.WEBHOOK, webhook("things", token, gone, broken)))
    came = Posted(key(catalog), b'{"id": "a", "gone": "b"}', {"authorization": "Bearer planted"}, {"token": "planted"})
    kept(catalog, b'{"id": "b", "gone": null}')

    told = answers(catalog, came)
    before = stored(catalog)
    finish(catalog)

    assert (told, "planted" in before, "planted" in stored(catalog)) == ([("pending", "")], False, False)
    assert (catalog.entity("thing", "a") or {})["properties"] == {"state": "anted"}
    last = catalog.delivery(2) or {}
    assert [(one["identifier"], one["effect"]) for one in last["outcome"]["entities"]] == [
        ("a", "created"),
        ("b", "deleted"),
    ]
    assert [one["code"] for one in last["outcome"]["swallowed"]] == ["jq-error"]


def stored(catalog: LocalCatalog) -> str:
    """All that is in the table of deliveries."""
    with catalog.reading() as reading:
        return str(reading.connection.exec_driver_sql("SELECT * FROM deliveries").fetchall())


def test_several_that_carry_out_one_stock_do_nothing_twice(embedded: Callable[..., LocalCatalog]) -> None:
    names = [f"things{number}" for number in range(4)]
    with embedded() as first, embedded() as second:
        filled(first, THING)
        for name in names:
            first.perform(create(Kind.WEBHOOK, webhook(name, THINGS)))
        rows = [
            Arrival(name, key(first, name), None, f'{{"id": "{name}-{number}"}}'.encode(), {}, {}, "pending")
            for number in range(15)
            for name in names
        ]
        with first.writing("test") as within:
            deliveries.add_all(within.connection, rows, within.stamp.at)

        both = [threading.Thread(target=finish, args=(one,)) for one in (first, second)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        finish(first)

        assert (outcomes(first), first.entity_count("thing")) == ([("accepted", ["created"])] * 60, 60)


def test_more_than_there_is_room_for_is_turned_away_at_once(catalog: LocalCatalog) -> None:
    inbox = Inbox(catalog, lambda _: None)
    one = posted(catalog, "x" * (ROOM // 4))

    assert [inbox.post(None, one) for _ in range(5)] == [True, True, True, True, False]


def test_a_stock_of_deliveries_is_found_by_its_index(tmp_path: Path) -> None:
    with LocalCatalog.open(tmp_path / "catalog.db") as catalog, catalog.writing("test") as within:
        plan: Any = within.connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM deliveries WHERE status = 'pending' ORDER BY id LIMIT 64"
        )

        assert [row[3] for row in plan] == ["SCAN deliveries USING INDEX deliveries_pending"]
