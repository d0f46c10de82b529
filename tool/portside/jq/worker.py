"""libjq in a process of its own: started when first needed, and again after an expression has ended it.

The one rule: whatever an expression does, the answer says so, and the next one is not touched.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from portside.errors import PortsideError
from portside.jq.child import MEMORY_LIMIT, soon

_START_SECONDS = 60
_LATE = 12
"""The worker ends itself; where it cannot, it is ended after this many times the limit."""

_CHILD = str(Path(__file__).with_name("child.py"))
_LOADER = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What an interpreter may need to find its own libraries; the rest of the environment stays here."""


class Answer(NamedTuple):
    """What a program gave first. `size` is that of the answer, in characters of JSON.

    The kinds: value; nothing (no output); error and broken (it failed, it does not compile: `value` is what libjq
    says); large and deep (the value is too much of it); ended (`value` says why).
    """

    kind: str
    value: Any = None
    size: int = 0


class Worker:
    """Threads may share it; a process made by fork starts its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: _Process | None = None
        self._endings: dict[str, tuple[int, str]] = {}

    def ask(self, program: str, text: str, *, seconds: float, room: int, patience: int) -> Answer:
        """The program run on one input; an input of nothing only compiles it.

        `room`: the size that the answer may have; `patience`: how often the program may be ended before it is not run
        again. Raises PortsideError when no worker can be started.
        """
        with self._lock:
            times, why = self._endings.get(program, (0, ""))
            if times >= patience:
                return Answer("ended", f"{why}; after {times} times it is not run again")
            answer = self._answered(program.encode(), text.encode(), seconds, room)
            if answer.kind == "ended":
                self._endings[program] = (times + 1, answer.value)
            return answer

    def close(self) -> None:
        """Ends the process; a later question starts another."""
        with self._lock:
            self._end()

    def _answered(self, program: bytes, text: bytes, seconds: float, room: int) -> Answer:
        header = f"{seconds} {room} {len(program)} {len(text)}\n".encode()
        try:
            process = self._running()
            process.write(header + program + text)
            line = process.read(seconds * _LATE)
        except BaseException:  # Ctrl-C: the answer may still come, and would be taken for the next one's
            self._end()
            raise
        if line:
            return _read(line)
        late = line is None
        self._process = None
        code, said = process.end()
        return Answer("ended", _reason(-signal.SIGPROF if late else code, said, seconds))

    def _running(self) -> _Process:
        if self._process and not self._process.runs():
            self._end()
        if not self._process:
            self._process = _spawned()
            self._process.ready()
        return self._process

    def _end(self) -> None:
        if self._process:
            process, self._process = self._process, None
            process.end()


@cache
def worker() -> Worker:
    """The one that everything here shares; it ends when this process does."""
    shared = Worker()
    atexit.register(shared.close)
    return shared


def _read(line: bytes) -> Answer:
    try:
        kind, value = json.loads(line)
    except RecursionError:
        return Answer("deep")
    return Answer(kind, value, len(line))


def _reason(code: int, said: str, seconds: float) -> str:
    if code == -signal.SIGPROF:
        return f"takes more than {seconds:g} seconds, and Port ends it there"
    if "cannot allocate memory" in said or "MemoryError" in said:
        return f"takes more than {MEMORY_LIMIT >> 20} MiB of memory, and is ended there"
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"takes jq itself down, as a value nested far too deeply does ({how})"


class _Process:
    """A running worker, and the ends of its pipes that are ours."""

    def __init__(self, pid: int, requests: int, answers: int, complaints: int) -> None:
        self._pid, self._requests, self._answers, self._complaints = pid, requests, answers, complaints
        self._parent = os.getpid()
        self._poll = select.poll()
        self._poll.register(answers, select.POLLIN)
        os.set_blocking(answers, False)

    def ready(self) -> None:
        """Returns once it waits for requests. Raises PortsideError when it never does."""
        line = self.read(_START_SECONDS)
        if line != b"ready\n":
            said = "" if line is None else self._last_words()
            raise _unstarted(said.strip().rpartition("\n")[2] or "it says nothing")

    def runs(self) -> bool:
        """Whether it is this process's own, and alive: between questions it has nothing to say but its end."""
        return os.getpid() == self._parent and not self._poll.poll(0)

    def write(self, request: bytes) -> None:
        view = memoryview(request)
        with suppress(BrokenPipeError):  # it has ended, and reading says so
            while view:
                view = view[os.write(self._requests, view) :]

    def read(self, seconds: float) -> bytes | None:
        """A line; b"" when it has ended, None when it says nothing for so long."""
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            part = soon(self._answers)
            if part is None and not self._poll.poll(seconds * 1000):
                return None
            if part == b"":
                return b""
            parts.append(part or b"")
        return b"".join(parts)

    def end(self) -> tuple[int, str]:
        """How it ended, below zero for a signal, and its last words. One that still runs is killed."""
        code, said = self._killed() if os.getpid() == self._parent else (0, "")
        for end in (self._requests, self._answers, self._complaints):
            os.close(end)
        return code, said

    def _killed(self) -> tuple[int, str]:
        code = 0
        with suppress(ProcessLookupError, ChildProcessError):  # where SIGCHLD is ignored, nobody learns how
            os.kill(self._pid, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return code, self._last_words()

    def _last_words(self) -> str:
        """What it wrote to stderr; waits for its end."""
        return os.read(self._complaints, 1 << 16).decode(errors="replace")


def _spawned() -> _Process:
    ends: list[int] = []
    try:
        for _ in range(3):
            ends += os.pipe()
        requests_in, requests, answers, answers_out, complaints, complaints_out = ends
        pid = _child(requests_in, answers_out, complaints_out)
    except OSError as error:
        for end in ends:
            os.close(end)
        raise _unstarted(str(error.strerror)) from error
    for end in (requests_in, answers_out, complaints_out):
        os.close(end)
    return _Process(pid, requests, answers, complaints)


def _child(*streams: int) -> int:
    """The worker's process, in a group of its own: Ctrl-C at the terminal is for the parent, which ends it."""
    command = [sys.executable, "-I", "-S", _CHILD, *sys.path]
    environment = {"TZ": "UTC", **{name: os.environ[name] for name in _LOADER if name in os.environ}}
    actions = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(streams)]
    return os.posix_spawn(sys.executable, command, environment, file_actions=actions, setpgroup=0)


def _unstarted(why: str) -> PortsideError:
    return PortsideError(f"the process that runs jq cannot be started: {why}")
