"""The worker's program: reads requests from stdin, runs libjq on each, writes what it gave. jq/worker.py starts it.

The one rule: it trusts no expression. Time, memory and files are limited before the first one is compiled; what breaks
a limit ends this process, and jq/worker.py tells why from the way it ended.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any

MEMORY_LIMIT = 512 << 20
"""Bytes of memory that the worker may take, all in all."""

_TURNS = 1_000
"""Of looking whether something has come: a third of a millisecond."""
_NESTING = 300
"""Levels that an answer may have: more than programs.DEPTH_LIMIT, fewer than the reader's recursion limit."""


def main() -> None:
    """Answers requests until stdin ends. The arguments are where modules are found."""
    sys.path += sys.argv[1:]
    import jq

    compiled = lru_cache(maxsize=200)(partial(_compiled, jq.compile))
    _close_in()
    _say("ready")
    requests = _Requests()
    while header := requests.line().split():
        seconds, room, *sizes = header
        program, text = (requests.exactly(int(size)).decode() for size in sizes)
        signal.setitimer(signal.ITIMER_PROF, float(seconds))
        answer = _written(_answer(compiled, program, text), int(room))
        signal.setitimer(signal.ITIMER_PROF, 0)
        _say(answer)


class _Requests:
    """What comes in on stdin; b"" at its end."""

    def __init__(self) -> None:
        os.set_blocking(0, False)
        self._held = bytearray()

    def line(self) -> bytes:
        while (end := self._held.find(b"\n")) < 0:
            if not self._more():
                return b""
        return self.exactly(end + 1)

    def exactly(self, size: int) -> bytes:
        while len(self._held) < size and self._more():
            pass
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _more(self) -> bool:
        part = soon(0)
        while part is None:
            select.select([0], [], [])
            part = soon(0)
        self._held += part
        return bool(part)


def soon(end: int) -> bytes | None:
    """What a pipe that does not block has, b"" at its end; None when it has nothing for a while.

    The other side usually needs less time than waking up from a wait takes.
    """
    for _ in range(_TURNS):
        try:
            return os.read(end, 1 << 20)
        except BlockingIOError:
            continue
    return None


def _say(answer: str) -> None:
    view = memoryview(answer.encode() + b"\n")
    while view:
        view = view[os.write(1, view) :]


def _close_in() -> None:
    """SIGPROF ends the process even where libjq never comes back; no file can be opened or written."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    sys.setrecursionlimit(_NESTING)
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 3)):
        resource.setrlimit(limit, (value, value))
    with suppress(ValueError):  # macOS knows no such limit: there the seconds bound the memory too
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _compiled(compiler: Any, program: str) -> Any:
    """The program, or what libjq says against it."""
    try:
        return compiler(program)
    except ValueError as error:
        return str(error)


def _answer(compiled: Any, program: str, text: str) -> tuple[str, Any]:
    """The kind of an answer and what it says; the first output is all that counts."""
    found = compiled(program)
    if isinstance(found, str):
        return "broken", found
    try:
        return "value", found.input_text(text).first()
    except StopIteration:
        return "nothing", None
    except ValueError as error:
        return "error", str(error)


def _written(answer: tuple[str, Any], room: int) -> str:
    try:
        text = json.dumps(answer)
    except RecursionError:
        return '["deep", null]'
    return text if len(text) <= room else '["large", null]'


if __name__ == "__main__":
    main()
