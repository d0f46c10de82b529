"""`portside plan`: what apply would do, in an order the catalog accepts, and what would be lost."""

from __future__ import annotations

from pathlib import Path

import click

from portside.cli import options
from portside.cli.catalogs import opened
from portside.cli.planning import Wish, desired, planned, wishes
from portside.cli.show import Progress, paint, show
from portside.files.writer import write_whole
from portside.plans import saved
from portside.plans.dangers import refusal, refusals
from portside.report import plan as report

CHANGES = 2
"""Exit code of --detailed-exitcode when there is something to do, as terraform has it."""


@click.command("plan")
@options.root
@options.catalog
@wishes
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan, for 'portside apply'.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes, 0 when there are none.")
@options.formats("text", "json", "markdown")
@options.quiet
@options.verbose
@options.color
def command(
    root: Path,
    catalog: str | None,
    prune: bool,
    only: tuple[str, ...],
    allow: tuple[str, ...],
    resend_secrets: bool,
    output: Path | None,
    detailed_exitcode: bool,
    outputs: tuple[options.Output, ...],
    quiet: bool,
    verbose: bool,
) -> int:
    """Compare the files with a catalog and show, field by field, what apply would write and what that would lose.

    Changes nothing. Exits 1 when the plan has dangers that nobody allowed.
    """
    progress = Progress(quiet=quiet)
    gathered = desired(root, progress)
    with opened(gathered.settings, catalog) as live:
        progress(f"reading catalog '{live.name}'")
        plan = planned(gathered, live.read(), live, Wish(prune, only, allow, resend_secrets))
    refused = refusals(plan)
    if output:
        write_whole(output, saved.to_text(plan).encode())
    renders = {
        "text": lambda: report.summary(plan) if quiet else report.text(plan, refused, paint, verbose=verbose),
        "json": lambda: report.as_json(plan, refused),
        "markdown": lambda: report.markdown(plan, refused),
    }
    show(outputs, renders)
    if refused:
        click.echo(f"{click.style('Error', fg='red')}: {refusal(refused)}", err=True)
        return 1
    return CHANGES if detailed_exitcode and plan.changes else 0
