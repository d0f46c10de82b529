"""One `portside apply`, stopped at every point where a signal can find it. Run as `python stops.py ROOT SIGNAL`.

Each time a process of its own, forked from this one, runs the whole command; its catalog is the real one, which sends
the signal to its own process when it comes to the point. Prints one JSON row for each point: how the command ended,
what its journal tells, and how planning again went.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NamedTuple

from portside import __main__ as door
from portside.cli import apply
from portside.cli.catalogs import opened
from portside.cli.main import run
from portside.files import journal

APPLY = ("apply", "--yes", "--quiet", "--prune")
PLAN = ("plan", "--quiet", "--prune", "--detailed-exitcode")


class Point(NamedTuple):
    """`ahead` of a step's write, `behind` it, or `between`: a step is done and the next has not begun."""

    where: str
    step: int


class Stopping:
    """A catalog that stops its process at one point."""

    def __init__(self, catalog: Any, at: Point | None, by: int) -> None:
        self._catalog, self._at, self._by, self._steps = catalog, at, by, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalog, name)

    def __enter__(self) -> Stopping:
        return self

    def __exit__(self, *_: object) -> None:
        self._catalog.close()

    def reread(self, ref: Any) -> Any:
        self._reached("between")
        self._steps += 1
        return self._catalog.reread(ref)

    def perform(self, step: Any) -> Any:
        self._reached("ahead")
        held = self._catalog.perform(step)
        self._reached("behind")
        return held

    def _reached(self, where: str) -> None:
        if self._at == Point(where, self._steps):
            os.kill(os.getpid(), self._by)


def ending(arguments: tuple[str, ...], at: Point | None = None, by: int = 0) -> tuple[int, str]:
    """Exit code (less than 0: by that signal) and last line on either stream of a command in a process of its own."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        apply.opened = lambda *wanted: Stopping(opened(*wanted), at, by)  # type: ignore[attr-defined,assignment]
        sys.argv[1:] = arguments
        _leave()
    _, status = os.waitpid(child, 0)
    lines = Path("said").read_text().splitlines()
    return os.waitstatus_to_exitcode(status), lines[-1] if lines else ""


def _leave() -> None:
    """Run the command and end this process as it says, and nothing else of what was forked."""
    try:
        door.main()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    except BaseException:
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


def points(steps: int) -> list[Point]:
    """Every point of a plan with so many steps."""
    each = [[Point("between", k), Point("ahead", k + 1), Point("behind", k + 1)] for k in range(steps)]
    return [point for some in each for point in some]


def row(at: Point, by: int, before: Path) -> dict[str, Any]:
    """What came of one stop, from the catalog as it was before."""
    shutil.rmtree(".portside")
    shutil.copytree(before, ".portside")
    code, said = ending(APPLY, at, by)
    told = journal.read(Path())
    fates = [str(told.fates[entry.number]) for entry in told.entries]
    again, plan = ending(APPLY), ending(PLAN)
    return {"at": at, "code": code, "said": said, "fates": fates, "again": again, "plan": plan}


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # workers of a test runner ignore it
    os.chdir(sys.argv[1])
    by = signal.Signals[sys.argv[2]]
    with contextlib.redirect_stdout(io.StringIO()):
        run(PLAN)  # whatever is imported late is imported once
    before = Path("before")
    shutil.copytree(".portside", before)
    ending(APPLY)
    steps = len(journal.read(Path()).entries)
    print(json.dumps([row(at, by, before) for at in points(steps)]))


if __name__ == "__main__":
    main()
