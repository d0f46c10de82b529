"""`portside validate`: what is wrong with the files, all at once."""

from __future__ import annotations

from pathlib import Path

import click

from portside.cli import options
from portside.cli.gather import Gathered, gather
from portside.cli.show import paint, show
from portside.model.resource import KINDS
from portside.report import problems as report


@click.command("validate")
@options.root
@options.formats("text", "json", "github", "sarif")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@options.quiet
@options.color
def command(root: Path, outputs: tuple[options.Output, ...], strict: bool, quiet: bool) -> int:
    """Check catalog/ and mappings/: shapes against Port's rules, names that must lead somewhere, jq that must compile.

    Exits 1 when there are errors (with --strict: or warnings), 0 otherwise.
    """
    gathered = gather(root)
    found = gathered.errors if quiet else gathered.problems
    renders = {
        "text": lambda: report.text(found, looked_at(gathered), paint),
        "json": lambda: report.as_json(gathered.problems),
        "github": lambda: report.github(gathered.problems),
        "sarif": lambda: report.sarif(gathered.problems),
    }
    show(outputs, renders)
    return int(bool(gathered.problems if strict else gathered.errors))


def looked_at(gathered: Gathered) -> str:
    """`3 blueprints and 2 webhooks`."""
    counts = [(len(gathered.state.of_kind(kind)), str(kind), facts.plural) for kind, facts in KINDS.items()]
    return " and ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)
