"""`portside runs`: what earlier applies began and finished."""

from __future__ import annotations

from pathlib import Path

import click

from portside.cli import options
from portside.cli.show import paint, show
from portside.errors import Unreadable
from portside.files import journal
from portside.files.journal import Run
from portside.report import runs as report


@click.group("runs", invoke_without_command=True)
@options.root
@options.formats("text", "json")
@options.color
@click.pass_context
def command(ctx: click.Context, root: Path, outputs: tuple[options.Output, ...]) -> int:
    """List what was applied from here, the newest first; 'portside runs show last' tells one step by step."""
    options.handed_on(ctx, command, {"root": root, "outputs": outputs})
    if ctx.invoked_subcommand is None:
        runs, unreadable = _read(root)
        show(outputs, {"text": lambda: report.listed(runs), "json": lambda: report.as_json(runs)})
        if unreadable:
            raise unreadable[0]
    return 0


def _read(root: Path) -> tuple[list[Run], list[Unreadable]]:
    """Every run whose journal can be read, the newest first; one that cannot hides no other."""
    runs, unreadable = [], []
    for name in reversed(journal.listed(root)):
        try:
            runs.append(journal.read(root, name))
        except Unreadable as error:
            unreadable.append(error)
    return runs, unreadable


@command.command("show")
@click.argument("run", default=journal.LAST)
@options.root
@options.formats("text", "json")
@options.color
def shown(root: Path, run: str, outputs: tuple[options.Output, ...]) -> int:
    """Tell one run step by step: done, failed, unknown, or not begun. RUN is its id, or `last`."""
    found = journal.read(root, run)
    show(outputs, {"text": lambda: report.shown(found, paint), "json": lambda: report.as_json([found])})
    return 0
