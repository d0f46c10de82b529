"""Whole terminal sessions as text: what a person types, and exactly what portside prints.

A story is prose, then `$ command` lines each followed by the output, then `=== path` sections with the files it starts
from; a line `=== path` between commands replaces that file at that point. An exit code
other than 0 stands on its own line as `[exit 1]`. What changes from run to run is masked as <time>, <run>, <who>;
the day on which the samples were sent is not.
`pytest tests/test_stories.py --accept` rewrites the outputs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STORIES = sorted((ROOT / "tests" / "stories").glob("*.story"))
MASKS = (
    (re.compile(r"(?!2026-03-02)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "<time>"),
    (re.compile(r"\d{8}T\d{6}\.\d+Z"), "<run>"),
    (re.compile(r"\S+@\S+, process \d+"), "<who>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"(reading|running) [^\n]* …\n"), ""),  # progress, shown where the machine is busy
)


@dataclass(frozen=True)
class Part:
    """A stretch of a story: prose, a command with what it printed, or a file."""

    kind: str
    head: str
    body: str = ""


def parts(text: str) -> Iterator[Part]:
    """A story's parts in order; joined again by `written` they are the text."""
    kind, head, lines = "prose", "", []
    for line in text.splitlines(keepends=True):
        if line.startswith(("$ ", "=== ")):
            yield Part(kind, head, "".join(lines))
            kind, head, lines = ("command" if line[0] == "$" else "file"), line, []
        else:
            lines.append(line)
    yield Part(kind, head, "".join(lines))


def written(story: list[Part]) -> str:
    return "".join(part.head + part.body for part in story)


def told(story: list[Part], folder: Path) -> list[Part]:
    """The story as it goes now. Files that come before the first command or after the last are there from the start."""
    commands = [index for index, part in enumerate(story) if part.kind == "command"]
    for part in story[commands[-1] :]:
        _place(part, folder)
    return [_happens(part, folder) for part in story]


def _place(part: Part, folder: Path) -> None:
    if part.kind == "file":
        path = folder / part.head[4:].strip()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(part.body.rstrip("\n") + "\n")


def _happens(part: Part, folder: Path) -> Part:
    if part.kind != "command":
        _place(part, folder)
        return part
    return replace(part, body=_output(part.head[2:].strip(), folder) + "\n")


def _output(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", "PAGERDUTY_WEBHOOK_SECRET": "WEBHOOK_SECRET"}
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    code = f"[exit {done.returncode}]\n" if done.returncode else ""
    said = done.stdout.replace(str(folder), "<folder>")
    for pattern, mask in MASKS:
        said = pattern.sub(mask, said)
    return said + ("\n" if said and not said.endswith("\n") else "") + code


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_story_goes_as_told(path: Path, tmp_path: Path, request: pytest.FixtureRequest):
    for name in ("catalog", "mappings", "portside.yaml"):
        if path.read_text().startswith("The project's own files"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    story = list(parts(path.read_text()))

    now = written(told(story, tmp_path))

    if request.config.getoption("--accept"):
        path.write_text(now)
    assert now == path.read_text()
