"""`portside fmt`: files in one spelling, comments kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from portside.cli import options
from portside.cli.gather import errors, shown
from portside.cli.show import paint
from portside.errors import Usage
from portside.files import folder, writer
from portside.files.fmt import formatted
from portside.problems import in_order
from portside.report import problems as report


@click.command("fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[FILE]...")
@options.root
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file is in another spelling.")
@options.quiet
@options.color
def command(paths: tuple[Path, ...], root: Path, check: bool, quiet: bool) -> int:
    """Put FILEs (all of catalog/ and mappings/ unless given) in one spelling: key order, indentation, quotes.

    No value changes and no comment is lost; a file for which that cannot be had stays as it is and is named. All files
    are written, or none.
    """
    results = {path: (text, *formatted(text, str(path))) for path, text in _texts(paths, root)}
    problems = in_order(problem for _, _, found in results.values() for problem in found)
    changed = {path: after.encode() for path, (before, after, _) in results.items() if before != after}
    if problems:
        click.echo(report.text(problems, _files(len(results)), paint), err=True)
    if not check:
        writer.write_all(changed)
    if not quiet:
        for path in changed:
            click.echo(f"{'would write' if check else 'wrote'} {path}")
    click.echo(f"{len(changed)} of {_files(len(results))} {'in another spelling' if check else 'written'}.")
    return int(bool(errors(problems)) or (check and bool(changed)))


def _texts(paths: tuple[Path, ...], root: Path) -> Iterator[tuple[Path, str]]:
    for path in paths or dict.fromkeys(_declared(root)):
        yield path, folder.text_of(path)


def _declared(root: Path) -> Iterator[Path]:
    """Every file that declares something. Raises Usage for one that cannot be read, before any is written."""
    found = folder.read(root, shown(root))
    for problem in errors(found.problems):
        raise Usage(f"nothing is written: {problem.place}: {problem.message} [{problem.code}]")
    return (Path(declared.source.path) for declared in found.declared)


def _files(count: int) -> str:
    return f"{count} {'file' if count == 1 else 'files'}"
