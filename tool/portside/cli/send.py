"""`portside send`: one delivery through one webhook, every expression explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import click

from portside.cli import options
from portside.cli.catalogs import configured, embedded
from portside.cli.gather import gather
from portside.cli.show import paint, show
from portside.errors import Unreadable, Usage
from portside.files.settings import Settings
from portside.goldens import cases
from portside.mappings import evaluate
from portside.model.entity import Outcome
from portside.model.resource import JSON, Kind
from portside.model.webhook import Delivery, Webhook
from portside.problems import Source
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
@options.verbose
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
    verbose: bool,
) -> int:
    """Send PAYLOAD through WEBHOOK and show what every expression gave, and what came of it or why nothing did.

    PAYLOAD is a body, or the envelope {body, headers, queryParams} of Port's "Test mapping" box; a case file beside it
    (NAME.case.yaml) adds its headers. Nothing is kept unless --store says so: then the catalog checks the signature
    and takes the delivery as it would from PagerDuty. With -v each expression says which way it went: as a closure, or
    through libjq.
    """
    if unsigned and not store:
        raise Usage("--unsigned goes with --store: without it nothing looks at the signature")
    gathered = gather(root)
    delivery = _delivery(payload, headers)
    if store:
        files = [Webhook(one) for one in gathered.state.of_kind(Kind.WEBHOOK) if one.ref.identifier == webhook]
        return _store(
            configured(root), catalog, webhook, delivery, _Form(outputs, files, quiet, verbose), unsigned=unsigned
        )
    found = gathered.webhook(webhook)
    form = _Form(outputs, [found], quiet, verbose)
    outcome = evaluate.evaluate(found, delivery, gathered.blueprints)
    text = report.summary if quiet else form.text
    show(outputs, {"text": lambda: text(outcome), "json": lambda: form.json(outcome)})
    return 0


class _Form(NamedTuple):
    """How an outcome is shown. `files` is the webhook as it is written, where it is."""

    outputs: tuple[options.Output, ...]
    files: Sequence[Webhook]
    quiet: bool
    verbose: bool

    def text(self, outcome: Outcome) -> str:
        return report.text(outcome, paint, self.source(outcome), verbose=self.verbose)

    def json(self, outcome: Outcome, **more: JSON) -> str:
        return report.as_json(outcome, self.source(outcome), **more)

    def source(self, outcome: Outcome) -> Source | None:
        """None where the files say something else than what ran, which the catalog may hold."""
        ran = {(value.route, value.text) for value in outcome.values}
        return next((one.resource.source for one in self.files if ran <= set(one.expressions())), None)


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
    form: _Form,
    *,
    unsigned: bool,
) -> int:
    from portside.report import received as receipts  # it knows the catalog, and that is slow to load

    with embedded(settings, catalog) as live:
        received = live.receive(webhook, delivery.raw, delivery.headers, delivery.query, unsigned=unsigned)
    renders = {
        "text": lambda: ("" if form.quiet else f"{form.text(received.outcome)}\n") + receipts.text(received, paint),
        "json": lambda: form.json(received.outcome, **receipts.row(received)),
    }
    show(form.outputs, renders)
    return receipts.exit_code(received)
