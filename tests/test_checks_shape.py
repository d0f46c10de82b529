"""One resource by itself: what is said about it, in which words, and how loudly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portside.checks import shape
from portside.files.document import documents
from portside.model.resource import Kind
from portside.problems import Severity, Source

SOURCE = Source("x.yaml")


def said(kind: Kind, body: Any) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.message, problem.hint) for problem in shape.check(kind, body, SOURCE)]


def codes(kind: Kind, body: Any) -> list[str]:
    return [code for code, _, _ in said(kind, body)]


def blueprint(properties: Any = None, **more: Any) -> dict[str, Any]:
    return {"identifier": "service", "title": "Service", "schema": {"properties": properties or {}}, **more}


def webhook(*mappings: Any, **more: Any) -> dict[str, Any]:
    return {"identifier": "hook", "title": "Hook", "mappings": list(mappings), **more}


def mapping(**more: Any) -> dict[str, Any]:
    return {"blueprint": "service", "entity": {"identifier": ".body.id"}, **more}


def test_the_smallest_bodies_are_right():
    assert (said(Kind.BLUEPRINT, blueprint()), said(Kind.WEBHOOK, {"identifier": "h", "title": ""})) == ([], [])


def test_a_list_of_mappings_is_told_where_it_goes():
    assert said(Kind.WEBHOOK, [mapping()]) == [
        (
            "wrong-type",
            "the webhook must be an object, and is a list",
            "a list of mappings goes under 'mappings', beside 'identifier' and 'title'",
        )
    ]


def test_there_is_no_integer():
    assert said(Kind.BLUEPRINT, blueprint({"port": {"type": "integer"}})) == [
        (
            "not-allowed",
            "'type' of property 'port' cannot be 'integer'",
            "use 'number' (Port has no integer); also possible: string, boolean, object, array",
        )
    ]


def test_a_date_is_a_date_time():
    (found,) = said(Kind.BLUEPRINT, blueprint({"day": {"type": "string", "format": "date"}}))

    assert found[:2] == ("not-allowed", "'format' of property 'day' cannot be 'date'")
    assert found[2].startswith("use 'date-time'; ")


@pytest.mark.parametrize(("colour", "meant"), [("cyan", "turquoise"), ("gray", "lightGray"), ("Blue", "blue")])
def test_a_colour_that_port_lacks_gets_the_nearest(colour, meant):
    tier = {"type": "string", "enum": ["a"], "enumColors": {"a": colour}}

    (found,) = said(Kind.BLUEPRINT, blueprint({"tier": tier}))

    assert (found[0], found[2].partition(";")[0]) == ("colour", f"use '{meant}'")


def test_to_update_is_to_create():
    assert said(Kind.WEBHOOK, webhook(mapping(operation="upsert"))) == [
        (
            "not-allowed",
            "'operation' of mapping 1 cannot be 'upsert'",
            "use 'create' (create also updates); also possible: delete",
        )
    ]


def test_every_problem_is_shown_at_once():
    body = blueprint(
        {"a": {"type": "int"}, "b": {}, "c d": {"type": "string"}},
        titel="x",
        relations={"r": {"target": "t", "many": True, "required": True}, "s": {"to": "t"}},
    )

    assert sorted(codes(Kind.BLUEPRINT, body)) == [
        "identifier-form",
        "ignored-key",
        "many-and-required",
        "missing-key",
        "missing-key",
        "not-allowed",
        "unknown-key",
    ]


def test_a_format_is_held_against_the_type_it_stands_beside():
    assert said(Kind.BLUEPRINT, blueprint({"port": {"type": "number", "format": "url"}})) == [
        (
            "format-type",
            "property 'port' has format 'url', which does not go with the rest of it",
            "'url' goes with type string",
        )
    ]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"calculationBy": "entities", "func": "average"}, "'calculationSpec' of aggregation 'a' has no 'averageOf'"),
        ({"calculationBy": "property", "func": "sum"}, "'calculationSpec' of aggregation 'a' has no 'property'"),
        ({"calculationBy": "entities", "func": "sum"}, "'calculationSpec.func' of aggregation 'a' cannot be 'sum'"),
        ({"calculationBy": "property", "func": "count"}, "'calculationSpec.func' of aggregation 'a' cannot be 'count'"),
        (
            {"calculationBy": "entities", "func": "count", "property": "p"},
            "'property' is not a key of 'calculationSpec' of aggregation 'a'",
        ),
        (
            {"calculationBy": "entity", "func": "count"},
            "'calculationSpec.calculationBy' of aggregation 'a' cannot be 'entity'",
        ),
        ({"func": "count"}, "'calculationSpec' of aggregation 'a' has no 'calculationBy'"),
    ],
)
def test_an_aggregation_is_held_against_the_form_it_means(spec, message):
    body = blueprint(aggregationProperties={"a": {"title": "A", "target": "t", "calculationSpec": spec}})

    assert [found[1] for found in said(Kind.BLUEPRINT, body)] == [message]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            {"property": "p", "operator": ">", "value": "soon"},
            "'query.rules[0].value' of aggregation 'a' is 'soon', which is not a moment",
        ),
        (
            {"property": "p", "operator": "isEmpty", "value": 1},
            "'value' is not a key of 'query.rules[0]' of aggregation 'a'",
        ),
        (
            {"property": "p", "operator": "between", "value": {"preset": "lastYear"}},
            "'query.rules[0].value.preset' of aggregation 'a' cannot be 'lastYear'",
        ),
        ({"property": "p", "operator": "="}, "'query.rules[0]' of aggregation 'a' has no 'value'"),
        (
            {"property": "p", "operator": "in", "value": ["a", 1]},
            "'query.rules[0].value[1]' of aggregation 'a' must be a string, and is a number",
        ),
        ({"operator": "relatedTo", "value": "x"}, "'query.rules[0]' of aggregation 'a' has no 'blueprint'"),
        ({"combinator": "and"}, "'query.rules[0]' of aggregation 'a' has no 'rules'"),
    ],
)
def test_a_rule_is_held_against_the_form_it_means(rule, message):
    spec = {"calculationBy": "entities", "func": "count"}
    query = {"combinator": "and", "rules": [rule]}
    body = blueprint(
        aggregationProperties={"a": {"title": "A", "target": "t", "calculationSpec": spec, "query": query}}
    )

    assert message in [found[1] for found in said(Kind.BLUEPRINT, body)]


def test_empty_icons_and_descriptions_are_no_problem():
    body = blueprint({"a": {"type": "string", "icon": None, "description": ""}}, icon=None, description=None)

    assert said(Kind.BLUEPRINT, body) == []


def test_what_port_answers_can_be_pasted():
    answered = {"createdAt": "2024-05-19T17:55:29Z", "updatedBy": "x", "id": "wb_1"}

    assert codes(Kind.BLUEPRINT, blueprint(**answered)) == []
    assert codes(Kind.WEBHOOK, webhook(mapping(), **answered, webhookKey="k", url="https://ingest.getport.io/k")) == []


def test_a_key_of_a_newer_port_is_none_of_our_business():
    assert said(Kind.BLUEPRINT, blueprint({"a": {"type": "string", "sparkle": True}}, futureKey={"a": 1})) == []


def test_a_slip_in_an_open_object_is_a_warning():
    problems = shape.check(Kind.BLUEPRINT, blueprint({"a": {"type": "string", "enumColor": {}}}), SOURCE)

    assert [(one.code, one.severity, one.hint) for one in problems] == [
        ("ignored-key", Severity.WARNING, "did you mean 'enumColors'?")
    ]


@pytest.mark.parametrize(
    ("definition", "default", "reason"),
    [
        ({"type": "number"}, True, "takes a number, and true is a boolean"),
        ({"type": "boolean"}, "true", 'takes true or false, and "true" is a text'),
        ({"type": "string"}, 2, "takes a text, and 2 is a number"),
        ({"type": "string", "minLength": 3}, "ab", "takes at least 3 characters, and not 2"),
        ({"type": "number", "exclusiveMaximum": 3}, 3, "takes less than 3, and not 3"),
        ({"type": "array", "maxItems": 1}, [1, 2], "takes at most 1 elements, and not 2"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "takes each element once, and 1 is there twice"),
        (
            {"type": "array", "items": {"format": "url", "type": "string"}},
            ["x"],
            'in element 0 takes a URL, and not "x"',
        ),
        ({"type": "string", "format": "ipv4"}, "localhost", 'takes an IPv4 address, and not "localhost"'),
        ({"type": "string", "enum": ["gold"]}, "golden", 'takes one of "gold", and not "golden"'),
    ],
)
def test_a_default_must_be_a_value_of_its_property(definition, default, reason):
    (found,) = said(Kind.BLUEPRINT, blueprint({"a": {**definition, "default": default}}))

    assert found[0] == "default-misfit"
    assert found[1] == f"the default {json.dumps(default)} is no value of property 'a', which {reason}"


def test_a_value_of_an_enum_must_be_of_its_propertys_type():
    assert said(Kind.BLUEPRINT, blueprint({"a": {"type": "number", "enum": [1, "2"]}})) == [
        (
            "enum-misfit",
            'the enum\'s "2" is no value of property \'a\', which takes a number, and "2" is a text',
            "no entity can have it",
        )
    ]


@pytest.mark.parametrize(
    "definition",
    [
        {"type": "string", "default": None},
        {"type": "string", "format": "user", "default": "somebody"},
        {"type": "string", "format": "url", "default": "http://localhost:3000"},
        {"type": "number", "default": 0, "minimum": 0},
        {"type": "array", "default": []},
        {"type": "string", "pattern": "^\\p{L}+$", "default": "Größe"},
        {"type": "string", "pattern": "^[\\w-]+\\_x$", "default": "a_x"},
        {"type": "number", "enum": [1, 2.0], "enumColors": {"1": "red", "2": "green"}, "default": 1},
        {"type": "array", "items": {"type": "string", "enum": ["a"]}, "enumColors": {"a": "red"}},
        {"type": "array", "enum": ["a", "b"], "default": ["a"]},
    ],
)
def test_a_definition_that_makes_sense_is_left_alone(definition):
    assert said(Kind.BLUEPRINT, blueprint({"a": definition})) == []


def test_a_secret_is_never_repeated():
    problems = shape.check(Kind.WEBHOOK, webhook(security={"secret": "hunter2"}), SOURCE)

    assert [one.code for one in problems] == ["literal-secret"]
    assert "hunter2" not in repr(problems)


def test_the_name_of_a_secret_is_no_secret():
    assert said(Kind.WEBHOOK, webhook(security={"secret": "${HOOK_SECRET}"})) == []


@pytest.mark.parametrize(
    ("security", "asked"),
    [
        ({"signatureHeaderName": "x-signature"}, "signatureHeaderName"),
        ({"signatureAlgorithm": "plain", "secret": ""}, "signatureAlgorithm"),
        ({"signatureHeaderName": "x-signature", "signatureAlgorithm": "sha256", "secret": None}, "signatureHeaderName"),
    ],
)
def test_a_signature_that_no_secret_can_verify_is_a_warning(security, asked):
    (found,) = shape.check(Kind.WEBHOOK, webhook(security=security), SOURCE)

    assert (found.code, found.severity) == ("secret-missing", Severity.WARNING)
    assert found.message == (
        f"'{asked}' asks for signed deliveries, and without a 'secret' beside it no signature can be verified"
    )
    assert found.hint == (
        "write 'secret: ${PORTSIDE_SECRET_HOOK}', or another name; Port returns no secret, so a pulled file has none"
    )


@pytest.mark.parametrize(
    "security",
    [
        {},
        {"secret": None, "signatureHeaderName": None, "signatureAlgorithm": None},
        {"secret": "${HOOK_SECRET}", "signatureHeaderName": "x-signature", "signatureAlgorithm": "sha256"},
        {"requestIdentifierPath": ".body.id"},
    ],
)
def test_a_webhook_that_asks_for_no_signature_or_can_verify_it_is_left_alone(security):
    assert said(Kind.WEBHOOK, webhook(security=security)) == []


def test_a_misspelt_filter_beside_a_delete_is_told_although_port_takes_it():
    assert said(Kind.WEBHOOK, webhook(mapping(operation="delete", fliter=".body.gone"))) == [
        ("ignored-key", "Port passes over 'fliter', which is not a key of mapping 1", "did you mean 'filter'?")
    ]


HINTS: list[tuple[Any, str, str]] = [
    (
        {"squad": {"target": "team"}},
        "property 'squad' has no 'type'",
        "a relation stands under 'relations', beside 'schema'",
    ),
    ({"format": "url"}, "property 'format' must be an object, and is a string",
     "'format' is a key of a property: indent it further, or move it into one"),
    ({"size": None}, "property 'size' must be an object, and is empty", "give it a type: 'size: {type: string}'"),
    ({"size": "number"}, "property 'size' must be an object, and is a string", "write 'size: {type: number}'"),
    ({"size": "type:number"}, "property 'size' must be an object, and is a string",
     "an ordinary space is missing behind the ':'"),
    ({"size": {"type": "number", "required": True}},
     "'required' of property 'size' must be a list, and is true or false", "list 'size' under 'schema.required'"),
    ({"notes": {"type": "markdown"}}, "'type' of property 'notes' cannot be 'markdown'",
     "write 'type: string' and 'format: markdown'"),
    ({"properties": {"size": {"type": "number"}}}, "property 'properties' has no 'type'",
     "'properties' stands inside of 'properties' here: take one of the two out"),
    ({"link": {"type": "string", "calculation": ".identifier"}},
     "Port passes over 'calculation', which is not a key of property 'link'",
     "what Port works out with jq stands under 'calculationProperties', beside 'schema'"),
    ({"tier": {"type": "string", "enum": "gold", "enumColors": {"gold": "red"}}},
     "'enum' of property 'tier' must be a list, and is a string", ""),
]  # fmt: skip


@pytest.mark.parametrize(("properties", "message", "hint"), HINTS)
def test_a_slip_among_the_properties_is_told_once_with_what_was_meant(properties, message, hint):
    assert [(message, hint) for _, message, hint in said(Kind.BLUEPRINT, blueprint(properties))] == [(message, hint)]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"identifier": "a", "title": "A", "mappings": []}, "this looks like a webhook"),
        ({"identifier": "a", "title": "A", "blueprint": "service"}, "this looks like an entity"),
        ({"identifier": "a", "title": "A", "properties": {}}, "move 'properties' into it"),
    ],
)
def test_what_is_no_blueprint_is_told_what_it_looks_like(body, hint):
    assert next(text for code, _, text in said(Kind.BLUEPRINT, body) if code == "missing-key").startswith(hint)


@pytest.mark.parametrize(
    ("kind", "body", "hint"),
    [
        (Kind.BLUEPRINT, {"ok": True, "blueprint": blueprint()}, "keep only what stands under 'blueprint'"),
        (Kind.BLUEPRINT, {"blueprints": [blueprint()]}, "each of its entries is a document of its own"),
        (Kind.WEBHOOK, {"ok": True, "integration": webhook()}, "keep only what stands under 'integration'"),
    ],
)
def test_an_answer_of_the_api_is_told_by_one_sentence(kind, body, hint):
    assert [(code, text) for code, _, text in said(kind, body)] == [("wrapped-resource", hint)]


def test_a_misspelt_key_that_is_needed_is_told_where_it_is_written():
    source = documents("identifier: a\ntitel: A\nschema: {properties: {}}\n", "a.yaml")[0][0]

    found = shape.check(Kind.BLUEPRINT, source.value, source.source)

    assert [(one.code, str(one.place), one.hint) for one in found] == [
        ("ignored-key", "a.yaml:2:1", "did you mean 'title'?"),
        ("missing-key", "a.yaml:2:1", "is 'titel' meant to be it?"),
    ]


def test_required_is_not_held_against_properties_that_are_misspelt():
    body = {"identifier": "a", "title": "A", "schema": {"propertes": {"a": {"type": "string"}}, "required": ["a"]}}

    assert codes(Kind.BLUEPRINT, body) == ["missing-key", "unknown-key"]


@pytest.mark.parametrize(("word", "meant"), [("yes", "true"), ("off", "false"), ("No", "false")])
def test_words_that_yaml_1_1_took_for_truth_values_are_told(word, meant):
    relations = {"team": {"target": "team", "required": word}}

    assert [hint for _, _, hint in said(Kind.BLUEPRINT, blueprint(relations=relations))] == [
        f"write {meant}: in YAML 1.2 '{word.lower()}' is a text"
    ]


def test_a_webhook_whose_signature_is_left_empty_asks_for_none():
    security = {"secret": "", "signatureHeaderName": "", "signatureAlgorithm": "sha256", "requestIdentifierPath": ""}

    assert codes(Kind.WEBHOOK, webhook(security=security)) == []


def test_what_belongs_under_properties_is_sent_there():
    entity = {"identifier": ".body.id", "tier": ".body.tier", "filter": "true"}

    assert [hint for _, _, hint in said(Kind.WEBHOOK, webhook(mapping(entity=entity)))] == [
        "'filter' stands beside 'entity', not in it",
        "properties stand under 'properties', relations under 'relations'",
    ]
