"""From bytes to a delivery."""

from __future__ import annotations

import pytest

from builders import webhook
from portside.errors import Unreadable
from portside.mappings.delivery import kept, received, request_identifier
from portside.model.webhook import Delivery, Webhook


def test_a_request_keeps_its_bytes_and_lowers_the_names_of_its_headers():
    delivery = received(b'{ "a": 1 }', {"X-Webhook-Id": "W"}, {"repo": "r"})

    assert delivery == Delivery({"a": 1}, {"x-webhook-id": "W"}, {"repo": "r"}, b'{ "a": 1 }')


@pytest.mark.parametrize("raw", [b'{"event": {"id": "x"}}', b"[1]", b'{"body": 1, "more": 2}', b'{"headers": {}}'])
def test_a_file_may_hold_a_body(raw: bytes):
    assert kept(raw).raw == raw


def test_a_file_may_hold_a_whole_event():
    raw = '{"body": {"title": "é"}, "headers": {"X-A": "1"}, "queryParams": {"n": 2}}'.encode()

    assert kept(raw) == Delivery({"title": "é"}, {"x-a": "1"}, {"n": "2"}, '{"title":"é"}'.encode())


def test_what_is_given_beside_a_file_adds_to_what_it_says():
    delivery = kept(b'{"body": 1, "headers": {"a": "file"}}', {"A": "given", "B": "given"}, {"q": "given"})

    assert delivery == Delivery(1, {"a": "file", "b": "given"}, {"q": "given"}, b"1")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the body is not JSON: line 1, column 1: Expecting value"),
        (b"{\n 'a'}", "the body is not JSON: line 2, column 2: Expecting property name enclosed in double quotes"),
        (b"NaN", "the body is not JSON: NaN is no number of JSON"),
        (b"[-Infinity]", "the body is not JSON: -Infinity is no number of JSON"),
        (b'"\xff"', "the body is not UTF-8: byte 1 is 0xff"),
        (b"[" * 100_000, "the body is nested too deeply"),
    ],
)
def test_what_is_not_json_says_so(raw: bytes, reason: str):
    with pytest.raises(Unreadable) as error:
        received(raw)

    assert str(error.value) == reason


@pytest.mark.parametrize(
    ("path", "identifier"),
    [
        ('.headers."x-webhook-id"', "W"),
        (".body.number", "7"),
        (".body.none", None),
        (".body.flag", None),
        (".body.list", None),
        (".body.empty", None),
        (".body.none[]", None),
        (".body[", None),
        (None, None),
    ],
)
def test_what_tells_a_delivery_from_others(path: str | None, identifier: str | None):
    body = {"number": 7, "none": None, "flag": True, "list": [1], "empty": ""}
    asked = Webhook(webhook("w", security={"requestIdentifierPath": path}))

    assert request_identifier(asked, Delivery(body, {"x-webhook-id": "W"})) == identifier
