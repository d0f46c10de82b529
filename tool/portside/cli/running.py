"""Carries out a plan: each step written down before and after, and the end told whatever it is.

Its one rule: after any ending a person knows what is done, what is unknown and what was not begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from portside.cli.show import paint
from portside.cli.streams import Unheard
from portside.errors import Interrupted, PortsideError, StalePlan, Unwritable
from portside.files import journal
from portside.files.journal import Entry, Log
from portside.model.resource import Resource, State
from portside.plans import apply as applying
from portside.plans.apply import Began, Catalog, Done, Failed
from portside.plans.plan import Plan, Step
from portside.report import runs as report


def run(plan: Plan, catalog: Catalog, root: Path, *, again: Callable[[State], Sequence[object]], quiet: bool) -> int:
    """Apply, then plan `again` from what the catalog holds now: 0 when that gives nothing to do, 1 otherwise."""
    if not plan.steps:
        click.echo("Nothing to apply.")
        return 0
    entries = [_entry(number, step) for number, step in enumerate(plan.steps, 1)]
    with journal.begin(root, catalog.name, entries) as log, _told(root, log):
        _perform(plan, catalog, log, quiet=quiet)
    left = again(catalog.read())
    total = len(plan.steps)
    click.echo(paint(report.success(total, len(left)), "strong"))
    return int(bool(left))


def _perform(plan: Plan, catalog: Catalog, log: Log, *, quiet: bool) -> None:
    for event in applying.apply(plan, catalog):
        match event:
            case Began(number):
                log.began(number)
            case Failed(number, _, error) if event.refused:
                log.failed(number, str(error))
            case Done(number, step):
                log.done(number, _fingerprint(step))
                if not quiet:
                    click.echo(report.done(number, len(plan.steps), step, paint))
    log.ended("applied")


@contextmanager
def _told(root: Path, log: Log) -> Iterator[None]:
    """Whatever ends the run early is written down, and told with what is done, unknown and not begun."""
    try:
        yield
    except KeyboardInterrupt:
        log.ended("interrupted")
        raise Interrupted(f"interrupted: {_left(root, log)}") from None
    except Unheard as error:
        log.ended("failed")
        raise Unwritable(f"{error} ({_left(root, log)})") from error
    except PortsideError as error:
        log.ended("stale" if isinstance(error, StalePlan) else "failed")
        error.args = (f"{error} ({_left(root, log)})",)
        raise


def _left(root: Path, log: Log) -> str:
    return (
        f"{report.ending(journal.read(root, log.id))}; plan again to see what is left, 'portside runs show' tells more"
    )


def _entry(number: int, step: Step) -> Entry:
    return Entry(number, str(step.action), str(step.ref), step.because, _fingerprint(step))


def _fingerprint(step: Step) -> str | None:
    return Resource.of(step.ref.kind, step.body).fingerprint if step.body is not None else None
