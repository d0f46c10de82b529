"""`portside apply`: a plan onto a catalog, written down step by step, and checked by planning again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from portside.cli import options
from portside.cli.catalogs import configured, opened, who
from portside.cli.gather import Gathered
from portside.cli.planning import Wish, desired, planned, wishes
from portside.cli.running import run
from portside.cli.show import Progress, paint
from portside.errors import PlanRefused, Usage
from portside.files import folder
from portside.model.resource import State
from portside.plans import saved
from portside.plans.apply import Catalog, left
from portside.plans.dangers import refusal, refusals
from portside.plans.diff import Change
from portside.plans.plan import Plan
from portside.report import plan as report


@click.command("apply")
@click.argument("plan", required=False, type=click.Path(path_type=Path, readable=False))
@options.root
@options.catalog
@wishes
@click.option("--yes", is_flag=True, help="Apply without asking.")
@options.quiet
@options.color
def command(
    plan: Path | None,
    root: Path,
    catalog: str | None,
    prune: bool,
    only: tuple[str, ...],
    allow: tuple[str, ...],
    resend_secrets: bool,
    yes: bool,
    quiet: bool,
) -> int:
    """Apply PLAN, a file that 'portside plan --output' wrote; without one, plan, ask, and apply.

    A saved plan is applied exactly or not at all: it is refused when what it stands on has changed since. Every step
    is read again before it is written and read back after it; at the end the catalog is planned again.
    """
    wish = Wish(prune, only, allow, resend_secrets)
    if plan:
        return _apply_saved(plan, root, catalog, wish, quiet=quiet)
    if not yes and not options.answers_questions():
        raise Usage("there is no terminal to ask on, so apply needs a plan file or --yes")
    return _apply_files(root, catalog, wish, yes=yes, quiet=quiet)


def _apply_saved(path: Path, root: Path, name: str | None, wish: Wish, *, quiet: bool) -> int:
    if wish != Wish():
        options = "--prune, --only, --allow and --resend-secrets"
        raise Usage(f"a saved plan carries its own choices; {options} belong to 'portside plan'")
    plan = saved.from_text(folder.text_of(path), str(path))
    settings = configured(root)
    with opened(settings, name or plan.catalog) as catalog, catalog.hold(who()):
        return run(plan, catalog, settings.root, again=lambda live: left(plan, live), quiet=quiet)


def _apply_files(root: Path, name: str | None, wish: Wish, *, yes: bool, quiet: bool) -> int:
    progress = Progress(quiet=quiet)
    gathered = desired(root, progress)
    with opened(gathered.settings, name) as catalog, catalog.hold(who()):
        progress(f"reading catalog '{catalog.name}'")
        plan = planned(gathered, catalog.read(), catalog, wish)
        _shown(plan, quiet=quiet)
        if not plan.steps:
            return 0
        if not yes and not _agreed():
            raise PlanRefused("nothing is applied: the answer was not yes")
        return run(plan, catalog, gathered.settings.root, again=partial(_again, gathered, catalog, wish), quiet=quiet)


def _agreed() -> bool:
    try:
        return click.confirm("Apply this plan?")
    except click.Abort:
        click.echo(err=True)  # the answer that ends the question's line never came
        raise


def _again(gathered: Gathered, catalog: Catalog, wish: Wish, live: State) -> Sequence[Change]:
    return planned(gathered, live, catalog, replace(wish, resend_secrets=False)).changes


def _shown(plan: Plan, *, quiet: bool) -> None:
    refused = refusals(plan)
    click.echo(report.summary(plan) if quiet else report.text(plan, refused, paint))
    if refused:
        raise PlanRefused(refusal(refused))
