"""`portside test`: every case through its mapping, held against its golden."""

from __future__ import annotations

import os
from pathlib import Path

import click

from portside.cli import options
from portside.cli.gather import gather
from portside.cli.show import Progress, paint, show
from portside.goldens import accept, cases, verdicts
from portside.goldens.verdicts import Verdict
from portside.model.resource import Kind
from portside.model.webhook import Webhook
from portside.problems import in_order
from portside.report import verdicts as report


@click.command("test")
@click.argument("names", nargs=-1, metavar="[CASE]...")
@options.root
@click.option("--accept", "accepting", is_flag=True, help="Make what the mappings give now the goldens.")
@options.formats("text", "json", "junit", "github")
@options.verbose
@options.color
def command(
    names: tuple[str, ...], root: Path, accepting: bool, outputs: tuple[options.Output, ...], verbose: bool
) -> int:
    """Send the payloads in mappings/*/cases through their webhooks and compare what they become with the goldens.

    CASE is pagerdutyMapper/incident.triggered, a webhook, or the path of a file of the case; all unless given. With
    --accept the goldens are written, all of them or none, and never under CI. Exits 1 when a case does not hold.
    """
    progress = Progress()
    gathered = gather(root)
    found, broken = cases.discover(root)
    webhooks = {r.ref.identifier: Webhook(r) for r in gathered.state.of_kind(Kind.WEBHOOK)}
    progress(f"running {len(found)} cases")
    judged, lost = verdicts.of(found, webhooks, gathered.blueprints)
    chosen = accept.chosen(judged, names)
    problems = in_order((*gathered.errors, *broken, *lost))
    if accepting:
        return _accept(chosen, names, problems_left=len(problems))
    renders = {
        "text": lambda: report.text(chosen, problems, paint, verbose=verbose),
        "json": lambda: report.as_json(chosen, problems),
        "junit": lambda: report.junit(chosen, problems),
        "github": lambda: report.github(chosen, problems),
    }
    show(outputs, renders)
    return int(bool(problems) or not all(verdict.holds for verdict in chosen))


def _accept(chosen: tuple[Verdict, ...], names: tuple[str, ...], *, problems_left: int) -> int:
    """Broken files stop nobody from accepting the cases that are whole, and are still worth an exit code."""
    accepted = accept.accept(chosen, names, ci=bool(os.environ.get("CI")))
    for path in accepted.written:
        click.echo(f"wrote {path}")
    for path in accepted.deleted:
        click.echo(f"deleted {path}")
    click.echo(f"{len(accepted.written)} written, {len(accepted.deleted)} deleted, {problems_left} broken.")
    return int(bool(problems_left))
