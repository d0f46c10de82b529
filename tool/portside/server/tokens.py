"""Who may call: client credentials, and the access tokens that stand for them.

The rule: a secret is compared in constant time, and neither a secret nor a token is ever shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import jwt

from portside.errors import CatalogRefused

LIFETIME = 3 * 60 * 60
"""Seconds, as Port's tokens have it."""

_ALGORITHM = "HS256"
_REMEMBERED = 1000
"""Clients and tokens that are known again; without credentials anybody may name any, so there must be an end."""

_CHECKED: Any = {"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False}
"""The end is looked at here, with the clock that set it."""


@dataclass(frozen=True)
class Credentials:
    """A client id and its secret."""

    client: str
    secret: str = field(repr=False)

    def are(self, client: str, secret: str) -> bool:
        """Whether somebody presents exactly these."""
        same = hmac.compare_digest(_bytes(client), _bytes(self.client))
        return hmac.compare_digest(_bytes(secret), _bytes(self.secret)) and same


class Issued(NamedTuple):
    """A token, and when it ends, in seconds since 1970."""

    token: str
    ends: float


class _Holder(NamedTuple):
    """Whose a token is, and when it ends."""

    client: str
    ends: float


_Kept = TypeVar("_Kept")


class Tokens:
    """Gives tokens for credentials, and says whose a token is.

    Without credentials any client id and secret that are not empty are taken; that is for loopback only. The key is
    derived from the credentials, so that a token outlives the process, and is good at another one that serves the same
    catalog.
    """

    def __init__(self, credentials: Credentials | None = None, now: Callable[[], float] = time.time) -> None:
        self._credentials = credentials
        self._key = _derived(credentials) if credentials else secrets.token_bytes(32)
        self._now = now
        self._current: OrderedDict[str, Issued] = OrderedDict()
        self._good: OrderedDict[str, _Holder] = OrderedDict()
        self._turn = threading.Lock()

    def issue(self, client: str, secret: str) -> tuple[str, int]:
        """A token and the whole seconds it has left: the same one until it ends. Raises CatalogRefused."""
        if not self._known(client, secret):
            raise CatalogRefused("the client id or the secret is wrong", reason="invalid_credentials")
        now = self._now()
        with self._turn:
            found = self._current.get(client)
            if found is None or found.ends - now < 1:
                found = self._made(client, int(now))
            _remember(self._current, client, found)
        return found.token, int(found.ends - now)

    def holder(self, authorization: str) -> str:
        """The client whose token an Authorization header holds. Raises CatalogRefused for anything else.

        To be called from one thread: the event loop's.
        """
        kind, _, token = authorization.partition(" ")
        if not authorization:
            raise CatalogRefused("no access token; send 'Authorization: Bearer <token>'", reason="invalid_token")
        if kind.lower() != "bearer":
            raise CatalogRefused("the Authorization header is not 'Bearer <token>'", reason="invalid_token")
        return self._read(token.strip())

    def lets_in(self, authorization: str) -> bool:
        """Whether an Authorization header of kind Basic holds the credentials; always, where there are none.

        This is for the pages, which a browser asks for.
        """
        if self._credentials is None:
            return True
        kind, _, encoded = authorization.partition(" ")
        try:
            client, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return False
        return kind.lower() == "basic" and bool(colon) and self._credentials.are(client, secret)

    def _known(self, client: str, secret: str) -> bool:
        return self._credentials.are(client, secret) if self._credentials else bool(client and secret)

    def _made(self, client: str, now: int) -> Issued:
        claims = {"sub": client, "iat": now, "exp": now + LIFETIME, "isMachine": True, "jti": secrets.token_hex(8)}
        return Issued(jwt.encode(claims, self._key, algorithm=_ALGORITHM), now + LIFETIME)

    def _read(self, token: str) -> str:
        """The client of a token; one that was found good before is not read again, which is slow."""
        found = self._good.get(token) or self._verified(token)
        if found.ends <= self._now():
            raise CatalogRefused("the access token has expired; ask for a new one", reason="invalid_token")
        _remember(self._good, token, found)
        return found.client

    def _verified(self, token: str) -> _Holder:
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], options=_CHECKED)
            return _Holder(str(claims["sub"]), float(claims["exp"]))
        except (jwt.InvalidTokenError, ValueError, TypeError):
            raise CatalogRefused("the access token is not one of this server's", reason="invalid_token") from None


def _remember(memory: OrderedDict[str, _Kept], key: str, value: _Kept) -> None:
    """Keep the value, and forget what was asked for longest ago."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)


def _derived(credentials: Credentials) -> bytes:
    """The key: slow to try, since whoever holds a token could look for the secret behind it."""
    salt = b"portside access tokens " + _bytes(credentials.client)
    return hashlib.scrypt(_bytes(credentials.secret), salt=salt, n=2**14, r=8, p=1, dklen=32)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
