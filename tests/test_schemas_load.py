"""What a kind's schema knows, at every depth."""

from __future__ import annotations

import pytest

from portside.model.resource import KINDS, Kind
from portside.schemas.load import known, schema

KNOWN_OF_A_BLUEPRINT = [
    (),
    ("title",),
    ("createdAt",),
    ("schema", "properties", "anything"),
    ("schema", "properties", "tier", "enumColors", "gold"),
    ("schema", "properties", "tags", "items", "enum", 0),
    ("schema", "properties", "tags", "items", "items", "format"),
    ("schema", "properties", "box", "default", "any", "depth", 3),
    ("schema", "properties", "box", "properties", "name", "whatever"),
    ("schema", "properties", "docs", "specAuthentication", "authorizationScope", 0),
    ("schema", "required", 0),
    ("calculationProperties", "tags", "items"),
    ("calculationProperties", "tags", "items", "format"),
    ("aggregationProperties", "open", "calculationSpec", "averageOf"),
    ("aggregationProperties", "open", "query", "rules", 0, "rules", 1, "value", "preset"),
    ("aggregationProperties", "open", "query", "rules", 0, "property", "path", 0, "maxHops"),
    ("aggregationProperties", "open", "pathFilter", 0, "path", 1),
    ("relations", "owner", "many"),
    ("ownership", "path"),
    ("changelogDestination", "agent"),
]
UNKNOWN_TO_A_BLUEPRINT = [
    ("futureKey",),
    ("futureKey", "below"),
    ("title", "below"),
    ("title", 0),
    ("schema", "futureKey"),
    ("schema", "properties", "tier", "futureKey"),
    ("schema", "properties", "tier", "futureKey", "below"),
    ("schema", "properties", "tags", "items", "futureKey"),
    ("calculationProperties", "tags", "items2"),
    ("calculationProperties", "tags", "items", "enum"),
    ("aggregationProperties", "open", "calculationSpec", "futureKey"),
    ("aggregationProperties", "open", "query", "rules", 0, "futureKey"),
    ("relations", "owner", "futureKey"),
    ("ownership", "futureKey"),
]
KNOWN_OF_A_WEBHOOK = [
    ("mappings", 3, "entity", "properties", "any", "depth"),
    ("mappings", 3, "entity", "relations", "owner", "rules", 0, "value"),
    ("mappings", 3, "operation", "deleteDependents"),
    ("security", "secret"),
    ("webhookKey",),
]
UNKNOWN_TO_A_WEBHOOK = [
    ("futureKey",),
    ("mappings", 3, "futureKey"),
    ("mappings", "entity"),
    ("mappings", 3, "operation", "futureKey"),
    ("mappings", 3, "entity", "relations", "owner", "futureKey"),
    ("security", "futureKey"),
]


@pytest.mark.parametrize("route", KNOWN_OF_A_BLUEPRINT, ids=str)
def test_a_blueprint_is_known_down_to_here(route):
    assert known("blueprint", route)


@pytest.mark.parametrize("route", UNKNOWN_TO_A_BLUEPRINT, ids=str)
def test_a_key_that_only_a_newer_port_has_is_not_known(route):
    assert not known("blueprint", route)


@pytest.mark.parametrize("route", KNOWN_OF_A_WEBHOOK, ids=str)
def test_a_webhook_is_known_down_to_here(route):
    assert known("webhook", route)


@pytest.mark.parametrize("route", UNKNOWN_TO_A_WEBHOOK, ids=str)
def test_a_webhook_has_nothing_here(route):
    assert not known("webhook", route)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_only_the_server_sets_is_known_so_that_its_answers_can_be_pasted(kind):
    assert {key for key in KINDS[kind].server_set if not known(kind, (key,))} == set()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_schema_says_what_it_is_for(kind):
    found = schema(kind)

    assert (found["$schema"], bool(found["title"]), bool(found["description"])) == (
        "https://json-schema.org/draft/2020-12/schema",
        True,
        True,
    )
