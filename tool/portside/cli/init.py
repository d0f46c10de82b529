"""`portside init`: a folder becomes a repository that validates, tests and plans at once."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

import click

from portside.cli import options
from portside.cli.catalogs import configured, opened
from portside.cli.pull import declared, owned
from portside.errors import Usage
from portside.files import settings, starter, writer
from portside.files.pull import pulled


@click.command("init")
@click.argument("root", type=click.Path(path_type=Path, readable=False), default=Path(), metavar="[DIR]")
@click.option("--from", "source", metavar="NAME", help="Pull what this catalog of portside.yaml holds, no starter.")
@options.quiet
@options.color
def command(root: Path, source: str | None, quiet: bool) -> int:
    """Make DIR (the current folder unless given) a repository: settings, a workflow, and the PagerDuty catalog.

    With --from it starts with what a live catalog holds instead. A file that is there already stays: when it differs
    nothing is written, but .gitignore and .gitattributes get the lines they lack. All files are written, or none.
    """
    files = _starter(root) if source is None else _pulled(root, source)
    made = starter.lacking(root, files)
    writer.write_all(made)
    if not quiet:
        for path in made:
            click.echo(f"wrote {path}")
    click.echo(_said(len(made)))
    if not quiet:
        _guide(root, made, source)
    return 0


def _starter(root: Path) -> dict[str, bytes]:
    """The PagerDuty catalog. Raises Usage where other files declare a part of it: then there would be two."""
    ours, found = starter.declared(), declared(root)
    for item in found.declared:
        path = item.source.path.removeprefix(found.prefix)
        identifier = item.body.get("identifier")
        if ours.get((str(item.kind), str(identifier)), path) != path:
            raise Usage(f"nothing is written: '{item.source.path}' declares {item.kind}/{identifier} already")
    return starter.pagerduty()


def _pulled(root: Path, source: str) -> dict[str, bytes]:
    """What a catalog holds. The settings that name it stay as they are, whatever they say."""
    with opened(configured(root), source) as live:
        there = declared(root)
        resources = owned(live.read(), there)
        if not resources:
            raise Usage(f"catalog '{live.name}' holds nothing to begin with; init without --from brings a catalog")
    files = {path.relative_to(root).as_posix(): data for path, data in pulled(there, resources).items()}
    around = starter.around()
    if (root / settings.FILE).exists():
        del around[settings.FILE]
    return {**around, **files}


def _said(written: int) -> str:
    if not written:
        return "Nothing changed: all files are there already."
    return f"{written} {'file' if written == 1 else 'files'} written."


def _guide(root: Path, made: Iterable[Path], source: str | None) -> None:
    """What to type next."""
    for path in made if source else ():
        if path.name == "webhook.yaml":
            click.echo(f"no cases yet: put a payload into {path.parent / 'cases'}, then portside test --accept")
    where = "" if root == Path() else f" --root {shlex.quote(str(root))}"
    which = f" --catalog {shlex.quote(source)}" if source else ""
    click.echo(f"\nNext:\n  portside {'validate' if source else 'test'}{where}\n  portside plan{where}{which}")
