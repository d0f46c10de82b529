"""What `plan` and `apply` share: their options, and the way from files and a catalog to a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from portside.cli.gather import Gathered, gather
from portside.cli.show import Progress, paint
from portside.errors import PortsideError
from portside.model.resource import State
from portside.plans import plan as plans
from portside.plans.apply import Catalog
from portside.plans.dangers import Allowance
from portside.plans.plan import Plan
from portside.plans.resending import resending
from portside.report import problems as report

Command = TypeVar("Command", bound=Callable[..., Any])


class Invalid(PortsideError):
    """The files have errors; they have been shown."""

    code = "invalid"


@dataclass(frozen=True)
class Wish:
    """What the options ask of a plan."""

    prune: bool = False
    only: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    resend_secrets: bool = False


def wishes(command: Command) -> Command:
    """`--prune`, `--only REF`, `--allow NAME[:REF]` and `--resend-secrets`."""
    for option in (
        click.option("--resend-secrets", is_flag=True, help="Send webhooks' secrets again, which cannot be compared."),
        click.option(
            "--allow",
            multiple=True,
            metavar="NAME[:REF]",
            help="Allow a danger by its name, everywhere or for one resource.",
        ),
        click.option(
            "--only",
            multiple=True,
            metavar="REF",
            help="Plan only these, such as blueprint/service, and what they need.",
        ),
        click.option("--prune", is_flag=True, help="Delete what is in scope, live, and not in the files."),
    ):
        command = option(command)
    return command


def desired(root: Path, progress: Progress) -> Gathered:
    """What the files say. Raises Invalid, after showing them on standard error, when they have errors."""
    progress("reading the files")
    gathered = gather(root)
    if gathered.errors:
        click.echo(report.text(gathered.errors, "the files", paint), err=True)
        raise Invalid("the files have errors, so there is no plan; 'portside validate' shows them with all warnings")
    if gathered.problems and not progress.quiet:
        click.echo(f"{report.counted(gathered.problems, 'the files')} 'portside validate' shows them.", err=True)
    return gathered


def planned(gathered: Gathered, live: State, catalog: Catalog, wish: Wish) -> Plan:
    """The plan from what is live to what the files say."""
    found = plans.plan(
        live,
        gathered.state,
        catalog=catalog.name,
        scope=gathered.settings.scope,
        prune=wish.prune,
        only=wish.only,
        allowed=tuple(Allowance.parse(text) for text in wish.allow),
        count=catalog.count,
    )
    return resending(found, live, gathered.state, wish.only) if wish.resend_secrets else found
