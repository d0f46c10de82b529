"""A catalog to look at: the repository's own, with services, and some of the deliveries of its cases."""

from __future__ import annotations

from pathlib import Path

from catalog_contract import blueprint, create
from portside.catalogs.local import LocalCatalog
from portside.cli.gather import gather
from portside.model.entity import Upsert
from portside.model.resource import Kind
from portside.plans.apply import apply
from portside.plans.plan import plan

ROOT = Path(__file__).parent.parent
CASES = ROOT / "mappings" / "pagerdutyMapper" / "cases"
SENT = ("service.created", "incident.triggered", "incident.annotated", "incident.acknowledged", "incident.resolved")
"""The deliveries, the first being number 1."""
SERVICES = 60
WIDE = "W" * 90
"""A name without a place to break it."""
HOSTILE = "<script>document.title = 'taken'</script>"


def filled(catalog: LocalCatalog) -> LocalCatalog:
    """The catalog with all that."""
    list(apply(plan(catalog.read(), gather(ROOT).state), catalog))
    for number in range(SERVICES):
        catalog.upsert(Upsert("microservice", f"service-{number:03}", {"title": f"Service number {number}"}))
    catalog.upsert(Upsert("microservice", "odd/one:a", {"title": HOSTILE}))
    properties = {"wide": {"type": "string", "title": WIDE}, "tone": {"type": "string", "enum": ["a", "b"]}}
    catalog.perform(create(Kind.BLUEPRINT, blueprint("wide", title=WIDE, properties=properties)))
    catalog.upsert(Upsert("wide", WIDE, {"title": WIDE, "properties": {"wide": WIDE * 3, "tone": "a"}}))
    for name in SENT:
        catalog.receive("pagerdutyMapper", (CASES / f"{name}.json").read_bytes(), {"x-sent": "today"}, unsigned=True)
    return catalog


def incident(catalog: LocalCatalog) -> str:
    """The identifier of an incident that was delivered."""
    return str(next(catalog.entities("pagerdutyIncident"))["identifier"])
