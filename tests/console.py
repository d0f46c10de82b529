"""The command as a person meets it: a process of its own, with its exit code and what it says on either stream."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

PORTSIDE = str(Path(sys.executable).with_name("portside"))
PATIENCE = 60
"""Seconds after which a process that waits for something is a failure, and not a test that hangs."""

SERVICE = {"identifier": "service", "title": "Service", "schema": {"properties": {"tier": {"type": "string"}}}}
TEAM = {"identifier": "team", "title": "Team", "schema": {"properties": {}}}
HOOK = {
    "identifier": "hook",
    "title": "Hook",
    "enabled": True,
    "mappings": [
        {"blueprint": "service", "entity": {"identifier": ".body.id", "properties": {"tier": ".body.tier"}}},
    ],
}


class Said(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def settled(said: str) -> str:
    """What was said without the lines of progress: whether they come depends on how busy the machine is."""
    return re.sub(r"(reading|running) [^\n]* …\n", "", said)


def environment(**more: str | None) -> dict[str, str]:
    """The environment of a plain UTF-8 session; None takes a variable away."""
    found = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent", **more}
    return {name: value for name, value in found.items() if value is not None}


def portside(root: Path, *arguments: str | bytes, env: Mapping[str, str] | None = None, **more: Any) -> Said:
    """Run one command to its end, in a folder and without a terminal."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    done = subprocess.run(
        [PORTSIDE, *arguments],
        cwd=root,
        env=env or environment(),
        encoding="utf-8",
        errors="surrogateescape",
        timeout=PATIENCE,
        **streams,
    )
    return Said(done.returncode, done.stdout or "", settled(done.stderr or ""))


def hears_ctrl_c() -> None:
    """In a new process: a test runner's workers ignore Ctrl-C, and what they begin would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def begun(root: Path, *arguments: str, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """A command while it runs; it does not outlive the block."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    given = {"env": environment(), "preexec_fn": hears_ctrl_c, "encoding": "utf-8", **streams}
    with subprocess.Popen([PORTSIDE, *arguments], cwd=root, **given) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> Said:
    """How it ended, and what it said that nobody has read yet."""
    out, err = process.communicate(timeout=PATIENCE)
    return Said(process.returncode, out or "", settled(err or ""))


def until(holds: Callable[[], bool]) -> None:
    """Look again and again until something holds; a file that is not there yet counts as not yet."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError):
            if holds():
                return
    raise AssertionError("it never came")


def catalog(root: Path, *blueprints: Mapping[str, Any], hook: Mapping[str, Any] | None = HOOK) -> Path:
    """A root with two blueprints and a webhook that fills one, or with others."""
    for body in blueprints or (SERVICE, TEAM):
        write(root / "catalog" / "blueprints" / f"{body['identifier']}.json", body)
    if hook:
        write(root / "mappings" / hook["identifier"] / "webhook.json", hook)
    return root


def write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value, indent=2))
    return path


def tree(root: Path) -> dict[str, bytes | None]:
    """Everything below a folder, hidden files too; None for what is no file."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for path in sorted(root.rglob("*"))
    }
