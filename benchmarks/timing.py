"""Times whole processes in turns, so that a machine that slows down slows down both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Command:
    """What to run, where; `codes` are the exit codes that mean it did its work."""

    arguments: Sequence[str]
    folder: Path = Path()
    codes: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Result:
    """One line of the table: `ratio` may be at most `limit`."""

    name: str
    ratio: float
    limit: float
    detail: str

    @property
    def holds(self) -> bool:
        return self.ratio <= self.limit


def seconds(command: Command) -> float:
    """Wall time of one run. Raises RuntimeError, with what it said, when it did not do its work."""
    began = time.perf_counter()
    done = subprocess.run(command.arguments, cwd=command.folder, capture_output=True, env=_environment())
    took = time.perf_counter() - began
    if done.returncode not in command.codes:
        raise RuntimeError(
            f"{command.arguments} exited {done.returncode}: {(done.stdout + done.stderr).decode()[-2000:]}"
        )
    return took


def medians(one: Command, other: Command, runs: int) -> tuple[float, float]:
    """Median seconds of both, run in turns after one warm-up each."""
    seconds(one), seconds(other)
    pairs = [(seconds(one), seconds(other)) for _ in range(runs)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def peak(command: Command) -> int:
    """The most memory one run held, in bytes."""
    script = (
        "import resource,subprocess,sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command.arguments],
        cwd=command.folder,
        capture_output=True,
        env=_environment(),
        check=True,
    )
    return int(done.stdout.split()[-1]) * (1 if sys.platform == "darwin" else 1024)


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
