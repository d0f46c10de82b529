"""`portside graph`: the catalog as a drawing, and what a plan does to it."""

from __future__ import annotations

from pathlib import Path

import click

from portside.cli import options
from portside.cli.gather import gather
from portside.cli.show import paint, show
from portside.files import folder
from portside.plans import saved
from portside.report import problems
from portside.report.graphs import dot, graph, mermaid, svg


@click.command("graph")
@options.root
@click.option(
    "--plan",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Colour what a plan changes: a file that 'portside plan --output' wrote.",
)
@options.formats("mermaid", "dot", "svg")
@options.color
def command(root: Path, plan: Path | None, outputs: tuple[options.Output, ...]) -> int:
    """Draw blueprints, their relations, and which webhook feeds what.

    With --plan also what the plan deletes and what is live but unmanaged. Where the files have errors, what is right is
    drawn, the errors are shown on standard error, and the exit code is 1.
    """
    planned = saved.from_text(folder.text_of(plan), str(plan)) if plan else None
    gathered = gather(root)
    drawn = graph.of(gathered.state, planned)
    renders = {
        "mermaid": lambda: mermaid.text(drawn),
        "dot": lambda: dot.text(drawn),
        "svg": lambda: svg.text(drawn),
    }
    show(outputs, renders)
    if gathered.errors:
        click.echo(problems.text(gathered.errors, "the files", paint), err=True)
    return int(bool(gathered.errors))
