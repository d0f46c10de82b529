"""One spelling: nothing a file says changes, no comment is lost, and twice is once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portside.files import spelling
from portside.files.document import documents
from portside.files.fmt import formatted
from portside.model.resource import Kind

ROOT = Path(__file__).parent.parent
PLACES = ("catalog/**/*.yaml", "mappings/*/webhook.yaml", "tests/examples/good/**/*.yaml")
OWN = sorted(path for place in PLACES for path in ROOT.glob(place))

WORDS = [
    "yes",
    "12:30",
    "0o14",
    "1e3",
    "1_0",
    "=",
    "<<",
    "~",
    "null",
    "a: b",
    "a #b",
    "- a",
    "a:",
    "...",
    "---",
    "'",
    '"',
]
TEXTS = st.sampled_from(WORDS) | st.text() | st.text(st.sampled_from("ab \n\t:#'\"é🎉-\x85\u2028"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1) | st.lists(VALUES, min_size=1))
@settings(deadline=None, max_examples=200)
@example({"a": ["\n", "\n\n", "a\n", "a\n\n", " a\nb", "\ta\nb", "a\n ", "a\n \n", "\na", "a\t\nb"]})
@example({"k" * 2000: {"b": [[], {}, [[1]]]}})
@example([1e20, 1e-7, -0.0, 1.5])
def test_what_is_spelt_reads_as_the_same_value(value):
    text = "\n".join(spelling.lines(value)) + "\n"

    found, problems = documents(text, "a.yaml")

    assert problems == ()
    assert [document.value for document in found] == [value]
    assert json.dumps(found[0].value) == json.dumps(value)


@given(st.dictionaries(TEXTS, TEXTS | st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_size=1))
@settings(deadline=None, max_examples=200)
def test_readers_of_yaml_1_1_find_the_same_value_in_it(value):
    assert yaml.safe_load("\n".join(spelling.lines(value)) + "\n") == value


@given(VALUES)
@settings(deadline=None)
def test_a_value_in_flow_style_reads_as_the_same_value(value):
    (document,), problems = documents(f"a: {spelling.flow(value)}\n", "a.yaml")

    assert (document.value, problems) == ({"a": value}, ())


PIECES = st.lists(
    st.sampled_from(
        [
            "title: Service", "identifier:  'service'", "icon: \"x\"  # beside", "# alone", "  # further in", "",
            "relations: {owner: {target: team, many: false}}", "schema:  # below", "    properties:",
            "        # a tier", "        tier: {type: string}", "        other:", "            type: 'number'",
            "            enum: [1, 'a', yes]  # flow", "            # end of other", "    # end of properties",
            "    required:", "    - tier", "    # one more", "    -   other", "description: |", "    text:",
            "      more # no comment", "", "description2: >+  # folded", "    one", "    two", "", "",
            "aliases: &x", "  a: 1", "again: *x", "long: one", "  two", "  three", "quoted: \"a", "", "  b\"",
            "empty:", "---", "on: off", "012: 012", "list:", "- - a", "  # in", "  - b", "- k: v", "  # under v",
            "  l: w",
            "flow: [a, # one", "  # two", "  b, {c: d}]  # three", "nothing: {}", "hollow: [", " # in it", " ]",
        ]
    ),
    max_size=14,
)  # fmt: skip


@given(PIECES)
@settings(deadline=None, max_examples=400)
def test_formatting_changes_no_value_loses_no_comment_and_is_done_once(pieces):
    text = "\n".join(pieces) + "\n"
    before, problems = documents(text, "catalog/blueprints/a.yaml")

    result, told = formatted(text, "catalog/blueprints/a.yaml")

    if problems or told:
        assert result == text
        return
    after, _ = documents(result, "a.yaml")
    assert [document.value for document in after] == [document.value for document in before]
    assert sorted(_comments(result)) == sorted(_comments(text))
    assert formatted(result, "catalog/blueprints/a.yaml") == (result, ())


def _comments(text: str) -> list[str]:
    return [found.strip() for found in re.findall(r"(?:^|\s)(#.*)", text)]


UNTIDY = """\
# The services of the company.

title: Service   # the title
# how it is named
identifier: 'service'
relations: {owner: {target: team, many: false}}  # who
schema:
    required: []
    properties:
      # a tier
      tier:
          type: string

          enum: [a, "yes", b] # x
          # the end of tier


      when: {type: 'string', default: 12:30}
calculationProperties:
    x:
      calculation: |   # jq
          .foo |
            bar
      type: string
description: >-
    folded
    by hand
# the end
"""

TIDY = """\
# The services of the company.

# how it is named
identifier: service
title: Service  # the title
description: >-
  folded
  by hand
schema:
  properties:
    # a tier
    tier:
      type: string

      enum:  # x
        - a
        - 'yes'
        - b
      # the end of tier

    when:
      type: string
      default: '12:30'
  required: []
calculationProperties:
  x:
    calculation: |  # jq
      .foo |
        bar
    type: string
relations:  # who
  owner:
    target: team
    many: false
# the end
"""


def test_keys_stand_in_the_order_of_ports_documentation_with_their_comments():
    assert formatted(UNTIDY, "catalog/blueprints/service.yaml") == (TIDY, ())


def test_a_file_that_is_no_resource_keeps_the_order_of_its_keys():
    assert formatted("title: a\nidentifier: b\n", "portside.yaml") == ("title: a\nidentifier: b\n", ())


def test_the_kind_can_be_said():
    assert formatted("title: a\nidentifier: b\n", "x.yaml", Kind.WEBHOOK) == ("identifier: b\ntitle: a\n", ())


def test_json_stays_json():
    assert formatted('{"title":"\\u00e9", "identifier": 1.0}', "catalog/blueprints/a.json") == (
        '{\n  "identifier": 1.0,\n  "title": "é"\n}\n',
        (),
    )


def test_documents_of_a_stream_stay_apart():
    text = "# head\n---  # one\nb: 1\n# foot\n---\n# two\na: 2\n"

    assert formatted(text, "a.yaml") == (text, ())


@pytest.mark.parametrize(
    "text", ["%YAML 1.2\n---\na: 1\n", "- a\n...\n", "text\n", "a: &x 1\n? *x\n: 2\n", "a: 1\n---\n"]
)
def test_what_this_spelling_does_not_have_is_left_and_told(text):
    result, (problem,) = formatted(text, "a.yaml")

    assert (result, problem.code) == (text, "fmt-left" if "*x" not in text else problem.code)


@pytest.mark.parametrize("path", OWN, ids=str)
def test_our_own_files_stay_what_they_are(path):
    text = path.read_text()
    shown = str(path.relative_to(ROOT))
    result, told = formatted(text, shown)

    assert told == ()
    assert formatted(result, shown) == (result, ())
