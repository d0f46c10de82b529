"""`portside pull`: what a catalog holds, written into files that plan as "No changes."."""

from __future__ import annotations

from pathlib import Path

import click

from portside.cli import options
from portside.cli.catalogs import configured, opened
from portside.cli.gather import errors, shown
from portside.errors import Usage
from portside.files import folder, writer
from portside.files.folder import Folder
from portside.files.pull import pulled
from portside.model.resource import KINDS, Ref, Resource, State
from portside.plans.kept import is_system


@click.command("pull")
@click.argument("refs", nargs=-1, metavar="[REF]...")
@options.root
@options.catalog
@options.quiet
@options.color
def command(refs: tuple[str, ...], root: Path, catalog: str | None, quiet: bool) -> int:
    """Write REFs (blueprint/service, …; all unless given) as a catalog has them into catalog/ and mappings/.

    A file that declares the resource already keeps its comments and its spelling where it says the same; others are
    made. Port's own blueprints (_user, …) are pulled when they are named or declared. All files are written, or none.
    """
    settings = configured(root)
    with opened(settings, catalog) as live:
        state, there = live.read(), declared(root)
        resources = _chosen(state, refs, live.name) if refs else owned(state, there)
    files = pulled(there, resources)
    writer.write_all(files)
    if not quiet:
        for path in files:
            click.echo(f"wrote {path}")
    click.echo(f"{len(resources)} pulled, {len(files)} {'file' if len(files) == 1 else 'files'} written.")
    return 0


def owned(live: State, folder: Folder) -> list[Resource]:
    """What a catalog holds, without Port's own blueprints that no file declares: every catalog has those of itself."""
    written = {f"{item.kind}/{item.body.get('identifier')}" for item in folder.declared}
    return [resource for ref, resource in live.items() if not is_system(ref) or str(ref) in written]


def declared(root: Path) -> Folder:
    """What the files say; an empty folder, or none yet, is where a pull begins. Raises Usage for files with errors."""
    if not any((root / facts.folder.split("/")[0]).exists() for facts in KINDS.values()):
        return Folder(root, (), ())
    found = folder.read(root, shown(root))
    for problem in errors(found.problems):
        raise Usage(f"nothing is written: {problem.place}: {problem.message} [{problem.code}]")
    return found


def _chosen(live: State, refs: tuple[str, ...], name: str) -> list[Resource]:
    wanted = [_ref(text) for text in refs]
    for ref in wanted:
        if ref not in live:
            raise Usage(f"catalog '{name}' has no {ref}")
    return [live[ref] for ref in wanted]


def _ref(text: str) -> Ref:
    try:
        return Ref.parse(text)
    except ValueError:
        raise Usage(f"'{text}' is not a reference such as blueprint/service or webhook/pagerdutyMapper") from None
