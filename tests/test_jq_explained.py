"""An expression as a tree of what happened: what ran, on what, and where it turned null."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from portside.jq import explained, syntax
from portside.jq.slices import Given, Outputs
from portside.jq.syntax import NotJq
from portside.jq.types import Type, of, shown, union
from portside.jq.walk import STEP_LIMIT, Step
from portside.model.resource import same

MANUAL = json.loads((Path(__file__).parent / "payloads" / "jq" / "manual.json").read_text())
INCIDENT = {"title": "Slow", "priority": None, "teams": [{"id": "T1", "name": None}, {"id": "T2", "name": "Ops"}]}


def tree(text: str, value: object = INCIDENT, known: Type | None = None) -> list[str]:
    """A line a part: its place in the tree, its role, the part, what it gave, what is said of it."""
    return list(_lines(explained.explain(text, Given(value), known), ""))


def types(text: str, *known: object) -> list[str]:
    """As tree, without an input: the type in place of the value."""
    return list(_lines(explained.explain(text, None, union(*map(of, known)) if known else None), ""))


def _lines(step: Step, indent: str) -> Iterator[str]:
    role = f"[{step.label}] " if step.label else ""
    note = f" ({step.note})" if step.note else ""
    yield f"{indent}{role}{step.text} → {_gave(step)}{note}"
    for below in step.steps:
        yield from _lines(below, f"{indent}  ")


def _gave(step: Step) -> str:
    if step.outputs is None:
        return shown(step.type) if step.type else "?"
    values = [json.dumps(value) for value in step.outputs.values]
    return ", ".join([*values, *([f"error {step.outputs.error}"] if step.outputs.error else [])]) or "nothing"


def test_a_path_that_gives_something_has_nothing_to_tell():
    assert tree(".title") == ['.title → "Slow"']


def test_a_path_that_gives_null_tells_the_segment_where_it_became_so():
    assert tree(".priority.summary.text") == [
        ".priority.summary.text → null",
        "  .priority → null (null here)",
    ]


def test_a_null_that_the_delivery_holds_needs_no_words():
    assert tree(".priority") == [".priority → null"]


def test_a_key_that_is_not_there_is_told_with_its_nearest_neighbour_or_those_there_are():
    assert tree(".titel") == [".titel → null (there is no 'titel'; did you mean 'title'?)"]
    assert tree(".x.y") == [
        ".x.y → null",
        "  .x → null (there is no 'x', only title, priority, teams)",
    ]


def test_a_key_that_other_deliveries_have_is_not_called_misspelt():
    known = union(of(INCIDENT), of({**INCIDENT, "titel": "Long"}))

    assert tree(".titel", known=known) == [".titel → null (there is no 'titel' in this one)"]


def test_an_index_beyond_the_end_and_an_empty_list_are_told():
    assert tree(".teams[2].id") == [".teams[2].id → null", "  .teams[2] → null (it has 2 elements)"]
    assert tree(".a[]", {"a": []}) == [".a[] → nothing (it is empty)"]


def test_an_error_is_told_where_it_happened():
    assert tree(".title.x.y") == [
        '.title.x.y → error Cannot index string with string ("x")',
        '  .title.x → error Cannot index string with string ("x")',
    ]
    assert tree(".title?.x?.y") == [
        ".title?.x?.y → nothing",
        "  .title?.x? → nothing (it failed, and ? gives nothing)",
    ]


def test_what_a_key_asks_for_is_a_part_of_its_own():
    assert tree(".teams[.teams | length - 1]?.name") == [
        '.teams[.teams | length - 1]?.name → "Ops"',
        "  .teams | length - 1 → 1",
        '    .teams → [{"id": "T1", "name": null}, {"id": "T2", "name": "Ops"}]',
        "    length - 1 → 1",
        "      length → 2",
    ]


def test_only_the_branch_that_was_taken_is_shown():
    assert tree('if .title == "Fast" then 1 elif .priority then 2 else .teams[0].id end') == [
        'if .title == "Fast" then 1 elif .priority then 2 else .teams[0].id end → "T1"',
        '  [if] .title == "Fast" → false',
        '    .title → "Slow"',
        "  [elif] .priority → null",
        '  [else] .teams[0].id → "T1"',
    ]


def test_alternatives_are_shown_up_to_the_one_that_counts():
    assert tree('.priority // .title // "none"') == [
        '.priority // .title // "none" → "Slow"',
        "  .priority → null",
        '  [//] .title → "Slow"',
    ]


def test_and_stops_at_the_first_false_and_or_at_the_first_true():
    assert tree(".title and .priority and .teams") == [
        ".title and .priority and .teams → false",
        '  .title → "Slow"',
        "  .priority → null",
    ]
    assert tree(".title or .priority") == [".title or .priority → true", '  .title → "Slow"']


def test_what_runs_for_several_inputs_is_followed_for_each():
    assert tree("[.teams[] | .name // .id]") == [
        '[.teams[] | .name // .id] → ["T1", "Ops"]',
        '  .teams[] → {"id": "T1", "name": null}, {"id": "T2", "name": "Ops"}',
        '  .name // .id → "T1", "Ops"',
        "    [1] .name → null",
        '    [//] .id → "T1"',
        '    [2] .name → "Ops"',
    ]


def test_a_pipe_ends_where_nothing_comes_through():
    assert tree('.teams[] | select(.id == "T9") | .name') == [
        '.teams[] | select(.id == "T9") | .name → nothing',
        '  .teams[] → {"id": "T1", "name": null}, {"id": "T2", "name": "Ops"}',
        '  select(.id == "T9") → nothing',
        '    [1] .id == "T9" → false',
        '      .id → "T1"',
        '    [2] .id == "T9" → false',
        '      .id → "T2"',
    ]


def test_the_argument_of_map_runs_on_the_elements():
    assert tree(".teams | map(.id)") == [
        '.teams | map(.id) → ["T1", "T2"]',
        '  .teams → [{"id": "T1", "name": null}, {"id": "T2", "name": "Ops"}]',
        '  map(.id) → ["T1", "T2"]',
        '    .id → "T1", "T2"',
    ]


def test_names_mean_in_a_part_what_they_mean_in_their_place():
    assert tree('.teams[1] as {$id, name: $n} | def f: "\\($n)!"; 1 as $n | f + $id') == [
        '.teams[1] as {$id, name: $n} | def f: "\\($n)!"; 1 as $n | f + $id → "Ops!T2"',
        '  [{$id, name: $n} =] .teams[1] → {"id": "T2", "name": "Ops"}',
        '  def f: "\\($n)!"; 1 as $n | f + $id → "Ops!T2"',
        '    f + $id → "Ops!T2"',
        '      f → "Ops!"',
        '      $id → "T2"',
    ]


def test_what_is_caught_goes_on_with_its_error():
    assert tree("try error({a: 1}) catch .a") == [
        "try error({a: 1}) catch .a → 1",
        '  error({a: 1}) → error {"a":1} (not a string)',
        '    {a: 1} → {"a": 1}',
        "  [catch] .a → 1",
    ]


def test_quotes_are_read_as_port_reads_them_and_shown_as_they_are_written():
    assert tree(".title + 'ok'") == [".title + 'ok' → \"Slowok\"", '  .title → "Slow"']
    assert tree('.title + "it\'s"') == ['.title + "it\'s" → "Slowit\'s"', '  .title → "Slow"']


def test_a_text_that_is_not_jq_has_no_tree():
    with pytest.raises(NotJq):
        tree(".a |")


def test_without_an_input_every_way_is_shown_with_its_type():
    assert types(
        "if .a then .b.c else .d end", {"a": True, "b": None, "d": 1}, {"a": None, "b": {"c": "x"}, "d": 2}
    ) == [
        'if .a then .b.c else .d end → "x", 1, 2 or null',
        "  [if] .a → true or null",
        '  [then] .b.c → "x" or null',
        "    .b → object or null (may be null)",
        "  [else] .d → 1 or 2",
    ]


def test_without_an_input_a_way_that_no_known_delivery_takes_says_so():
    assert types(".a // .b", {"a": 1, "b": 2}) == [
        ".a // .b → 1",
        "  .a → 1",
        "  [//] .b → ? (no known delivery gets here)",
    ]


def test_without_an_input_what_fails_says_so_where_it_happens():
    assert types(".a | tonumber", {"a": []}) == [
        ".a | tonumber → nothing",
        "  .a → an empty list",
        "  tonumber → nothing (always fails: array ([]) cannot be parsed as a number)",
    ]
    assert types(".a + 1", {"a": 1}, {"a": {}}) == [".a + 1 → 2 (may fail)", "  .a → 1 or empty object"]


def test_without_anything_known_the_parts_alone_are_shown():
    assert types(".a // .b") == [".a // .b → ?", "  .a → ?", "  [//] .b → ?"]


def test_a_tree_ends_though_its_parts_would_not():
    nested = "[range(3)] | " + "(.[] | [., 1, 2] | " * 12 + "." + ")" * 12

    assert sum(1 for _ in tree(nested)) <= STEP_LIMIT + 40


def test_a_tree_begins_with_all_that_the_expression_gives():
    wrong = [
        (row["program"], found)
        for row in MANUAL
        if "have_decnum" not in row["program"]
        and syntax.error(row["program"]) is None
        and not same(list((found := _root(row["program"], row["input"])).values), list(map(json.loads, row["outputs"])))
    ]

    assert wrong == []


def _root(program: str, value: str) -> Outputs:
    return explained.explain(program, Given(json.loads(value))).outputs or Outputs()
