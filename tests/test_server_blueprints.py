"""Port's operations on blueprints: written as a whole or in part, renamed, refused for Port's reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from calling import DATES, Caller, undated
from catalog_contract import blueprint, normal, relation
from portside.catalogs import rows, tables, values
from portside.catalogs.entity import pointed
from portside.catalogs.local import LocalCatalog
from portside.model.entity import Upsert
from portside.model.resource import Kind

ONE = "/v1/blueprints/{identifier}"
OF = "/v1/blueprints/{blueprint_identifier}"
TEXT = {"type": "string"}
TEAM = blueprint("team", properties={"name": TEXT})
SERVICE = blueprint(
    "service",
    properties={"tier": TEXT, "size": {"type": "number"}},
    required=("tier",),
    relations={"team": relation("team")},
    mirrorProperties={"who": {"path": "team.name"}},
)


@pytest.fixture
def caller(embedded: Callable[..., LocalCatalog]) -> Iterator[Caller]:
    with embedded() as catalog:
        found = Caller(catalog)
        for body in (TEAM, SERVICE):
            found("post /v1/blueprints", body)
        yield found


PROPERTY = (f"patch {OF}/properties/{{property_identifier}}/rename", "property_identifier", "newPropertyName")
MIRROR = (f"patch {OF}/mirror/{{property_identifier}}/rename", "property_identifier", "newMirrorName")
RELATION = (f"patch {OF}/relations/{{relation_identifier}}/rename", "relation_identifier", "newRelationIdentifier")


def rename(caller: Caller, what: tuple[str, str, str], of: str, old: str, new: str) -> None:
    key, name, member = what
    caller(key, {member: new}, blueprint_identifier=of, **{name: old})


def shown(caller: Caller, identifier: str) -> dict[str, Any]:
    return undated(caller(f"get {ONE}", identifier=identifier).body["blueprint"])


def whole(body: dict[str, Any]) -> dict[str, Any]:
    return normal(Kind.BLUEPRINT, body).body


def test_what_was_created_is_given_back_with_dates_and_who_it_was(caller: Caller) -> None:
    answer = caller("post /v1/blueprints", blueprint("domain"))

    body = answer.body["blueprint"]
    assert (answer.status, undated(body)) == (201, whole(blueprint("domain")))
    assert {body["createdBy"], body["updatedBy"]} == {"ana"}
    assert body["createdAt"] == body["updatedAt"]


def test_all_are_listed_with_port_s_own(caller: Caller) -> None:
    found = caller("get /v1/blueprints").body["blueprints"]

    assert [body["identifier"] for body in found] == ["service", "team", "_user", "_team"]
    assert all(body.keys() >= set(DATES) for body in found)


def test_a_put_replaces_the_whole_document_whatever_dates_it_brings(caller: Caller) -> None:
    caller(f"put {ONE}", {"title": "Team", "schema": {"properties": {}}, "createdBy": "bo"}, identifier="team")

    assert shown(caller, "team") == whole({"identifier": "team", "title": "Team", "schema": {"properties": {}}})


def test_a_patch_replaces_each_key_it_names_and_leaves_the_others(caller: Caller) -> None:
    caller(f"patch {ONE}", {"description": "what runs", "mirrorProperties": {}}, identifier="service")

    assert shown(caller, "service") == whole({**SERVICE, "description": "what runs", "mirrorProperties": {}})


def test_values_of_a_property_that_is_gone_are_lost(caller: Caller) -> None:
    caller.catalog.upsert(Upsert("team", "a", {"properties": {"name": "A"}}))
    caller(f"put {ONE}", blueprint("team"), identifier="team")
    caller(f"put {ONE}", TEAM, identifier="team")

    assert caller.catalog.entity("team", "a")["properties"] == {}


REFUSED = {
    "a name that is taken": ("post /v1/blueprints", TEAM, {}, 409, "conflict"),
    "the name of one of Port's own": ("post /v1/blueprints", blueprint("_user"), {}, 409, "conflict"),
    "one that is not there": (f"get {ONE}", None, {"identifier": "ghost"}, 404, "not_found"),
    "a put where there is nothing": (f"put {ONE}", blueprint("ghost"), {"identifier": "ghost"}, 404, "not_found"),
    "a patch where there is nothing": (f"patch {ONE}", {"title": "G"}, {"identifier": "ghost"}, 404, "not_found"),
    "a relation to nothing": (
        f"patch {ONE}",
        {"relations": {"x": relation("ghost")}},
        {"identifier": "team"},
        404,
        "not_found",
    ),
    "another type": (
        f"patch {ONE}",
        {"schema": {"properties": {"name": {"type": "number"}}}},
        {"identifier": "team"},
        422,
        "validation_error",
    ),
    "a delete of what others point at": (f"delete {ONE}", None, {"identifier": "team"}, 409, "has_dependents"),
    "a delete of Port's own": (f"delete {ONE}", None, {"identifier": "_team"}, 422, "protected_blueprint_violation"),
    "another name that is taken": (
        f"put {ONE}",
        {**SERVICE, "identifier": "team"},
        {"identifier": "service"},
        409,
        "conflict",
    ),
    "another name for Port's own": (
        f"patch {ONE}",
        {"identifier": "people"},
        {"identifier": "_user"},
        422,
        "protected_blueprint_violation",
    ),
    "a rename of a property that is not there": (
        PROPERTY[0],
        {"newPropertyName": "level"},
        {"blueprint_identifier": "service", "property_identifier": "ghost"},
        404,
        "not_found",
    ),
    "a rename to a name that is taken": (
        PROPERTY[0],
        {"newPropertyName": "who"},
        {"blueprint_identifier": "service", "property_identifier": "tier"},
        409,
        "conflict",
    ),
}


@pytest.mark.parametrize(("key", "body", "path", "code", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_port_refuses_is_refused_and_nothing_changes(
    caller: Caller, key: str, body: Any, path: dict[str, str], code: int, reason: str
) -> None:
    before = caller("get /v1/blueprints").body

    assert caller.refused(key, body, **path)[:2] == (code, reason)
    assert caller("get /v1/blueprints").body == before


def test_a_blueprint_with_entities_is_not_deleted(caller: Caller) -> None:
    caller.catalog.upsert(Upsert("service", "a", {"properties": {"tier": "gold"}}))

    assert caller.refused(f"delete {ONE}", identifier="service") == (
        409,
        "has_dependents",
        "blueprint/service has an entity; delete it first",
    )


def test_a_blueprint_without_entities_is_deleted(caller: Caller) -> None:
    caller(f"delete {ONE}", identifier="service")

    assert caller.refused(f"get {ONE}", identifier="service")[:2] == (404, "not_found")


def test_port_s_own_are_extended_and_a_plan_sees_the_extension_alone(caller: Caller) -> None:
    caller(f"patch {ONE}", {"schema": {"properties": {"phone": TEXT}}}, identifier="_user")

    served = shown(caller, "_user")
    assert sorted(served["schema"]["properties"]) == [
        "moderated_blueprints",
        "phone",
        "port_role",
        "port_type",
        "status",
    ]
    extension = next(one for ref, one in caller.catalog.read().items() if ref.identifier == "_user")
    assert list(extension.body["schema"]["properties"]) == ["phone"]


def test_what_was_added_to_port_s_own_stays_when_more_is_added(caller: Caller) -> None:
    caller(f"patch {ONE}", {"schema": {"properties": {"phone": TEXT}}}, identifier="_user")
    caller(f"patch {ONE}", {"relations": {"home": relation("team")}}, identifier="_user")

    served = shown(caller, "_user")
    assert "phone" in served["schema"]["properties"]
    assert list(served["relations"]) == ["home"]


def entity(caller: Caller, blueprint_: str, identifier: str) -> dict[str, Any]:
    found = caller.catalog.entity(blueprint_, identifier)
    return {"properties": found["properties"], "relations": found["relations"]}


@pytest.fixture
def related(caller: Caller) -> Caller:
    caller.catalog.upsert(Upsert("team", "t", {"properties": {"name": "T"}}))
    caller.catalog.upsert(Upsert("service", "s", {"properties": {"tier": "gold"}, "relations": {"team": "t"}}))
    return caller


def test_a_renamed_property_keeps_its_values_and_mirrors_follow(related: Caller) -> None:
    rename(related, PROPERTY, "team", "name", "label")

    assert shown(related, "team")["schema"] == {"properties": {"label": TEXT}, "required": []}
    assert shown(related, "service")["mirrorProperties"] == {"who": {"path": "team.label"}}
    assert entity(related, "team", "t") == {"properties": {"label": "T"}, "relations": {}}
    assert entity(related, "service", "s")["properties"]["who"] == "T"


def test_a_renamed_property_stays_required(related: Caller) -> None:
    rename(related, PROPERTY, "service", "tier", "level")

    assert shown(related, "service")["schema"]["required"] == ["level"]


def test_a_renamed_relation_keeps_what_it_holds_and_paths_follow(related: Caller) -> None:
    rename(related, RELATION, "service", "team", "owner")

    assert shown(related, "service")["relations"] == {"owner": relation("team")}
    assert shown(related, "service")["mirrorProperties"] == {"who": {"path": "owner.name"}}
    assert entity(related, "service", "s") == {
        "properties": {"tier": "gold", "who": "T"},
        "relations": {"owner": "t"},
    }


def test_a_renamed_mirror_gives_what_it_gave(related: Caller) -> None:
    rename(related, MIRROR, "service", "who", "owner_name")

    assert entity(related, "service", "s")["properties"] == {"tier": "gold", "owner_name": "T"}


def test_an_aggregation_follows_what_it_sums_and_the_way_to_it(related: Caller) -> None:
    sizes = {
        "title": "Sizes",
        "type": "number",
        "target": "service",
        "calculationSpec": {"calculationBy": "property", "func": "sum", "property": "size"},
        "pathFilter": [{"path": ["team"], "fromBlueprint": "service"}],
        "query": {"combinator": "and", "rules": [{"property": "size", "operator": ">", "value": 0}]},
    }
    related(f"patch {ONE}", {"aggregationProperties": {"sizes": sizes}}, identifier="team")
    related.catalog.upsert(Upsert("service", "s", {"properties": {"size": 7}}))

    rename(related, PROPERTY, "service", "size", "weight")
    rename(related, RELATION, "service", "team", "owner")

    found = shown(related, "team")["aggregationProperties"]["sizes"]
    assert found["calculationSpec"]["property"] == "weight"
    assert found["pathFilter"] == [{"path": ["owner"], "fromBlueprint": "service"}]
    assert found["query"]["rules"][0]["property"] == "weight"
    assert entity(related, "team", "t")["properties"]["sizes"] == 7


def test_a_blueprint_with_another_identifier_takes_along_its_entities_and_what_points_at_it(related: Caller) -> None:
    related(f"patch {ONE}", {"identifier": "squad"}, identifier="team")

    assert related.refused(f"get {ONE}", identifier="team")[:2] == (404, "not_found")
    assert shown(related, "squad") == whole({**TEAM, "identifier": "squad"})
    assert shown(related, "service")["relations"] == {"team": relation("squad")}
    assert entity(related, "squad", "t") == {"properties": {"name": "T"}, "relations": {}}
    assert entity(related, "service", "s")["properties"]["who"] == "T"
    assert related.refused(f"delete {ONE}", identifier="squad")[1] == "has_dependents"


def test_a_blueprint_that_relates_to_itself_can_get_another_identifier(caller: Caller) -> None:
    caller("post /v1/blueprints", blueprint("task", relations={"parent": relation("task")}))
    caller.catalog.upsert(Upsert("task", "a", {"relations": {"parent": "b"}}))

    caller(f"patch {ONE}", {"identifier": "job"}, identifier="task")

    assert shown(caller, "job")["relations"] == {"parent": relation("job")}
    assert entity(caller, "job", "a")["relations"] == {"parent": "b"}


def derived(caller: Caller) -> list[tuple[Any, ...]]:
    """The links and values of all entities, as the store has them."""
    links, held = tables.links, tables.property_values
    with caller.catalog.reading() as look:
        found = [*look.connection.execute(select(links)), *look.connection.execute(select(held))]
    return sorted((tuple(row) for row in found), key=str)


def expected(caller: Caller) -> list[tuple[Any, ...]]:
    """The same, computed from the entities."""
    with caller.catalog.reading() as look:
        entities = [one for name in look.blueprints for one in rows.all_of(look.connection, name)]
        links = [
            (*one.key, relation, target, blueprint)
            for one in entities
            for relation, blueprint, target in pointed(one, look.blueprints[one.key.blueprint].relations)
        ]
    held = [row for one in entities for row in values.rows(one)]
    return sorted([*links, *held], key=str)


def test_links_and_values_go_along_with_every_rename(related: Caller) -> None:
    related.catalog.upsert(Upsert("service", "t", {"properties": {"tier": "silver", "size": 3}, "title": "T"}))
    rename(related, PROPERTY, "service", "tier", "level")
    rename(related, RELATION, "service", "team", "owner")
    related(f"patch {ONE}", {"identifier": "app"}, identifier="service")
    related(f"patch {ONE}", {"identifier": "squad"}, identifier="team")

    assert derived(related) == expected(related)
    assert ("app", "s", "owner", "t", "squad") in derived(related)


def test_what_a_calculation_mentions_is_renamed_once_it_mentions_the_new_name_too(caller: Caller) -> None:
    def calculated(text: str) -> None:
        body = {"calculationProperties": {"big": {"title": "Big", "calculation": text, "type": "boolean"}}}
        caller(f"patch {ONE}", body, identifier="service")

    path = {"blueprint_identifier": "service", "property_identifier": "size"}
    calculated(".properties.size > 3")
    code, reason, sentence = caller.refused(PROPERTY[0], {"newPropertyName": "weight"}, **path)
    assert (code, reason) == (422, "validation_error")
    assert sentence == (
        "blueprint/service: calculation property 'big' mentions 'size' and would find nothing there; let it read"
        " 'weight' too, as in .properties.weight // .properties.size, or take it out first"
    )

    calculated("(.properties.weight // .properties.size) > 3")
    caller.catalog.upsert(Upsert("service", "s", {"properties": {"tier": "gold", "size": 7}}))
    caller(PROPERTY[0], {"newPropertyName": "weight"}, **path)

    assert entity(caller, "service", "s")["properties"] == {"tier": "gold", "weight": 7, "big": True, "who": None}


def test_a_rename_without_a_new_name_is_refused(caller: Caller) -> None:
    path = {"blueprint_identifier": "service", "property_identifier": "size"}

    assert caller.refused(PROPERTY[0], {}, **path)[2] == "the body has no 'newPropertyName', which is the new name"


def test_a_rename_is_in_the_audit_log(caller: Caller) -> None:
    caller(PROPERTY[0], {"newPropertyName": "weight"}, blueprint_identifier="service", property_identifier="size")

    found = caller("get /v1/audit-log", query={"limit": 1, "blueprint": "service"}).body["audits"][0]
    assert (found["action"], list(found["diff"]["after"])) == ("UPDATE", ["schema"])


def test_the_entities_of_a_blueprint_are_counted(related: Caller) -> None:
    count = "get /v1/blueprints/{blueprint_identifier}/entities-count"

    assert related(count, blueprint_identifier="service").body == {"count": 1}
    assert related.refused(count, blueprint_identifier="ghost")[:2] == (404, "not_found")
