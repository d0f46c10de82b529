"""Who we are to Port: a client id and its secret, from the environment or from a command that prints them.

The rule: they are asked for when the first request is sent, and the secret is in no message and no repr.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from portside.errors import CatalogUnreachable

TIMEOUT = 60.0
"""Seconds that a credentials command may take: somebody may have to touch a key."""


@dataclass(frozen=True)
class Credentials:
    """A client id of Port and its secret."""

    client_id: str
    client_secret: str = field(repr=False)


Source = Callable[[], Credentials]
"""Gives the credentials, whenever it is asked. May raise Usage or CatalogUnreachable."""


def from_command(command: Sequence[str], catalog: str, timeout: float = TIMEOUT) -> Credentials:
    """What the command prints: `{"clientId": …, "clientSecret": …}`. What it says on standard error is shown.

    No shell sees it. Raises CatalogUnreachable when it fails, takes too long or prints something else.
    """
    where = f"the credentials command of catalog '{catalog}'"
    try:
        found = json.loads(_printed(command, where, timeout))
        return Credentials(_text(found["clientId"]), _text(found["clientSecret"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        wanted = '{"clientId": "…", "clientSecret": "…"}'
        raise CatalogUnreachable(f"{where} should print {wanted}, and printed something else") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _printed(command: Sequence[str], where: str, timeout: float) -> bytes:
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)
    except OSError as error:
        raise CatalogUnreachable(f"{where} cannot be run: {command[0]}: {error.strerror or error}") from error
    with process:
        try:
            printed, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise CatalogUnreachable(f"{where} was not done after {timeout:g} seconds") from None
        finally:
            _end(process)
    if process.returncode:
        raise CatalogUnreachable(f"{where} ended with exit code {process.returncode}")
    return printed


def _end(process: subprocess.Popen[bytes]) -> None:
    """Whatever it left running would keep its output open, and us waiting."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
