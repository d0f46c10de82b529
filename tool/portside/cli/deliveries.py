"""`portside deliveries`: what came to the webhooks of the embedded catalog, and what it did."""

from __future__ import annotations

from pathlib import Path

import click

from portside.cli import options
from portside.cli.catalogs import configured, embedded
from portside.cli.show import paint, show
from portside.errors import CatalogRefused

Outputs = tuple[options.Output, ...]


@click.group("deliveries", invoke_without_command=True)
@options.root
@options.catalog
@options.formats("text", "json")
@options.color
@click.pass_context
def command(ctx: click.Context, root: Path, catalog: str | None, outputs: Outputs) -> int:
    """Show what came to the webhooks of the embedded catalog and what it did; without a further word, the last 20."""
    given = {"root": root, "catalog": catalog, "outputs": outputs}
    options.handed_on(ctx, command, given)
    return int(ctx.invoke(listed, **given)) if ctx.invoked_subcommand is None else 0


@command.command("list")
@click.option("--webhook", metavar="ID", default=None, help="Only those to this webhook.")
@click.option(
    "--status",
    type=click.Choice(["pending", "accepted", "dropped", "failed"]),
    default=None,
    help="Only those of this status.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@options.root
@options.catalog
@options.formats("text", "json")
@options.color
def listed(
    webhook: str | None, status: str | None, limit: int, root: Path, catalog: str | None, outputs: Outputs
) -> int:
    """List deliveries, the newest first."""
    from portside.report import deliveries as report

    with embedded(configured(root), catalog) as live:
        found = live.deliveries(webhook, limit, status)
    show(outputs, {"text": lambda: report.listed(found, paint), "json": lambda: report.as_json(found)})
    return 0


@command.command("show")
@click.argument("number", type=click.IntRange(1, 2**31), metavar="ID")
@options.root
@options.catalog
@options.formats("text", "json")
@options.color
def shown(number: int, root: Path, catalog: str | None, outputs: Outputs) -> int:
    """Tell one delivery: its outcome, and what every expression of its webhook gives for it now."""
    with embedded(configured(root), catalog) as live:
        from portside.catalogs import replaying
        from portside.report import deliveries as report

        found = live.delivery(number)
        if found is None:
            raise CatalogRefused(f"there is no delivery {number} in catalog '{live.name}'", reason="not_found")
        outcome = replaying.explained(live, number)
    renders = {"text": lambda: report.shown(found, outcome, paint), "json": lambda: report.one_as_json(found, outcome)}
    show(outputs, renders)
    return 0


@command.command("replay")
@click.argument("number", type=click.IntRange(1, 2**31), metavar="ID")
@options.root
@options.catalog
@options.formats("text", "json")
@options.color
def replayed(number: int, root: Path, catalog: str | None, outputs: Outputs) -> int:
    """Carry a delivery out again, as a new delivery, through its webhook as it stands now.

    It is no duplicate of the old one, which stays as it was told. Credentials that came with it were not kept.
    """
    with embedded(configured(root), catalog) as live:
        from portside.catalogs import replaying
        from portside.report import deliveries as report
        from portside.report import received as receipts

        received = replaying.replay(live, number)
    renders = {
        "text": lambda: receipts.text(received, paint),
        "json": lambda: report.replay_as_json(number, receipts.row(received)),
    }
    show(outputs, renders)
    return receipts.exit_code(received)
