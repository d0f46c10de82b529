"""Ctrl-C where it would be misunderstood. Its one rule: it is held back, never lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block, in which compiled modules are loaded.

    Coming while one of them sets itself up, it comes out as an error of that module's own: a panic of jsonschema_rs, an
    ImportError of jq.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
