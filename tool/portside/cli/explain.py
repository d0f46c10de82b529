"""`portside explain`: every expression of a webhook as a tree, with the value and the type at each part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path

import click

from portside.cli import options
from portside.cli.gather import gather
from portside.cli.show import paint, show
from portside.errors import Unreadable, Usage
from portside.goldens import cases, clock
from portside.goldens.cases import Case, Step
from portside.mappings import explained
from portside.mappings.explained import Look
from portside.model.webhook import Webhook
from portside.problems import Route, dotted
from portside.report import explained as report


@click.command("explain")
@click.argument("webhook")
@click.argument("payload", required=False)
@options.root
@click.option("--expression", metavar="ROUTE", help="Only this one: properties.status, mappings[2].filter.")
@options.formats("text", "json")
@options.verbose
@options.color
def command(
    webhook: str,
    payload: str | None,
    root: Path,
    expression: str | None,
    outputs: tuple[options.Output, ...],
    verbose: bool,
) -> int:
    """Show every expression of WEBHOOK as a tree: what each of its parts gave for PAYLOAD, and where it turned null.

    PAYLOAD is a file as `portside send` takes it, or the name of a case such as incident.triggered. Without it nothing
    runs, and each part is shown with the types it can have over all cases of the webhook. With -v each expression says
    which way it runs: as a closure, or through libjq.
    """
    found = gather(root).webhook(webhook)
    own = [case for case in cases.discover(root)[0] if case.webhook == webhook]
    step = _step(payload, own) if payload else None
    look = Look(
        step.delivery.input if step else None,
        [each.delivery.input for case in own for each in case.steps],
        _wanted(found, expression),
        clock.seconds(step.intent.clock) if step else None,
    )
    told = explained.explain(found, look)
    show(outputs, {"text": lambda: report.text(told, paint, verbose=verbose), "json": lambda: report.as_json(told)})
    return 0


def _step(payload: str, own: list[Case]) -> Step:
    """The case of that name, else what is in the file. Raises Unreadable where there is neither."""
    named = {name: step for case in own for step in case.steps for name in _names(case, step)}
    if payload in named:
        return named[payload]
    step, problems = cases.at(Path(payload))
    if step is not None:
        return step
    if problems:
        raise Unreadable(f"{problems[0].place}: {problems[0].message} [{problems[0].code}]")
    raise Unreadable(f"there is no file '{payload}', and no case of that name{_near(payload, named)}")


def _names(case: Case, step: Step) -> tuple[str, str]:
    """`incident.triggered`, `lifecycle/01-triggered`; and with the webhook before it."""
    name = f"{case.name}/{step.name}" if case.sequence else case.name
    return name, f"{case.webhook}/{name}"


def _wanted(webhook: Webhook, expression: str | None) -> Callable[[Route], bool]:
    """Whether a route is, or ends in, the one that was asked for. Raises Usage where none does."""
    end = "" if expression is None else "." + expression.replace("[", ".").replace("]", "").lstrip(".")

    def wanted(route: Route) -> bool:
        return f".{'.'.join(map(str, route))}".endswith(end)

    routes = [one.route for one in webhook.expressions()]
    if not any(map(wanted, routes)):
        names = {dotted(route[start:]) for route in routes for start in range(len(route))}
        raise Usage(f"webhook '{webhook.identifier}' has no expression '{expression}'{_near(expression or '', names)}")
    return wanted


def _near(name: str, names: Iterable[str]) -> str:
    found = [one for one in names if one.startswith(f"{name}/")] or get_close_matches(name, list(names), 1)
    return f"; did you mean '{found[0]}'?" if found else ""
