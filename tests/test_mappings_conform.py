"""Does an entity fit its blueprint?"""

from __future__ import annotations

from typing import Any

import pytest

from builders import blueprint
from portside import codes
from portside.mappings.conform import BREAKS, identifier_misfit, lacking, misfits, query_misfit, wrapped
from portside.model.blueprint import Blueprint

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
LIST: dict[str, Any] = {"type": "array"}


def of_property(definition: Any, value: Any) -> list[tuple[str, str]]:
    found = misfits(Blueprint(blueprint("b", properties={"p": definition})), {"properties": {"p": value}})
    return [(misfit.code, misfit.message.removeprefix("property 'p' ")) for misfit in found]


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (TEXT, ""),
        (TEXT, None),
        (NUMBER, 1.5),
        ({"type": "boolean"}, False),
        ({"type": "object"}, {"any": ["thing"]}),
        (LIST, [1, "a", None]),
        ({**TEXT, "format": "date-time"}, "2022-04-18T11:44:15.345Z"),
        ({**TEXT, "format": "date-time"}, "2022-04-18T11:44:15+02:00"),
        ({**TEXT, "format": "url"}, "https://example.com/ü?a=b#c"),
        ({**TEXT, "format": "email"}, "a@b.c"),
        ({**TEXT, "format": "ipv4"}, "10.0.0.1"),
        ({**TEXT, "format": "ipv6"}, "::1"),
        ({**TEXT, "format": "user"}, "Ada"),
        ({**TEXT, "format": "markdown"}, "# x"),
        ({**TEXT, "enum": ["a", "b"]}, "b"),
        ({**NUMBER, "enum": [1, 2]}, 2.0),
        ({**TEXT, "pattern": r"^\p{L}+$"}, "Größe"),
        ({**TEXT, "minLength": 1, "maxLength": 2}, "😀😀"),
        ({**NUMBER, "minimum": 1, "exclusiveMaximum": 2}, 1),
        ({**LIST, "items": TEXT, "minItems": 1}, ["a"]),
        ({**LIST, "items": {**TEXT, "enum": ["a"]}}, ["a"]),
        ({**LIST, "uniqueItems": True}, [1, True, "1"]),
        ({"type": "object", "format": "labeled-url"}, {"url": "x", "displayText": "y"}),
        ({"type": "object", "properties": {"a": TEXT}, "required": ["a"]}, {"a": "x"}),
        ({"type": "object", "properties": {"a": {"pattern": r"^\p{L}+$"}}, "description": None}, {"a": "Größe"}),
    ],
)
def test_what_fits(definition: Any, value: Any):
    assert of_property(definition, value) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"type": "text"}}},
        {"properties": {"a": {"$ref": "https://example.com/a.json"}}},
        {"properties": {"a": {"$ref": "#/definitions/gone"}}},
        {"patternProperties": {r"^\p{L}$": TEXT}},
        {"properties": 3},
    ],
)
def test_a_schema_that_says_nothing_certain_is_held_against_no_object(schema: Any):
    assert of_property({"type": "object", **schema}, {"a": 1}) == []


@pytest.mark.parametrize(
    ("definition", "value", "code", "message"),
    [
        (TEXT, 3, "value-type", "takes a text, and 3 is a number; `| tostring` makes it one"),
        (TEXT, ["a"], "value-type", 'takes a text, and ["a"] is a list'),
        (NUMBER, "3", "value-type", 'takes a number, and "3" is a text; `| tonumber` makes it one'),
        (NUMBER, True, "value-type", "takes a number, and true is a boolean"),
        ({"type": "boolean"}, 1, "value-type", "takes true or false, and 1 is a number"),
        ({"type": "object"}, [], "value-type", "takes an object, and [] is a list"),
        (LIST, {}, "value-type", "takes a list, and {} is an object"),
        ({**LIST, "items": TEXT}, ["a", 1], "value-type",
         "in element 1 takes a text, and 1 is a number; `| tostring` makes it one"),
        ({**TEXT, "enum": ["a", "b"]}, "c", "value-enum", 'takes one of "a", "b", and not "c"'),
        ({**NUMBER, "enum": [1]}, 0, "value-enum", "takes one of 1, and not 0"),
        ({**TEXT, "format": "date-time"}, "2024-02-02T14:21:35", "value-format",
         'takes a moment such as 2024-05-19T17:55:29Z, and not "2024-02-02T14:21:35"'),
        ({**TEXT, "format": "timer"}, "soon", "value-format",
         'takes a moment such as 2024-05-19T17:55:29Z, and not "soon"'),
        ({**TEXT, "format": "url"}, "example.com", "value-format", 'takes a URL, and not "example.com"'),
        ({**TEXT, "format": "email"}, "ada", "value-format", 'takes an e-mail address, and not "ada"'),
        ({**TEXT, "format": "ipv4"}, "10.0.0.256", "value-format", 'takes an IPv4 address, and not "10.0.0.256"'),
        ({**TEXT, "format": "ipv6"}, "10.0.0.1", "value-format", 'takes an IPv6 address, and not "10.0.0.1"'),
        ({**TEXT, "pattern": "^a"}, "b", "value-pattern", 'takes what matches ^a, and not "b"'),
        ({**TEXT, "minLength": 2}, "a", "value-bounds", "takes at least 2 characters, and not 1"),
        ({**TEXT, "maxLength": 2}, "abc", "value-bounds", "takes at most 2 characters, and not 3"),
        ({**NUMBER, "minimum": 1}, 0, "value-bounds", "takes at least 1, and not 0"),
        ({**NUMBER, "maximum": 1}, 2, "value-bounds", "takes at most 1, and not 2"),
        ({**NUMBER, "exclusiveMinimum": 1}, 1, "value-bounds", "takes more than 1, and not 1"),
        ({**NUMBER, "exclusiveMaximum": 1}, 1, "value-bounds", "takes less than 1, and not 1"),
        ({**LIST, "minItems": 1}, [], "value-bounds", "takes at least 1 elements, and not 0"),
        ({**LIST, "uniqueItems": True}, [{"a": 1}, {"a": 1}], "value-bounds",
         'takes each element once, and {"a": 1} is there twice'),
        ({"type": "object", "format": "labeled-url"}, {"link": "x"}, "value-format",
         'takes an object with a `url`, and not {"link": "x"}'),
        ({"type": "object", "properties": {"a": TEXT}}, {"a": 1}, "value-schema",
         "does not fit its own schema in 'a': 1 is not of type 'string'"),
        ({"type": "object", "properties": {"a": {"pattern": r"^\p{L}+$"}}}, {"a": "1"}, "value-schema",
         r"does not fit its own schema in 'a': '1' does not match '^\p{L}+$'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_says_what_is_taken(definition: Any, value: Any, code: str, message: str):
    assert of_property(definition, value) == [(code, message)]


def of_fields(**fields: Any) -> list[tuple[Any, str]]:
    known = blueprint(
        "b",
        properties={"p": "string", "must": "string"},
        required=("must",),
        relations={"one": "t", "many": {"target": "t", "many": True}, "need": {"target": "t", "required": True}},
        calculationProperties={"sum": {"calculation": ".x", "type": "number"}},
    )
    return [(misfit.route, misfit.code) for misfit in misfits(Blueprint(known), fields)]


def test_every_misfit_is_told():
    found = of_fields(
        title=1,
        icon=["x"],
        team=["a", 2],
        properties={"must": None, "p": 1, "unknown": None, "sum": 1},
        relations={"one": ["a"], "many": "a", "need": None, "unknown": "a"},
    )

    assert found == [
        (("title",), "value-type"),
        (("icon",), "value-type"),
        (("team",), "value-type"),
        (("properties", "must"), "value-required"),
        (("properties", "p"), "value-type"),
        (("properties", "unknown"), "unknown-property"),
        (("properties", "sum"), "unknown-property"),
        (("relations", "one"), "relation-single"),
        (("relations", "need"), "value-required"),
        (("relations", "unknown"), "unknown-relation"),
    ]


@pytest.mark.parametrize(
    "value", ["a", None, {"combinator": "and", "rules": [{"property": "p", "operator": "=", "value": 1}]}]
)
def test_what_a_relation_to_one_takes(value: Any):
    assert of_fields(relations={"one": value}) == []


@pytest.mark.parametrize("value", [1, True, "a b", "", ["a", None], ["a", 1]])
def test_a_relation_takes_identifiers_only(value: Any):
    assert of_fields(relations={"many": value}) == [(("relations", "many"), "relation-type")]


def test_a_lone_scalar_is_wrapped_and_noted():
    known = Blueprint(
        blueprint(
            "b", properties={"list": "array", "text": "string"}, relations={"many": {"target": "t", "many": True}}
        )
    )

    fields, notes = wrapped(known, {"title": "t", "properties": {"list": 1, "text": "x"}, "relations": {"many": "a"}})

    assert fields == {"title": "t", "properties": {"list": [1], "text": "x"}, "relations": {"many": ["a"]}}
    assert [(note.route, note.code) for note in notes] == [
        (("properties", "list"), "wrapped"),
        (("relations", "many"), "wrapped"),
    ]


@pytest.mark.parametrize("value", [None, ["a"], {"a": 1}])
def test_nothing_else_is_wrapped(value: Any):
    known = Blueprint(blueprint("b", properties={"list": "array"}))

    assert wrapped(known, {"properties": {"list": value}}) == ({"properties": {"list": value}}, ())


def test_what_is_required_is_judged_on_the_whole_entity():
    known = Blueprint(
        blueprint("b", properties={"p": "string"}, required=("p",), relations={"r": {"target": "t", "required": True}})
    )

    assert lacking(known, {"p": ""}, {"r": "a"}) == ()
    assert [misfit.route for misfit in lacking(known, {"p": None}, {})] == [("properties", "p"), ("relations", "r")]


@pytest.mark.parametrize("value", ["a", "Ünïcode-日本", r"@_.+:\/=-9", "...", "x" * 1000])
def test_identifiers(value: str):
    assert identifier_misfit(value) is None


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (None, "identifier-missing", "the identifier is null"),
        ("", "identifier-missing", "the identifier is an empty text"),
        (7, "identifier-type", "the identifier 7 is a number and not a text; add `| tostring`"),
        (["a"], "identifier-type", 'the identifier ["a"] is a list and not a text'),
        ("..", "identifier-pattern", "the identifier '..' is one of the two that Port does not take"),
        ("a b", "identifier-pattern", 'the identifier "a b" has " ", which Port takes in no identifier'),
        ("a²", "identifier-pattern", 'the identifier "a²" has "²", which Port takes in no identifier'),
        ("x" * 1001, "identifier-pattern", "the identifier has 1001 characters; Port takes 1000"),
    ],
)
def test_what_is_no_identifier(value: Any, code: str, message: str):
    assert identifier_misfit(value) == (code, message)


@pytest.mark.parametrize(
    "query",
    [
        "x",
        {"rules": []},
        {"combinator": "xor", "rules": [{"property": "p", "operator": "=", "value": 1}]},
        {"combinator": "and", "rules": []},
        {"combinator": "and", "rules": ["x"]},
        {"combinator": "and", "rules": [{"property": 1, "operator": "=", "value": 1}]},
        {"combinator": "and", "rules": [{"property": "p", "operator": ">", "value": 1}]},
        {"combinator": "and", "rules": [{"combinator": "or", "rules": []}]},
    ],
)
def test_what_is_no_search(query: Any):
    found = query_misfit(query)

    assert found
    assert found[0] == "query-shape"


def test_every_class_of_misfit_is_written_down():
    assert codes.SWALLOWED.keys() >= BREAKS
