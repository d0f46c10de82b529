"""`portside entities`: what the embedded catalog holds, as Port would give it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portside.cli import options
from portside.cli.catalogs import configured, embedded
from portside.cli.show import paint, show
from portside.errors import Usage
from portside.model.resource import Body, Kind
from portside.report import entities as report

if TYPE_CHECKING:
    from portside.catalogs.local import LocalCatalog


@click.command("entities")
@click.argument("which", required=False, metavar="[BLUEPRINT[/IDENTIFIER]]")
@options.root
@options.catalog
@options.formats("text", "json")
@options.color
def command(which: str | None, root: Path, catalog: str | None, outputs: tuple[options.Output, ...]) -> int:
    """Show entities with their mirrors and calculations, evaluated now: all, a blueprint's, or one."""
    settings = configured(root)
    with embedded(settings, catalog) as live:
        known = [resource.ref.identifier for resource in live.read().of_kind(Kind.BLUEPRINT)]
        found = _found(live, known, which)
    show(outputs, {"text": lambda: report.text(found, paint), "json": lambda: report.as_json(found)})
    return 0


def _found(live: LocalCatalog, known: list[str], which: str | None) -> list[Body]:
    """The blueprint's name may hold slashes itself, so the longest that fits is meant."""
    if which is None:
        return [entity for name in known for entity in live.entities(name)]
    if which in known:
        return list(live.entities(which))
    fitting = [name for name in known if which.startswith(f"{name}/")]
    if not fitting:
        raise Usage(f"there is no blueprint '{which}' in catalog '{live.name}'; there is {', '.join(known) or 'none'}")
    blueprint = max(fitting, key=len)
    entity = live.entity(blueprint, which[len(blueprint) + 1 :])
    if entity is None:
        raise Usage(f"there is no entity '{which}' in catalog '{live.name}'")
    return [entity]
