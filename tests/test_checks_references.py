"""Names that lead somewhere, or nowhere; and silence where nobody can know."""

from __future__ import annotations

from typing import Any

import pytest

from portside.checks import references
from portside.checks.feeds import gives_one_id
from portside.checks.inputs import Read, reads
from portside.model.resource import Kind, Ref, Resource
from portside.problems import Severity

TEXT = {"type": "string"}
COUNT = {"calculationBy": "entities", "func": "count"}


def blueprint(identifier: str, properties: Any = None, **more: Any) -> Resource:
    body = {"identifier": identifier, "title": identifier, "schema": {"properties": properties or {}}, **more}
    return Resource.of(Kind.BLUEPRINT, body)


def webhook(*mappings: Any) -> Resource:
    return Resource.of(Kind.WEBHOOK, {"identifier": "hook", "title": "Hook", "mappings": list(mappings)})


def mapping(to: str, properties: Any = None, relations: Any = None, **more: Any) -> dict[str, Any]:
    entity = {"identifier": ".body.id", "properties": properties or {}, "relations": relations or {}}
    return {"blueprint": to, "entity": entity, **more}


def said(*resources: Resource, live: Any = ()) -> list[tuple[str, str, str]]:
    return [(one.code, one.message, one.hint) for one in references.check(resources, live=live)]


def codes(*resources: Resource, live: Any = ()) -> list[str]:
    return [code for code, _, _ in said(*resources, live=live)]


def test_a_relation_must_point_at_a_blueprint():
    service = blueprint("service", relations={"owner": {"target": "taem"}})

    assert said(service, blueprint("team")) == [
        (
            "relation-target",
            "relation 'owner' points at blueprint 'taem', which is not in this catalog",
            "did you mean 'team'?",
        )
    ]


def test_what_port_keeps_itself_and_what_is_live_is_there():
    service = blueprint("service", relations={"lead": {"target": "_user"}, "owner": {"target": "team"}})

    assert said(service, live={Ref(Kind.BLUEPRINT, "team")}) == []


@pytest.mark.parametrize(
    "path",
    [
        "team.lead",
        "team.$title",
        "team.leadName",
        "team.members",
        "team.shout",
        "team.$team.size",
        "team.user.port_role",
        "live.any",
    ],
)
def test_a_mirror_can_show_anything_that_may_be_there(path):
    team = blueprint(
        "team",
        {"lead": TEXT},
        relations={"user": {"target": "_user"}},
        mirrorProperties={"leadName": {"path": "user.$title"}},
        aggregationProperties={"members": {"title": "M", "target": "_user", "calculationSpec": COUNT}},
        calculationProperties={"shout": {"type": "string", "calculation": ".properties.lead"}},
    )
    relations = {"team": {"target": "team"}, "live": {"target": "elsewhere"}}
    service = blueprint("service", relations=relations, mirrorProperties={"m": {"path": path}})

    assert said(service, team, live={Ref(Kind.BLUEPRINT, "elsewhere")}) == []


def test_a_calculation_may_read_whatever_an_entity_has_but_no_other_calculation():
    calculations = {
        "fine": {"type": "string", "calculation": ".properties.a + .properties.mirrored + .identifier + .relations.r"},
        "not": {"type": "string", "calculation": ".properties.fine"},
    }
    service = blueprint(
        "service",
        {"a": TEXT},
        relations={"r": {"target": "service"}},
        mirrorProperties={"mirrored": {"path": "r.a"}},
        calculationProperties=calculations,
    )

    assert said(service) == [
        (
            "calculation-input",
            "calculation 'not' reads calculation 'fine', and Port gives a calculation no other one's value",
            "put the jq of 'fine' here instead",
        )
    ]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (".properties.a", [("properties", "a")]),
        ('.properties["a b"]', [("properties", "a b")]),
        ('.properties."a-b"?', [("properties", "a-b")]),
        (".properties?.a", [("properties", "a")]),
        ("'x' + .properties.a", [("properties", "a")]),
        ('"\\(.properties.a) .properties.b"', [("properties", "a")]),
        ("(.properties.a | length) + .properties.b", [("properties", "a"), ("properties", "b")]),
        ("if .properties.a then .relations.b else .status end", [("properties", "a"), ("relations", "b"), ("status",)]),
        ("{x: .properties.a, y: [.properties.b]}", [("properties", "a"), ("properties", "b")]),
        (".properties | .a", []),
        (".properties.a | .properties.b", [("properties", "a")]),
        ("map(.properties.a)", []),
        (".properties as $p | $p.a", []),
        (".x.properties.a", [("x",)]),
        ('".properties.a"', []),
        (".properties.a # .properties.b", [("properties", "a")]),
        (".properties[.identifier]", []),
        ("broken(.properties.a", []),
        ("'https://x/' + {{identifier}}", []),
    ],
)
def test_only_what_is_surely_read_of_the_entity_counts(text, paths):
    assert [read.path for read in reads(text)] == paths


def test_a_read_knows_its_place():
    assert list(reads('"a" + .properties.name')) == [Read(("properties", "name"), 18)]


def test_an_aggregation_sums_up_numbers():
    team = blueprint(
        "team",
        {"size": {"type": "number"}, "lead": TEXT},
        calculationProperties={"half": {"type": "number", "calculation": ".properties.size / 2"}},
    )

    def summing(key: str) -> Resource:
        spec = {"calculationBy": "property", "func": "sum", "property": key}
        return blueprint("org", aggregationProperties={"a": {"title": "A", "target": "team", "calculationSpec": spec}})

    assert [codes(summing(key), team) for key in ("size", "half", "lead", "sise")] == [
        [],
        [],
        ["aggregation-property"],
        ["aggregation-property"],
    ]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ({"path": ["team", "org"]}, []),
        ({"path": ["team"]}, ["aggregation-path"]),
        ({"path": ["org"]}, ["aggregation-path"]),
        ({"path": ["services", "org"], "fromBlueprint": "org"}, ["aggregation-path"]),
        ({"path": ["service"], "fromBlueprint": "org"}, []),
        ({"path": ["$team", "org"]}, []),
    ],
)
def test_the_path_of_an_aggregation_leads_to_its_target_or_from_it_to_the_owner(one, expected):
    aggregation = {"title": "A", "target": "org", "calculationSpec": COUNT, "pathFilter": [one]}
    service = blueprint("service", relations={"team": {"target": "team"}}, aggregationProperties={"a": aggregation})
    team = blueprint("team", relations={"org": {"target": "org"}})
    org = blueprint("org", relations={"service": {"target": "service"}})

    assert codes(service, team, org) == expected


def test_ownership_is_inherited_from_where_it_is_direct():
    service = blueprint(
        "service", relations={"team": {"target": "team"}}, ownership={"type": "Inherited", "path": "team"}
    )

    assert said(service, blueprint("team", ownership={"type": "Direct"})) == []
    assert said(service, blueprint("team"), blueprint("org", ownership={"type": "Direct"})) == [
        (
            "ownership-path",
            "ownership is inherited from blueprint 'team', whose own ownership is not set",
            "the path must end at a blueprint whose ownership is Direct: org",
        )
    ]


def test_ownership_that_two_blueprints_inherit_from_each_other_is_nobodys():
    inherited = {"type": "Inherited", "path": "to"}
    a = blueprint("a", relations={"to": {"target": "b"}}, ownership=inherited)
    b = blueprint("b", relations={"to": {"target": "a"}}, ownership=inherited)

    assert codes(a, b) == ["ownership-path", "ownership-path"]


def test_a_mapping_writes_to_what_is_there():
    service = blueprint("service", {"name": TEXT}, relations={"part": {"target": "service"}})

    found = said(service, webhook(mapping("service", {"nmae": ".a", "name": ".b"}, {"prat": ".c"}), mapping("srevice")))

    assert sorted(found) == [
        (
            "mapped-blueprint",
            "mapping 2 writes to blueprint 'srevice', which is not in this catalog",
            "did you mean 'service'?",
        ),
        (
            "mapped-property",
            "mapping 1 fills 'nmae', which is not a property of blueprint 'service'",
            "did you mean 'name'?",
        ),
        (
            "mapped-relation",
            "mapping 1 fills relation 'prat', which is not a relation of blueprint 'service'",
            "did you mean 'part'?",
        ),
    ]


def test_a_mapping_may_write_anything_to_what_port_keeps():
    assert said(webhook(mapping("_user", {"any": ".a"}, {"slack": ".b"}))) == []


def test_what_any_mapping_fills_is_filled():
    service = blueprint("service", {"a": TEXT, "b": TEXT, "c": {**TEXT, "default": "x"}})

    assert said(service, webhook(mapping("service", {"a": ".a"}), mapping("service", {"b": ".b"}))) == []


def test_what_no_mapping_fills_stays_empty_unless_another_webhook_is_live():
    service = blueprint("service", {"a": TEXT, "b": TEXT})
    hook = webhook(mapping("service", {"a": ".a"}), mapping("service", operation="delete"))

    assert said(service, hook) == [
        (
            "never-filled",
            "property 'b' stays empty: the mapping does not fill it, and it has no default",
            "map it, or take it out",
        )
    ]
    assert said(service, hook, live={Ref(Kind.WEBHOOK, "another")}) == []


def test_a_blueprint_that_no_mapping_feeds_is_fed_by_something_else():
    service = blueprint("service", {"a": TEXT})

    assert said(service, webhook(mapping("service", operation="delete"))) == []


def test_what_is_required_and_never_filled_is_told_as_such_once():
    body = {"properties": {"a": TEXT}, "required": ["a"]}
    service = Resource.of(Kind.BLUEPRINT, {"identifier": "service", "title": "S", "schema": body})

    found = references.check([service, webhook(mapping("service"), mapping("service"))])

    assert [(one.code, one.severity) for one in found] == [("required-never-filled", Severity.WARNING)]


def test_a_relation_of_many_fed_with_one_id_is_told_how_to_say_so():
    service = blueprint("service", relations={"parts": {"target": "service", "many": True}})

    assert said(service, webhook(mapping("service", None, {"parts": ".item.part.id"}))) == [
        (
            "many-fed-one",
            "relation 'parts' holds many, and mapping 1 gives it one id, which Port wraps",
            "say so: [.item.part.id]",
        )
    ]


@pytest.mark.parametrize(
    ("text", "one"),
    [
        (".item.service.id", True),
        (".body.project.key", True),
        (".body.serviceId", True),
        ('.body["service"]["id"]', True),
        (".body.items[0].name", True),
        (".body.anything | tostring", True),
        (".body.services", False),
        (".body.ids", False),
        ("[.body.id]", False),
        (".body.services | map(.id)", False),
        (".body.services[].id", False),
        (".body.a // .body.id", False),
        ("if .a then .b.id else .c end", False),
    ],
)
def test_only_a_plain_path_to_an_id_gives_one_for_sure(text, one):
    assert gives_one_id(text) is one
