"""`portside send`: one delivery through one webhook, every expression explained."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import click

from portside.cli import options
from portside.cli.catalogs import configured, opened
from portside.cli.gather import gather
from portside.cli.show import paint, show
from portside.errors import Unreadable, Usage
from portside.files.settings import Settings
from portside.goldens import cases
from portside.mappings import evaluate
from portside.model.entity import Outcome
from portside.model.webhook import Delivery
from portside.report import outcome as report

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
"""What the name of a header may be (RFC 9110, 5.6.2)."""


@click.command("send")
@click.argument("webhook")
@click.argument("payload", type=click.Path(path_type=Path, readable=False))
@options.root
@options.catalog
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header of the delivery.")
@click.option("--store", is_flag=True, help="Hand it to the catalog for good.")
@click.option("--unsigned", is_flag=True, help="With --store: take it without looking at its signature.")
@options.formats("text", "json")
@options.quiet
@options.color
def command(
    webhook: str,
    payload: Path,
    root: Path,
    catalog: str | None,
    headers: tuple[str, ...],
    store: bool,
    unsigned: bool,
    outputs: tuple[options.Output, ...],
    quiet: bool,
) -> int:
    """Send PAYLOAD through WEBHOOK and show what every expression gave, and what came of it or why nothing did.

    PAYLOAD is a body, or the envelope {body, headers, queryParams} of Port's "Test mapping" box; a case file beside it
    (NAME.case.yaml) adds its headers. Nothing is kept unless --store says so: then the catalog checks the signature
    and takes the delivery as it would from PagerDuty.
    """
    if unsigned and not store:
        raise Usage("--unsigned goes with --store: without it nothing looks at the signature")
    gathered = gather(root)
    delivery = _delivery(payload, headers)
    if store:
        return _store(configured(root), catalog, webhook, delivery, outputs, quiet=quiet, unsigned=unsigned)
    outcome = evaluate.evaluate(gathered.webhook(webhook), delivery, gathered.blueprints)
    text = report.summary if quiet else _explained
    show(outputs, {"text": lambda: text(outcome), "json": lambda: report.as_json(outcome)})
    return 0


def _explained(outcome: Outcome) -> str:
    return report.text(outcome, paint)


def _delivery(path: Path, headers: tuple[str, ...]) -> Delivery:
    """The delivery in a file, with the headers given by hand on top. Raises Unreadable for a file that holds none."""
    step, problems = cases.at(path)
    if step is None:
        found = problems[0] if problems else None
        raise Unreadable(f"{found.place}: {found.message} [{found.code}]" if found else f"{path} is not there")
    return replace(step.delivery, headers={**step.delivery.headers, **dict(map(_header, headers))})


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not re.fullmatch(_NAME, name.strip()):
        raise Usage(f"--header '{text}' is not 'NAME: VALUE'")
    return name.strip().lower(), value.strip()


def _store(
    settings: Settings,
    catalog: str | None,
    webhook: str,
    delivery: Delivery,
    outputs: tuple[options.Output, ...],
    *,
    quiet: bool,
    unsigned: bool,
) -> int:
    from portside.report import received as receipts  # it knows the catalog, and that is slow to load

    with opened(settings, catalog) as live:
        received = live.receive(webhook, delivery.raw, delivery.headers, delivery.query, unsigned=unsigned)
    renders = {
        "text": lambda: ("" if quiet else f"{_explained(received.outcome)}\n") + receipts.text(received, paint),
        "json": lambda: report.as_json(received.outcome, **receipts.row(received)),
    }
    show(outputs, renders)
    return receipts.exit_code(received)
