"""Requests to Port's API, answered or given up: token, waits and limits in one place. Safe for several threads.

The rule: a request has one limit of patience for all its attempts, and whoever waits is told for what; no redirect is
followed, no answer is read without end, and no secret is in what is told.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from socket import SHUT_RDWR, socket
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakSet

from portside import __version__
from portside.catalogs.client import answers, waits
from portside.catalogs.client.answers import Answer
from portside.catalogs.client.credentials import Source
from portside.catalogs.client.token import Token, Tokens
from portside.catalogs.client.waits import Fate
from portside.errors import CatalogRefused, CatalogUnreachable
from portside.model.resource import JSON

if TYPE_CHECKING:
    import httpx

LARGEST = 256 * 1024 * 1024
"""Bytes of an answer: a catalog of ten thousand large blueprints is a quarter of that."""
SLOW = 1.0
"""Seconds of waiting after which a person wants to know what for."""
PATIENCE = 120.0
VALID = 3 * 3600.0
"""Seconds that Port's tokens are valid where it does not say."""


class Timeouts(NamedTuple):
    """Seconds to connect, and to wait for the next bytes."""

    connect: float = 10.0
    answer: float = 60.0


class Unknown(CatalogUnreachable):
    """A write was sent, and nobody can tell whether the server acted on it."""


@dataclass(frozen=True)
class Request:
    """`path` begins with /v1 and is percent-encoded. `writes`: whether it changes something."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: JSON = None
    writes: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Deadline:
    """The patience of one operation, from now on."""

    def __init__(self, patience: float, now: Callable[[], float] = time.monotonic) -> None:
        self.patience = patience
        self._now = now
        self._end = now() + patience

    @property
    def left(self) -> float:
        return self._end - self._now()


class Session:
    """One address and one client. `tell` hears what is waited for; `wait` and `chance` are for tests to replace."""

    def __init__(
        self,
        url: str,
        credentials: Source,
        *,
        patience: float = PATIENCE,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - immutable
        tell: Callable[[str], None] = lambda _: None,
        wait: Callable[[float], object] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.url = url.rstrip("/").removesuffix("/v1")
        self.patience = patience
        self.tell = tell
        self._credentials = credentials
        self._timeouts = timeouts
        self._closed = Event()
        self._wait, self._chance = wait or self._closed.wait, chance
        self._tokens = Tokens(self._token, time.monotonic)
        self._lock = Lock()
        self._client: httpx.Client | None = None
        self._sockets: WeakSet[socket] = WeakSet()
        self._pause_until = 0.0
        self._hidden: set[str] = set()

    def hide(self, secret: str) -> None:
        """Never let this be told, whatever the server says back."""
        if len(secret) > 3:
            self._hidden.add(secret)

    def send(self, request: Request, deadline: Deadline | None = None) -> Answer:
        """The answer, refusals too. Raises CatalogUnreachable when patience ends, Unknown for a write that may have
        been acted on."""
        return self._sent(request, deadline or Deadline(self.patience), authorized=True)

    def pause(self, attempt: int, deadline: Deadline, why: str) -> None:
        """Wait before sending again. Raises CatalogUnreachable when that would take more patience than there is."""
        self._pause(waits.backoff(attempt, self._chance()), deadline, why)

    def close(self) -> None:
        """Whoever waits in another thread, to send again or for an answer, gives up."""
        self._closed.set()
        for one in list(self._sockets):
            with suppress(OSError):
                one.shutdown(SHUT_RDWR)  # closing alone would leave a thread that reads from it reading
        if self._client:
            self._client.close()

    def _sent(self, request: Request, deadline: Deadline, *, authorized: bool) -> Answer:
        attempt, renewed = 1, False
        while True:
            self._go_on(str(request))
            self._heed(request, deadline)
            token = self._tokens.current() if authorized else ""
            answer, trouble, sent = self._once(request, token, deadline)
            if answer and answer.status == 401 and authorized and not renewed:
                renewed = True
                self._tokens.refused(token)
                continue
            fate = waits.fate(answer.status if answer else None, sent=sent, writes=request.writes)
            if answer and fate is Fate.ANSWERED:
                return answer
            why = f"{request}: {answers.told(answer) if answer else trouble}"
            if fate is Fate.UNKNOWN:
                raise Unknown(why)
            self._again(answer, attempt, deadline, why)
            attempt += 1

    def _again(self, answer: Answer | None, attempt: int, deadline: Deadline, why: str) -> None:
        """Wait as long as the server asks, and longer each time; everybody waits where the rate is limited."""
        asked = waits.asked(answer.status, answer.headers, time.time()) if answer else None
        seconds = (asked or 0.0) + waits.backoff(attempt, self._chance())
        if answer and answer.status == 429 and asked:
            with self._lock:
                self._pause_until = max(self._pause_until, time.monotonic() + asked)
        self._pause(seconds, deadline, why)

    def _heed(self, request: Request, deadline: Deadline) -> None:
        """Another request was told to wait: so does this one."""
        if (seconds := self._pause_until - time.monotonic()) > 0:
            self._pause(seconds + waits.backoff(1, self._chance()), deadline, f"{request}: the rate is limited")

    def _pause(self, seconds: float, deadline: Deadline, why: str) -> None:
        if seconds >= deadline.left:
            limit = f"the catalog's patience of {deadline.patience:g} seconds"
            raise CatalogUnreachable(f"{why}; the next attempt would be in {seconds:.0f} s, which is beyond {limit}")
        if seconds > SLOW:
            self.tell(f"{why}; trying again in {seconds:.0f} s")
        self._wait(seconds)
        self._go_on(why)

    def _go_on(self, why: str) -> None:
        if self._closed.is_set():
            raise CatalogUnreachable(f"{why}: not tried, for the catalog was closed")

    def _once(self, request: Request, token: str, deadline: Deadline) -> tuple[Answer | None, str, bool]:
        """The answer, or why there is none; and whether the request may have reached the server."""
        import httpx  # late: 100 ms

        try:
            return self._answer(request, token, deadline), "", True
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            trouble = f"{self.url} cannot be reached: {_reason(error)}"
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise CatalogUnreachable(trouble) from error  # it would not be another one the next time
            return None, trouble, False
        except httpx.TimeoutException:
            return None, f"no answer within {self._timeouts.answer:g} seconds", True
        except (httpx.TransportError, httpx.DecodingError) as error:
            return None, f"the connection broke: {_reason(error)}", True
        except _Endless:
            return None, "the answer did not end", True
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise CatalogUnreachable(f"'{self.url}' is no address: {_reason(error)}") from error

    def _answer(self, request: Request, token: str, deadline: Deadline) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None
        if request.body is not None:
            content = json.dumps(request.body, allow_nan=False).encode("ascii")
            headers["Content-Type"] = "application/json"
        with self._open().stream(
            request.method,
            f"{self.url}{request.path}",
            params=request.query,
            headers=headers,
            content=content,
            extensions={"trace": self._traced},
        ) as response:
            found = dict(response.headers)
            if response.is_redirect or 300 <= response.status_code < 400:
                raise self._redirected(request, found.get("location", ""))
            raw = self._read(request, response, deadline)
        answer = Answer(str(request), response.status_code, found, raw, answers.parsed(raw))
        return answer if answer.good else self._veiled(answer)

    def _read(self, request: Request, response: httpx.Response, deadline: Deadline) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                limit = LARGEST // 2**20
                raise CatalogUnreachable(f"{request}: the answer is larger than {limit} MiB; is this Port's API?")
            if deadline.left < 0:
                raise _Endless
        return b"".join(parts)

    def _redirected(self, request: Request, to: str) -> CatalogUnreachable:
        parts = urlsplit(to)
        where = answers.one_line(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else parts.path)
        hint = "portside follows no redirects; 'url' should be the address itself"
        return CatalogUnreachable(f"{request} points to {where or 'nowhere'} instead; {hint}")

    def _traced(self, event: str, about: Mapping[str, Any]) -> None:
        """httpx tells what becomes of a request: here a connection has been made."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets.add(about["return_value"].get_extra_info("socket"))

    def _open(self) -> httpx.Client:
        import httpx  # late: 100 ms

        with self._lock:
            if self._client is None:
                limit = httpx.Timeout(self._timeouts.answer, connect=self._timeouts.connect)
                pool = httpx.Limits(max_connections=16, max_keepalive_connections=16)
                agent = {"User-Agent": f"portside/{__version__}", "Accept": "application/json"}
                self._client = httpx.Client(timeout=limit, limits=pool, headers=agent, follow_redirects=False)
            return self._client

    def _token(self) -> Token:
        who = self._credentials()
        self.hide(who.client_secret)
        body = {"clientId": who.client_id, "clientSecret": who.client_secret}
        request = Request("POST", "/v1/auth/access_token", body=body)
        answer = self._sent(request, Deadline(self.patience), authorized=False)
        if answer.status in (401, 403, 422):
            said = answers.told(answer)
            raise CatalogRefused(f"{self.url} does not take the credentials: {said}", reason=answer.code)
        found = answers.content(answer)
        value, seconds = found.get("accessToken"), found.get("expiresIn")
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
            raise answers.strange(answer, "without an 'accessToken'")
        self.hide(value)
        lasting = float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else VALID
        return Token.lasting(value, lasting, time.monotonic())

    def _veiled(self, answer: Answer) -> Answer:
        """A refusal may quote what it refuses."""
        raw = answer.raw
        for secret in sorted(self._hidden, key=len, reverse=True):
            for spelling in {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}:
                raw = raw.replace(spelling.encode("utf-8", "replace"), b"***")
        return replace(answer, raw=raw, body=answers.parsed(raw))


class _Endless(Exception):
    """An answer that was still coming when patience was used up."""


def _reason(error: Exception) -> str:
    return answers.one_line(str(error)).rstrip(".") or type(error).__name__
