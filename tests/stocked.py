"""A small catalog that has one of everything the API speaks of, for tests that ask for whatever there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calling import Caller
from catalog_contract import blueprint, mapping, relation, webhook
from portside.catalogs import moves, resources, tables
from portside.catalogs.local import LocalCatalog

TEXT = {"type": "string"}
SERVICE = blueprint(
    "service",
    properties={
        "tier": {"type": "string", "enum": ["gold", "tin"]},
        "size": {"type": "number"},
        "tags": {"type": "array"},
    },
    relations={"domain": relation("domain"), "uses": relation("service", many=True)},
    mirrorProperties={"about": {"title": "About", "path": "domain.about"}},
    calculationProperties={"label": {"title": "Label", "type": "string", "calculation": '"size \\(.properties.size)"'}},
)
DOMAIN = blueprint(
    "domain",
    properties={"about": TEXT},
    aggregationProperties={
        "services": {
            "title": "Services",
            "type": "number",
            "target": "service",
            "calculationSpec": {"calculationBy": "entities", "func": "count"},
        }
    },
)
CHECKOUT = {
    "identifier": "checkout",
    "title": "Checkout",
    "properties": {"tier": "gold", "size": 3, "tags": ["web", {"a": 1}]},
    "relations": {"domain": "shop", "uses": ["cart"]},
}
READY = {
    "identifier": "ready",
    "title": "Ready",
    "levels": [{"title": "None", "color": "red"}, {"title": "High", "color": "green"}],
    "rules": [
        {
            "identifier": "sized",
            "title": "Sized",
            "level": "High",
            "query": {"combinator": "and", "conditions": [{"property": "size", "operator": ">", "value": 1}]},
        }
    ],
}
TEAM = {"name": "platform", "users": ["ada@example.com"], "description": "who runs it"}
USER = {"invitee": {"email": "ada@example.com", "roles": ["Member"]}}
SECRET = {"secretName": "TOKEN", "secretValue": "planted", "description": "of the pager"}
HOOK = webhook("hook", mapping("service", properties={"tier": ".body.tier", "size": ".body.size"}))
SIGNED = webhook(
    "signed",
    mapping("service", properties={"tier": ".body.tier"}),
    security={
        "secret": "planted-too",
        "signatureHeaderName": "X-Signature",
        "signatureAlgorithm": "sha256",
        "signaturePrefix": "v1=",
        "requestIdentifierPath": ".body.once",
    },
)
MOVE = {"sourceBlueprint": "service", "mapping": {"blueprint": "domain", "entity": {"properties": {"about": ".title"}}}}

OF = "/v1/blueprints/{blueprint_identifier}"


def stock(catalog: LocalCatalog) -> Mapping[str, str]:
    """Empty the catalog, and put one of everything into it: what the parameters of the paths name.

    Besides those, `key of hook` and `key of signed` are the keys of both webhooks.
    """
    empty(catalog)
    call = Caller(catalog)
    for body in (blueprint("domain", properties={"about": TEXT}), SERVICE):
        call("post /v1/blueprints", body)
    call("put /v1/blueprints/{identifier}", DOMAIN, identifier="domain")
    call("post /v1/users/invite", USER)
    call("post /v1/teams", TEAM)
    call(
        f"post {OF}/entities",
        {"identifier": "shop", "team": ["platform"], "properties": {"about": "carts"}},
        blueprint_identifier="domain",
    )
    for body in ({"identifier": "cart"}, CHECKOUT):
        call(f"post {OF}/entities", body, blueprint_identifier="service")
    call(f"post {OF}/scorecards", READY, blueprint_identifier="service")
    call("post /v1/organization/secrets", SECRET)
    made = {body["identifier"]: call("post /v1/webhooks", body).body["integration"] for body in (HOOK, SIGNED)}
    delivery = catalog.receive("hook", b'{"id": "paid", "tier": "tin", "size": 1}')
    with catalog.writing("ana") as within:
        migration = moves.begin_mapping(within, MOVE["sourceBlueprint"], MOVE["mapping"])
    keys = {f"key of {name}": one["webhookKey"] for name, one in made.items()}
    return {**NAMES, **keys, "id": str(delivery.id), "migration_id": str(migration["id"])}


NAMES = {
    "blueprint_identifier": "service",
    "entity_identifier": "checkout",
    "property_identifier": "tier",
    "relation_identifier": "domain",
    "scorecard_identifier": "ready",
    "name": "platform",
    "user_email": "ada@example.com",
    "secret_name": "TOKEN",
}
"""`identifier` is left out: it is `service` or `hook`, as the path goes on (`identified`)."""


def identified(path: str, names: Mapping[str, str]) -> dict[str, Any]:
    """What stands in a path's parameters, so that it leads to something that is there."""
    wanted = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    own = "hook" if path.startswith("/v1/webhooks") else "service"
    values = {**names, "identifier": own}
    if "/mirror/" in path:
        values["property_identifier"] = "about"
    return {name: values.get(name, "none") for name in wanted}


def empty(catalog: LocalCatalog) -> None:
    """Take everything out of the catalog, as if it were new."""
    with catalog.writing("ana") as within:
        for table in reversed(tables.metadata.sorted_tables):
            if table is not tables.meta:
                within.connection.execute(table.delete())
        resources.touch(within.connection)
