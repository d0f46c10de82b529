"""What expressions can give, inferred from what their input can be."""

from __future__ import annotations

from typing import Any

import pytest

from portside.jq.inference.infer import infer
from portside.jq.inference.inferred import ALWAYS, MAYBE, NO
from portside.jq.syntax import read
from portside.jq.types import (
    ANY,
    BOOLEAN,
    NEVER,
    NULL,
    NUMBER,
    STRING,
    closed,
    list_of,
    nullable,
    of,
    open_,
    shown,
    strings,
    union,
)

TRIGGERED = {"type": "incident", "id": "P1", "n": 3, "priority": None, "assignees": [{"summary": "Ann"}]}
ANNOTATED = {"type": "incident_note", "id": "N1", "priority": {"summary": "High"}, "assignees": []}
BOTH = union(of({"data": TRIGGERED}), of({"data": ANNOTATED}))
DATA = open_(
    {"type": STRING, "n": NUMBER, "priority": nullable(open_({"summary": STRING})), "tags": list_of(STRING)},
    {"note": STRING},
)


def gives(text: str, given: Any = BOTH) -> str:
    """The type in words, and what else there is to know."""
    found = infer(read(text), given)
    fails = {NO: "", MAYBE: ", or fails", ALWAYS: f", fails: {found.message}"}[found.fails]
    empty = {NO: "", MAYBE: ", or nothing", ALWAYS: ", never anything"}[found.empty]
    return shown(found.type) + fails + empty + (", many" if found.many else "")


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        (".data.id", '"N1" or "P1"'),
        (".data.n", "3 or null"),
        (".data.titel", "null"),
        (".data.priority.summary", '"High" or null'),
        (".data.assignees", "a list of objects"),
        (".data.assignees[0].summary", '"Ann" or null'),
        (".data.id.x", 'nothing, fails: Cannot index string with string ("x")'),
        (".data.assignees.summary", 'nothing, fails: Cannot index array with string ("summary")'),
        (".data.priority[]", '"High", or fails'),
        (".data.assignees[].summary", '"Ann", or nothing, many'),
        ("[.data.assignees[].summary]", "a list of strings"),
        (".data.assignees | map(.summary) | join(\", \")", "a string"),
        (".data.id // 'none'", '"N1" or "P1"'),
        (".data.n // 0", "0 or 3"),
        (".data.titel // 'none'", '"none"'),
        (".data.type == 'incident'", "a boolean"),
        (".data.type == 'service'", "false"),
        (".data.type | startswith(\"incident\")", "true"),
        ("'PD-' + .data.id", '"PD-N1" or "PD-P1"'),
        (".data.n + 1", "1 or 4"),
        (".data.id + 1", 'nothing, fails: string ("N1") and number (1) cannot be added'),
        ("{id: .data.id}", "an object"),
        ("'\\(.data.id): \\(.data.n)'", '"N1: 3", "N1: null", "P1: 3" or "P1: null"'),
        (".data | select(.type == \"incident\") | .type", '"incident", or nothing'),
        (".data | select(.type == \"service\")", "nothing, never anything"),
        (".data.id | tonumber?", "nothing, never anything"),
        ("[.data.id, .data.n] | length", "2"),
        (".data.assignees | length", "a number"),
        ("now | todate", "a date-time string, or fails"),
        ("empty", "nothing, never anything"),
        ("reduce .data as $x (0; . + 1)", "anything, or fails, or nothing, many"),
    ],
)  # fmt: skip
def test_an_expression_over_two_known_deliveries(text: str, type_: str):
    assert gives(text) == type_


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        (".type", "a string"),
        (".note", "string or null"),
        (".other", "anything"),
        (".priority.summary", "string or null"),
        (".tags[0]", "string or null"),
        (".tags | join(\",\")", "a string"),
        (".tags | sort | unique | map(ascii_downcase)", "a list of strings"),
        (".tags | first", "string or null"),
        (".type | ascii_downcase | split(\"_\") | .[0]", "string or null"),
        (".type | test(\"^incident\")", "a boolean"),
        (".type | gsub(\"_\"; \"-\")", "a string"),
        (".type | gsub(\"(\"; \"-\")", "a string, or fails"),
        (".n | tostring", "a string"),
        (".n | todate", "a date-time string, or fails"),
        (".type | tonumber", "a number, or fails"),
        (".note | ascii_downcase", "a string, or fails"),
        (".note | length", "a number"),
        (".priority | keys", "a list of strings, or fails"),
        (".tags | IN([])", "a boolean"),
        (".n | startswith(\"x\")", "nothing, fails: startswith does not take a number"),
        (".tags | any(. == \"x\")", "a boolean"),
        ("{(.type): .n} | to_entries | map(.value)", "a list of numbers"),
        (".tags | with_entries(.value |= 1)", "an object, or fails"),
        ("try error(\"x\") catch .", "anything"),
        (". as {n: $n} | $n", "a number"),
        ("env", "an empty object"),
        (".type | @base64", "a string"),
        ("[..] | length", "a number"),
        (".tags | first(.[])", "a string, or nothing"),
        (".tags | group_by(.)", "a list of lists"),
        (".tags | map({name: .}) | max_by(.name) | .name", "string or null"),
        ("isempty(.tags[])", "a boolean"),
        (".tags | add", "string or null"),
    ],
)  # fmt: skip
def test_an_expression_over_a_declared_shape(text: str, type_: str):
    assert gives(text, DATA) == type_


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("if .priority == null then 'none' else .priority.summary end", "a string"),
        ("if .priority then .priority.summary else 1 end", "string or 1"),
        ("if .priority | not then 1 else .priority.summary end", "string or 1"),
        ("if .priority.summary != null then .priority.summary else 1 end", "string or 1"),
        ("if (.priority | type) == \"object\" then .priority.summary else 1 end", "string or 1"),
        (".priority | if type == \"object\" then .summary else 1 end", "string or 1"),
        ("if has(\"note\") then .note else 1 end", "string or 1"),
        ("if has(\"note\") | not then .note else 1 end", "1 or null"),
        ("if .note == null or .priority == null then 1 else .note + .priority.summary end", "string or 1"),
        ("if .note and .priority then .note + .priority.summary else 1 end", "string or 1"),
        (". as $x | if $x.note == null then 1 else $x.note end", "string or 1"),
        ("select(.type == \"a\" or .type == \"b\") | .type", '"a" or "b", or nothing'),
        (".type | select(IN(\"a\", \"b\"))", "a string, or nothing"),
        ("select(.note) | .note", "a string, or nothing"),
        (".note | select(. != null)", "a string, or nothing"),
        (".note | strings", "a string, or nothing"),
        ("[.note, .n] | map(values)", "a list"),
        (".note // .type", "a string"),
        (".note | select(type == \"number\")", "nothing, never anything"),
        ("if .type == \"a\" and .type == \"b\" then 1 else 2 end", "2"),
        ("(.note | length) > 0 and (.note | startswith(\"x\"))", "a boolean"),
    ],
)  # fmt: skip
def test_a_condition_narrows_what_stands_below_it(text: str, type_: str):
    assert gives(text, DATA) == type_


def test_unknown_input_is_narrowed_too():
    assert gives('if .a.b == "x" then .a.b else (.a.c | strings) end', ANY) == "a string, or fails, or nothing"
    assert gives('select(.kind == "x") | .kind', ANY) == '"x", or fails, or nothing'


def test_a_trace_says_what_every_node_gets_and_gives():
    node = read(".data.priority.summary // 'none'")

    seen = infer(node, BOTH, trace=True).at

    assert [(one.node.start, one.node.end, shown(one.inferred.type)) for one in seen] == [
        (0, 1, "an object"),
        (0, 5, "an object"),
        (0, 14, "object or null"),
        (0, 22, '"High" or null'),
        (26, 32, '"none"'),
        (0, 32, '"High" or "none"'),
    ]  # fmt: skip


def test_a_trace_shows_only_what_the_author_wrote_and_what_is_reached():
    text = 'if .data.type == "x" then .never else (.data.assignees | any(.summary == "Ann")) end'

    seen = infer(read(text), of({"data": TRIGGERED}), trace=True).at

    reached = [text[one.node.start : one.node.end] for one in seen]
    assert ".never" not in reached
    assert [one.given for one, part in zip(seen, reached, strict=True) if part == '.summary == "Ann"'] == [
        of({"summary": "Ann"})
    ]


def test_each_output_is_known_while_their_number_is():
    found = infer(read(".[] | select(. > 1) | . * 10"), of([1, 2, 3]))

    assert (found.each, found.many, found.fails) == ((of(20), of(30)), True, NO)


def test_a_variable_from_outside_has_the_type_that_is_given():
    inner = read(". as $x | $x.a").body

    assert infer(inner, NULL, {"x": closed({"a": BOOLEAN})}).type == BOOLEAN


def test_what_fails_after_an_output_still_gives_it():
    found = infer(read('1, error("x")'), NULL)

    assert (found.type, found.fails, found.message) == (of(1), ALWAYS, "x")


def test_what_comes_after_what_always_fails_is_never_reached():
    found = infer(read('error("no") | .a'), NULL, trace=True)

    assert (found.type, found.message) == (NEVER, "no")
    assert [shown(one.given) for one in found.at if one.node.end == len('error("no") | .a')] == ["null"]


def test_values_stay_known_through_functions():
    assert gives('[.[] | ascii_upcase] | join("-")', of(["a", "b"])) == '"A-B"'
    assert infer(read("with_entries(.value += 1)"), of({"a": 1})).fails is MAYBE
    assert infer(read("to_entries"), of({"a": 1})).type == of([{"key": "a", "value": 1}])
    assert infer(read("sort_by(.n) | .[0].n"), of([{"n": 2}, {"n": 1}])).type == union(of(1), of(2))


def test_many_streams_in_one_another_take_little_time():
    text = " | ".join(["(., ., ., .)"] * 12)

    assert infer(read(text), of("a")).type == of("a")


def test_strings_of_a_format_keep_it():
    found = infer(read(".at // (now | todate)"), closed({"at": nullable(strings(format="date-time"))}))

    assert found.type == strings(format="date-time")
