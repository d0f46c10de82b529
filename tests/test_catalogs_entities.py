"""Writing entities to the embedded catalog: create, merge, override, delete, and those that are related."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from catalog_contract import blueprint, delete, filled, relation, update
from portside.catalogs import entities
from portside.catalogs.entities import Effect, Written
from portside.catalogs.entity import Key
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.entity import Remove, Upsert
from portside.model.resource import Body, Kind, Ref
from portside.plans.dangers import DANGERS, UNCOUNTED, Danger, Loss

TEXT = {"type": "string"}
TEAM = blueprint("team", properties={"name": TEXT})
SERVICE = blueprint(
    "service",
    properties={"tier": {**TEXT, "default": "bronze"}, "size": {"type": "number"}, "page": TEXT},
    relations={"team": relation("team"), "uses": relation("service", many=True)},
)
INCIDENT = blueprint(
    "incident",
    properties={"status": TEXT},
    required=("status",),
    relations={"service": relation("service", required=True)},
)


@pytest.fixture
def catalog(embedded: Callable[..., LocalCatalog]) -> Iterator[LocalCatalog]:
    """Three blueprints; the clock shows one second more each time it is looked at."""
    seconds = count()
    with embedded(now=lambda: f"2026-01-02T03:04:{next(seconds):02}.000Z") as opened:
        filled(opened, TEAM, SERVICE, INCIDENT)
        yield opened


def put(catalog: LocalCatalog, blueprint: str, identifier: str, **fields: Any) -> Written:
    return catalog.upsert(Upsert(blueprint, identifier, fields))


def stored(catalog: LocalCatalog, blueprint: str, identifier: str) -> dict[str, Any]:
    """An entity without its dates."""
    found = catalog.entity(blueprint, identifier) or {}
    return {key: value for key, value in found.items() if not key.startswith(("created", "updated"))}


def test_a_new_entity_is_read_as_port_gives_it(catalog: LocalCatalog) -> None:
    written = put(catalog, "service", "checkout", title="Checkout", team="pay", properties={"size": 3})

    assert written == Written(Key("service", "checkout"), Effect.CREATED)
    assert catalog.entity("service", "checkout") == {
        "identifier": "checkout",
        "title": "Checkout",
        "icon": None,
        "blueprint": "service",
        "team": ["pay"],
        "properties": {"tier": "bronze", "size": 3},
        "relations": {"team": None, "uses": []},
        "createdAt": "2026-01-02T03:04:03.000Z",
        "createdBy": "portside",
        "updatedAt": "2026-01-02T03:04:03.000Z",
        "updatedBy": "portside",
    }


def test_an_entity_that_is_not_there_is_none(catalog: LocalCatalog) -> None:
    assert (catalog.entity("service", "ghost"), catalog.entity("ghost", "ghost")) == (None, None)


def test_a_merge_keeps_what_it_does_not_name_and_clears_what_it_names_null(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", title="A", properties={"size": 1, "page": "p"}, relations={"team": "x", "uses": ["a"]})

    put(catalog, "service", "a", properties={"size": 2, "page": None}, relations={"team": None})

    assert stored(catalog, "service", "a") == {
        "identifier": "a",
        "title": "A",
        "icon": None,
        "blueprint": "service",
        "team": [],
        "properties": {"tier": "bronze", "size": 2},
        "relations": {"team": None, "uses": ["a"]},
    }


def test_an_entity_that_is_there_is_not_created_again(catalog: LocalCatalog) -> None:
    catalog.create(Upsert("service", "a", {"title": "A"}))

    with pytest.raises(CatalogRefused) as refused:
        catalog.create(Upsert("service", "a", {"title": "B"}))

    assert (refused.value.reason, stored(catalog, "service", "a")["title"]) == ("conflict", "A")


def test_an_override_clears_what_it_does_not_name(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", title="A", properties={"tier": "gold", "page": "p"}, relations={"uses": ["a"]})

    catalog.override(Upsert("service", "a", {"properties": {"size": 2}}))

    found = stored(catalog, "service", "a")
    assert (found["title"], found["properties"], found["relations"]) == (
        None,
        {"tier": "bronze", "size": 2},
        {"team": None, "uses": []},
    )


def test_a_null_on_creation_is_no_value_and_gets_no_default(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", properties={"tier": None})

    assert stored(catalog, "service", "a")["properties"] == {}


def test_a_write_that_says_nothing_new_leaves_the_date_alone(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", properties={"size": 1})
    before = catalog.entity("service", "a")

    written = put(catalog, "service", "a", properties={"size": 1, "page": None})

    assert (written.effect, catalog.entity("service", "a")) == (Effect.UNCHANGED, before)


def test_a_change_moves_the_date_of_the_change_only(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", properties={"size": 1})

    put(catalog, "service", "a", properties={"size": 2})

    found = catalog.entity("service", "a") or {}
    assert (found["createdAt"], found["updatedAt"]) == ("2026-01-02T03:04:03.000Z", "2026-01-02T03:04:04.000Z")


def test_what_is_required_is_judged_on_the_merged_entity(catalog: LocalCatalog) -> None:
    put(catalog, "incident", "P1", properties={"status": "open"}, relations={"service": "checkout"})

    put(catalog, "incident", "P1", title="Down")

    assert stored(catalog, "incident", "P1")["properties"] == {"status": "open"}


@pytest.mark.parametrize(
    ("blueprint", "fields", "reason"),
    [
        ("incident", {"relations": {"service": "checkout"}}, "missing_property"),
        ("incident", {"properties": {"status": "open"}}, "required_relation"),
        ("incident", {"properties": {"status": None}, "relations": {"service": "checkout"}}, "missing_property"),
        ("service", {"properties": {"size": "big"}}, "blueprint_schema_mismatch"),
        ("service", {"properties": {"colour": "red"}}, "blueprint_schema_mismatch"),
        ("service", {"relations": {"owner": "x"}}, "blueprint_schema_mismatch"),
        ("service", {"relations": {"team": ["x", "y"]}}, "blueprint_schema_mismatch"),
        ("ghost", {}, "not_found"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_stored(
    catalog: LocalCatalog, blueprint: str, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(CatalogRefused) as refused:
        put(catalog, blueprint, "a", **fields)

    assert (refused.value.reason, catalog.entity(blueprint, "a"), catalog.entity_count("service")) == (reason, None, 0)


def test_an_identifier_that_port_would_not_take_is_refused(catalog: LocalCatalog) -> None:
    with pytest.raises(CatalogRefused) as refused:
        put(catalog, "service", "two words")

    assert refused.value.reason == "validation_error"


def test_what_a_relation_names_and_nobody_has_is_created_bare(catalog: LocalCatalog) -> None:
    written = put(catalog, "service", "a", relations={"team": "pay", "uses": ["b", "a", "c"]})

    assert written.also == (Key("team", "pay"), Key("service", "b"), Key("service", "c"))
    assert stored(catalog, "service", "b")["properties"] == {"tier": "bronze"}


def test_what_cannot_be_created_bare_is_refused(catalog: LocalCatalog) -> None:
    filled(catalog, blueprint("note", relations={"about": relation("incident")}))

    with pytest.raises(CatalogRefused, match="entity incident/P1: property 'status' is required"):
        put(catalog, "note", "n", relations={"about": "P1"})

    assert (catalog.entity_count("note"), catalog.entity_count("incident")) == (0, 0)


def test_without_leave_to_create_a_missing_related_entity_is_refused(catalog: LocalCatalog) -> None:
    with pytest.raises(CatalogRefused) as refused:
        catalog.upsert(Upsert("service", "a", {"relations": {"team": "pay"}}), related=False)

    assert (refused.value.reason, catalog.entity_count("service"), catalog.entity_count("team")) == ("not_found", 0, 0)


def test_users_and_teams_of_port_are_kept_as_given_and_never_created(catalog: LocalCatalog) -> None:
    filled(catalog, blueprint("task", relations={"by": relation("_user")}))

    written = put(catalog, "task", "t", relations={"by": "ana@example.com"})

    assert (written.also, stored(catalog, "task", "t")["relations"]) == ((), {"by": "ana@example.com"})


def test_a_delete_takes_those_that_require_it_and_clears_the_rest(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a")
    put(catalog, "service", "b", relations={"uses": ["a", "c"]})
    put(catalog, "incident", "P1", properties={"status": "open"}, relations={"service": "a"})

    written = catalog.remove(Remove("service", "a"))

    assert written == Written(Key("service", "a"), Effect.DELETED, (Key("incident", "P1"),))
    assert catalog.entity("incident", "P1") is None
    assert stored(catalog, "service", "b")["relations"] == {"team": None, "uses": ["c"]}


def test_a_delete_without_dependents_is_refused_while_somebody_requires_it(catalog: LocalCatalog) -> None:
    put(catalog, "incident", "P1", properties={"status": "open"}, relations={"service": "a"})

    with pytest.raises(CatalogRefused) as refused:
        catalog.remove(Remove("service", "a", dependents=False))

    assert (refused.value.reason, catalog.entity_count("service"), catalog.entity_count("incident")) == (
        "has_dependents",
        1,
        1,
    )


def test_deleting_what_is_not_there_is_no_fault(catalog: LocalCatalog) -> None:
    assert catalog.remove(Remove("service", "ghost")) == Written(Key("service", "ghost"), Effect.ABSENT)


def test_a_circle_of_entities_can_be_deleted(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", relations={"uses": ["b", "a"]})
    put(catalog, "service", "b", relations={"uses": ["a"]})

    catalog.remove(Remove("service", "a"))

    assert stored(catalog, "service", "b")["relations"] == {"team": None, "uses": []}


def test_an_entity_is_found_by_the_one_match_of_a_query(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", properties={"page": "x"})
    query = {"combinator": "and", "rules": [{"property": "page", "operator": "=", "value": "x"}]}

    written = catalog.upsert(Upsert("service", query, {"properties": {"size": 9}}))

    assert written == Written(Key("service", "a"), Effect.UPDATED)


@pytest.mark.parametrize("pages", [[], ["x", "x"]])
def test_a_query_for_an_identifier_never_creates_and_never_guesses(catalog: LocalCatalog, pages: list[str]) -> None:
    for number, page in enumerate(pages):
        put(catalog, "service", f"s{number}", properties={"page": page})
    query = {"combinator": "and", "rules": [{"property": "page", "operator": "=", "value": "x"}]}

    with pytest.raises(CatalogRefused) as refused:
        catalog.upsert(Upsert("service", query, {"properties": {"size": 9}}))

    assert (refused.value.reason, catalog.entity_count("service")) == ("not_found", len(pages))


def test_a_relation_takes_what_its_query_matches(catalog: LocalCatalog) -> None:
    put(catalog, "team", "pay", properties={"name": "Payments"})
    put(catalog, "service", "b", properties={"page": "x"})
    put(catalog, "service", "c", properties={"page": "y"})
    pages = {"combinator": "or", "rules": [{"property": "page", "operator": "in", "value": ["x", "y"]}]}
    name = {"combinator": "and", "rules": [{"property": "name", "operator": "contains", "value": "Pay"}]}
    none = {"combinator": "and", "rules": [{"property": "$identifier", "operator": "=", "value": "ghost"}]}

    put(catalog, "service", "a", relations={"team": name, "uses": pages})
    put(catalog, "service", "d", relations={"team": none, "uses": none})

    assert stored(catalog, "service", "a")["relations"] == {"team": "pay", "uses": ["b", "c"]}
    assert stored(catalog, "service", "d")["relations"] == {"team": None, "uses": []}


def test_removing_a_property_or_relation_drops_what_entities_hold(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", properties={"size": 1, "page": "p"}, relations={"team": "x", "uses": ["a"]})
    smaller = blueprint("service", properties={"page": TEXT}, relations={"uses": relation("service", many=True)})

    catalog.perform(update(Kind.BLUEPRINT, smaller))
    catalog.perform(update(Kind.BLUEPRINT, SERVICE))

    found = stored(catalog, "service", "a")
    assert (found["properties"], found["relations"]) == ({"page": "p"}, {"team": None, "uses": ["a"]})
    assert catalog.count(Danger("removes-relation", Ref(Kind.BLUEPRINT, "service"), "team")) == Loss(0, 1)


def test_a_relation_can_become_many_and_back_while_nobody_holds_several(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", relations={"team": "x"})
    many = {**SERVICE, "relations": {**SERVICE["relations"], "team": relation("team", many=True)}}

    catalog.perform(update(Kind.BLUEPRINT, many))
    assert stored(catalog, "service", "a")["relations"] == {"team": ["x"], "uses": []}
    catalog.perform(update(Kind.BLUEPRINT, SERVICE))
    assert stored(catalog, "service", "a")["relations"] == {"team": "x", "uses": []}


def test_a_relation_cannot_become_single_while_an_entity_holds_several(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a", relations={"uses": ["b", "c"]})
    single = {**SERVICE, "relations": {**SERVICE["relations"], "uses": relation("service")}}

    with pytest.raises(CatalogRefused, match="relation 'uses' cannot hold one: 1 entities hold several"):
        catalog.perform(update(Kind.BLUEPRINT, single))


def test_a_plan_that_deletes_a_blueprint_deletes_its_entities(catalog: LocalCatalog) -> None:
    put(catalog, "incident", "P1", properties={"status": "open"}, relations={"service": "a"})

    catalog.perform(delete(Kind.BLUEPRINT, "incident"))

    assert (catalog.entity_count("incident"), catalog.entity_count("service")) == (0, 1)


@pytest.mark.parametrize(
    ("danger", "member", "loss"),
    [
        ("removes-property", "size", Loss(2, 3)),
        ("changes-type", "size", Loss(2, 3)),
        ("new-required-property", "size", Loss(1, 3)),
        ("removes-relation", "uses", Loss(1, 3)),
        ("many-to-one", "uses", Loss(1, 3)),
        ("deletes-blueprint", None, Loss(3, 3)),
        ("deletes-webhook", None, None),
        ("removes-property", "odd\\key", None),
    ],
)
def test_dangers_are_counted_in_values_and_entities(
    catalog: LocalCatalog, danger: str, member: str | None, loss: Loss | None
) -> None:
    put(catalog, "service", "a", properties={"size": 0}, relations={"uses": ["b", "c"]})
    put(catalog, "service", "b", properties={"size": 2})

    assert catalog.count(Danger(danger, Ref(Kind.BLUEPRINT, "service"), member)) == loss


@pytest.mark.parametrize(
    ("member", "values", "loss"),
    [("tier", ("gold", "iron"), Loss(1, 3)), ("tier", (), Loss(3, 3)), ("tags", ("x",), Loss(2, 3))],
)
def test_a_narrower_enum_loses_the_values_that_are_no_longer_in_it(
    catalog: LocalCatalog, member: str, values: tuple[str, ...], loss: Loss
) -> None:
    tagged = {**SERVICE, "schema": {"properties": {**SERVICE["schema"]["properties"], "tags": {"type": "array"}}}}
    catalog.perform(update(Kind.BLUEPRINT, tagged))
    put(catalog, "service", "a", properties={"tier": "gold", "tags": ["x", "y"]})
    put(catalog, "service", "b", properties={"tags": ["x"]})
    put(catalog, "service", "c", properties={"tags": ["z"]})

    assert catalog.count(Danger("narrows-enum", Ref(Kind.BLUEPRINT, "service"), member, values=values)) == loss


@pytest.mark.parametrize(
    ("member", "definition", "loss"),
    [
        ("size", {"type": "number", "minimum": 2}, Loss(1, 3)),
        ("size", {"type": "number", "multipleOf": 0.5}, Loss(0, 3)),
        ("size", {"type": "number", "const": 7}, Loss(2, 3)),
        ("tier", {"type": "string", "pattern": "^g", "maxLength": 5}, Loss(2, 3)),
        ("tier", {"type": "string", "enum": ["gold", "bronze"]}, Loss(0, 3)),
        ("tags", {"type": "array", "items": {"type": "string", "pattern": "^x"}}, Loss(1, 3)),
        ("tags", {"type": "array", "maxItems": 2}, Loss(0, 3)),
    ],
)
def test_a_stricter_bound_loses_the_values_that_no_longer_fit(
    catalog: LocalCatalog, member: str, definition: Body, loss: Loss
) -> None:
    tagged = {**SERVICE, "schema": {"properties": {**SERVICE["schema"]["properties"], "tags": {"type": "array"}}}}
    catalog.perform(update(Kind.BLUEPRINT, tagged))
    put(catalog, "service", "a", properties={"tier": "gold", "size": 1, "tags": ["x", "y"]})
    put(catalog, "service", "b", properties={"size": 2.5, "tags": ["x"]})
    put(catalog, "service", "c", properties={})

    danger = Danger("narrows-values", Ref(Kind.BLUEPRINT, "service"), member, definition=definition)

    assert catalog.count(danger) == loss


@pytest.mark.parametrize("name", [name for name in DANGERS if name not in UNCOUNTED])
def test_of_a_blueprint_without_entities_nothing_is_lost(catalog: LocalCatalog, name: str) -> None:
    put(catalog, "service", "a")

    for member in ("name", "odd\\key"):
        assert catalog.count(Danger(name, Ref(Kind.BLUEPRINT, "team"), member)) == Loss(0, 0)


@pytest.mark.parametrize("name", [name for name in DANGERS if name not in UNCOUNTED])
def test_every_danger_that_has_to_do_with_entities_is_counted(catalog: LocalCatalog, name: str) -> None:
    put(catalog, "service", "a")

    assert catalog.count(Danger(name, Ref(Kind.BLUEPRINT, "service"), "size")) is not None


def test_every_entity_shows_an_aggregation_so_all_are_counted(catalog: LocalCatalog) -> None:
    put(catalog, "service", "a")

    assert catalog.count(Danger("removes-aggregation", Ref(Kind.BLUEPRINT, "service"), "n")) == Loss(1, 1)


def test_team_is_inherited_and_never_written_where_ownership_is(catalog: LocalCatalog) -> None:
    filled(
        catalog,
        blueprint("domain", ownership={"type": "Direct"}),
        blueprint("app", relations={"domain": relation("domain")}, ownership={"type": "Inherited", "path": "domain"}),
    )
    put(catalog, "domain", "core", team=["a", "b"])
    put(catalog, "app", "x", relations={"domain": "core"})

    with pytest.raises(CatalogRefused) as refused:
        put(catalog, "app", "x", team="c")

    assert (refused.value.reason, stored(catalog, "app", "x")["team"]) == ("inherited_ownership_enabled", ["a", "b"])


def test_a_property_that_goes_is_gone_from_more_entities_than_are_read_at_once(
    embedded: Callable[..., LocalCatalog],
) -> None:
    with embedded() as catalog:
        filled(catalog, blueprint("many", properties={"kept": {"type": "string"}, "gone": {"type": "string"}}))
        with catalog.writing("ana") as within:
            for number in range(1201):
                fields = {"properties": {"kept": "k", "gone": "g"}}
                entities.upsert(within, "many", f"e{number:04}", fields)

        catalog.perform(update(Kind.BLUEPRINT, blueprint("many", properties={"kept": {"type": "string"}})))

        assert [one["properties"] for one in catalog.entities("many")] == [{"kept": "k"}] * 1201
