"""What may be sent again and when, who we are, and the token: fetched once, kept, and fetched again."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portside.catalogs.client.answers import Answer, one_line, unwelcome
from portside.catalogs.client.credentials import Credentials, from_command
from portside.catalogs.client.token import Token, Tokens
from portside.catalogs.client.waits import Fate, asked, backoff, fate
from portside.errors import CatalogRefused, CatalogUnreachable

NOW = 1_700_000_000.0
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
"""NOW, as a header has it."""


@pytest.mark.parametrize(
    ("status", "sent", "reading", "writing"),
    [
        (200, True, Fate.ANSWERED, Fate.ANSWERED),
        (401, True, Fate.ANSWERED, Fate.ANSWERED),
        (422, True, Fate.ANSWERED, Fate.ANSWERED),
        (429, True, Fate.AGAIN, Fate.AGAIN),
        (500, True, Fate.AGAIN, Fate.UNKNOWN),
        (503, True, Fate.AGAIN, Fate.UNKNOWN),
        (None, True, Fate.AGAIN, Fate.UNKNOWN),
        (None, False, Fate.AGAIN, Fate.AGAIN),
    ],
)
def test_a_write_is_sent_again_only_when_the_server_did_not_act(
    status: int | None, sent: bool, reading: Fate, writing: Fate
):
    assert (fate(status, sent=sent, writes=False), fate(status, sent=sent, writes=True)) == (reading, writing)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {}, None),
        (429, {"retry-after": "3"}, 3),
        (429, {"retry-after": "Tue, 14 Nov 2023 22:13:30 GMT"}, 10),
        (429, {"x-ratelimit-reset": "20"}, 20),
        (429, {"x-ratelimit-reset": "1700000020"}, 20),
        (429, {"x-ratelimit-reset": "1700000520", "date": "Tue, 14 Nov 2023 22:21:40 GMT"}, 20),
        (429, {"x-ratelimit-reset": "1699999999"}, 0),
        (429, {"retry-after": "3", "x-ratelimit-reset": "20"}, 20),
        (429, {"retry-after": "soon", "x-ratelimit-reset": "-1", "date": "today"}, None),
        (429, {"retry-after": "nan"}, None),
        (503, {"retry-after": "3", "x-ratelimit-reset": "20"}, 3),
    ],
)
def test_the_server_says_how_long_to_wait_in_several_spellings(
    status: int, headers: dict[str, str], seconds: float | None
):
    assert asked(status, headers, NOW) == seconds


def test_waits_double_up_to_a_limit_and_chance_spreads_them():
    assert [backoff(attempt, 1.0) for attempt in (1, 2, 3, 9, 5000)] == [0.3, 0.6, 1.2, 30.0, 30.0]
    assert backoff(3, 0.5) == 0.6


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_token_is_kept_until_shortly_before_it_ends():
    clock, fetched = Clock(), iter("abc")
    tokens = Tokens(lambda: Token.lasting(next(fetched), 3600, clock()), clock)
    seen = []

    for clock.now in (0, 3539, 3541):
        seen.append(tokens.current())

    assert seen == ["a", "a", "b"]


def test_a_token_with_a_short_life_left_is_used_for_most_of_it():
    clock, fetched = Clock(), iter("abc")
    tokens = Tokens(lambda: Token.lasting(next(fetched), 50, clock()), clock)
    seen = []

    for clock.now in (0, 44, 46):
        seen.append(tokens.current())

    assert seen == ["a", "a", "b"]


def test_a_refused_token_is_fetched_again_once_whoever_says_so():
    fetched = iter("abc")
    tokens = Tokens(lambda: Token.lasting(next(fetched), 3600, 0), lambda: 0)
    first = tokens.current()

    tokens.refused(first)
    second = tokens.current()
    tokens.refused(first)

    assert (second, tokens.current()) == ("b", "b")


def test_a_token_is_fetched_once_however_many_wait_for_it():
    begun, asking, fetches = threading.Event(), threading.Barrier(9), []

    def fetch() -> Token:
        fetches.append(1)
        begun.set()
        asking.wait(10)
        return Token("a", 100)

    def ask() -> str:
        asking.wait(10)
        return tokens.current()

    tokens = Tokens(fetch, lambda: 0)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(tokens.current)
        assert begun.wait(10)
        others = [pool.submit(ask) for _ in range(8)]
        given = [future.result() for future in (first, *others)]

    assert (set(given), len(fetches)) == ({"a"}, 1)


def test_whoever_waits_for_a_token_that_does_not_come_gets_an_error_of_their_own():
    begun, asking = threading.Event(), threading.Barrier(2)

    def fetch() -> Token:
        if not begun.is_set():
            begun.set()
            asking.wait(10)
        raise CatalogRefused("no", reason="invalid_credentials")

    def ask() -> str:
        asking.wait(10)
        return tokens.current()

    tokens = Tokens(fetch, lambda: 0)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(tokens.current)
        assert begun.wait(10)
        second = pool.submit(ask)
        one, other = first.exception(), second.exception()

    assert one is not other
    assert [(str(error), error.reason) for error in (one, other)] == [("no", "invalid_credentials")] * 2


def test_credentials_have_no_secret_in_their_repr():
    assert repr(Credentials("us", "planted")) == "Credentials(client_id='us')"


def script(folder: Path, text: str) -> list[str]:
    path = folder / "credentials.py"
    path.write_text(text)
    return [sys.executable, str(path)]


def test_a_command_prints_credentials_and_what_else_it_says_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    text = 'import sys\nprint(\'touch the key\', file=sys.stderr)\nprint(\'{"clientId": "a", "clientSecret": "b"}\')\n'

    found = from_command(script(tmp_path, text), "port")

    assert (found, capfd.readouterr().err) == (Credentials("a", "b"), "touch the key\n")


WRONG = {
    "print('[]')": 'should print {"clientId": "…", "clientSecret": "…"}, and printed something else',
    'print(\'{"clientId": "a", "clientSecret": 7}\')': "should print",
    "print('planted')": "should print",
    "raise SystemExit(3)": "ended with exit code 3",
    "import time\ntime.sleep(60)": "was not done after 0.5 seconds",
    "import os, time\nif os.fork(): os._exit(4)\ntime.sleep(60)": "was not done after 0.5 seconds",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_a_command_that_does_something_else_is_one_sentence(tmp_path: Path, text: str, said: str):
    with pytest.raises(CatalogUnreachable) as error:
        from_command(script(tmp_path, text), "port", timeout=0.5)

    assert str(error.value).startswith(f"the credentials command of catalog 'port' {said}")
    assert "planted" not in str(error.value)


def test_a_command_that_is_not_there_is_one_sentence():
    with pytest.raises(CatalogUnreachable) as error:
        from_command([os.devnull], "port")

    said = f"the credentials command of catalog 'port' cannot be run: {os.devnull}: Permission denied"
    assert str(error.value) == said


def test_a_servers_words_are_one_line_of_plain_text():
    assert one_line("a\x1b[31m\n\tb\u202e" + "c" * 600) == "a [31m b " + "c" * 491 + "…"


@pytest.mark.parametrize(
    ("status", "said", "keys", "found"),
    [
        (422, "must NOT have additional properties: 'revision'", ("etag", "revision"), ("revision",)),
        (422, '{"additionalProperty": "etag"}', ("etag", "revision"), ("etag",)),
        (422, "Unrecognized key(s) in object: 'etag', 'revision'", ("etag", "revision"), ("etag", "revision")),
        (422, "must NOT have additional properties", ("etag",), ("etag",)),
        (422, "must NOT have additional properties", ("etag", "revision"), ()),
        (422, "must NOT have additional properties: 'x-etag'", ("etag", "other"), ()),
        (422, "etag is wrong", ("etag",), ()),
        (400, "must NOT have additional properties: 'etag'", ("etag",), ()),
    ],
)
def test_a_key_that_the_server_does_not_take_back_is_recognised(
    status: int, said: str, keys: tuple[str, ...], found: tuple[str, ...]
):
    assert unwelcome(Answer("PUT x", status, {}, said.encode()), keys) == found
