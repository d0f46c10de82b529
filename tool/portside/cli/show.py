"""Puts rendered text where it was asked for: standard output, or whole files."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from portside.cli.options import Output

Render = Callable[[], str]
SLOW = 1.0
"""Seconds after which a person wants to know that something is going on."""


def show(outputs: tuple[Output, ...], renders: Mapping[str, Render]) -> None:
    """Each output rendered once; the first format of `renders` when none was asked for."""
    for output in outputs or (Output(next(iter(renders))),):
        text = renders[output.format]()
        if output.path is None:
            click.echo(text, nl=not text.endswith("\n"))
            continue
        plain = click.unstyle(text) if output.format == "text" else text  # a file is no terminal
        _write(output.path, plain if plain.endswith("\n") else f"{plain}\n")


def _write(path: Path, text: str) -> None:
    from portside.files.writer import write_whole  # most output goes to a terminal

    write_whole(path, text.encode("utf-8", "backslashreplace"))  # a path may hold bytes that are no UTF-8


def paint(text: str, style: str) -> str:
    """One of the styles that reports ask for: added, changed, removed, error, warning, quiet, strong."""
    look = _LOOKS[style]
    return click.style(text, fg=look.color, bold=look.bold, dim=look.dim)


class _Look(NamedTuple):
    color: str | None = None
    bold: bool | None = None
    dim: bool | None = None


_LOOKS: Mapping[str, _Look] = {
    "added": _Look("green"),
    "changed": _Look("yellow"),
    "removed": _Look("red"),
    "error": _Look("red", bold=True),
    "warning": _Look("yellow"),
    "quiet": _Look(dim=True),
    "strong": _Look(bold=True),
}


class Progress:
    """Says on standard error what is being done, once the work has taken longer than SLOW seconds."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._started = time.monotonic()
        self.quiet = quiet

    def __call__(self, text: str) -> None:
        """Announce the next stretch of work."""
        if not self.quiet and time.monotonic() - self._started > SLOW:
            click.echo(f"{text} …", err=True)
