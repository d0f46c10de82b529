"""What is wrong with jq texts, and the character at which that is written."""

from __future__ import annotations

from typing import Any

import pytest

from builders import blueprint, webhook
from portside.checks.expressions import check, pointed
from portside.files.document import documents
from portside.model.resource import Kind, Resource
from portside.problems import Place, Problem, Severity


def calculation(text: str, **more: Any) -> Resource:
    return blueprint("b", calculationProperties={"c": {"calculation": text, "type": "string"}}, **more)


def told(text: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in check([calculation(text)])]


def test_a_text_that_does_not_compile_is_shown_with_a_caret():
    text = ".body.event.dataif .priority != null then .priority.summary else null end"

    assert check([calculation(text)]) == (
        Problem(
            Place("catalog"),
            "jq-syntax",
            Severity.ERROR,
            "this jq does not compile: 'then' has no 'if': it stands at the end of '.dataif'",
            f"{text}\n                ^\na `|` is missing: `.data | if …`",
        ),
    )


WRITTEN = """\
identifier: w
title: W
security:
  requestIdentifierPath: .headers.x-id
mappings:
  - blueprint: b
    filter: |
      .body.a == 'x'
      and (.body.b
    itemsToParse: 'é | "1'
    entity:
      identifier: .body.id
      title: >-
        .body.title |
        lenght
      relations:
        one:
          combinator: "'and'"
          rules:
            - property: "'p'"
              operator: "'='"
              value: env.HOME
"""


def test_every_text_of_a_webhook_is_looked_at_and_placed_by_the_character():
    (document,), _ = documents(WRITTEN, "w.yaml")

    problems = check([Resource.of(Kind.WEBHOOK, document.value, document.source)])

    assert [(problem.place, problem.code) for problem in problems] == [
        (Place("w.yaml", 4, 37), "jq-syntax"),
        (Place("w.yaml", 9, 11), "jq-syntax"),
        (Place("w.yaml", 10, 20), "jq-syntax"),
        (Place("w.yaml", 15, 9), "jq-syntax"),
        (Place("w.yaml", 22, 22), "jq-forbidden"),
    ]


@pytest.mark.parametrize("text", ["", "  ", "# later"])
def test_a_text_without_an_expression(text: str):
    assert told(text) == [("jq-empty", "this jq is empty, and Port takes that for null")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("env.HOME", "env"),
        ("$ENV.HOME", "$ENV"),
        ("[inputs]", "inputs"),
        (".a | debug", "debug"),
        ('.a | debug("x")', "debug"),
        ("if .a then halt else .b end", "halt"),
        ('"\\(input)"', "input"),
        ('import "a" as a; .', "import"),
        ('include "a"; .', "include"),
        ('"a" | modulemeta', "modulemeta"),
        ("{a: env}", "env"),
    ],
)
def test_what_no_mapping_gets(text: str, name: str):
    ((code, message),) = told(text)

    assert (code, message.partition(":")[0]) == ("jq-forbidden", f"'{name}' is not for mappings and calculations")


@pytest.mark.parametrize(
    "text",
    [
        ".env",
        '"env $ENV input"',
        "{env: .a, input: .b, import}",
        ".a as {env: $e} | $e",
        "def env: 1; env",
        ".inputs # halt",
        '{"halt": 1}',
    ],
)
def test_words_that_only_look_like_it(text: str):
    assert told(text) == []


def test_a_function_that_port_s_jq_does_not_have_yet():
    assert told('.a | trimstr("x")') == [
        ("port-engine", "'trimstr/1' is not in Port's jq, which is older than 1.8: it would not compile there")
    ]


@pytest.mark.parametrize(
    ("text", "gives", "today"),
    [
        ("'https://x.com/' + {{identifier}}", "null", "'https://x.com/' + .identifier"),
        ("{{ $identifier }} + 'a'", "null", ".identifier + 'a'"),
        ("https://x.com/{{$identifier}}/{{on-call}}", "null",
         '"https://x.com/" + .identifier + "/" + .properties["on-call"]'),
        ("{{tier}}", "null", ".properties.tier"),
        ('"https://x.com/{{tier}}"', "the braces as they are", r'"https://x.com/\(.properties.tier)"'),
    ],
)  # fmt: skip
def test_a_template_says_today_s_form(text: str, gives: str, today: str):
    (problem,) = check([calculation(text)])

    assert (problem.code, problem.severity) == ("legacy-template", Severity.WARNING)
    assert problem.message.endswith(f"which Port no longer fills in: this calculation gives {gives}")
    assert problem.hint.splitlines()[-1] == f"today's form: {today}"


def test_a_template_in_a_mapping_is_an_error_of_its_jq():
    broken = webhook("w", mappings=[{"blueprint": "b", "entity": {"identifier": "{{ .body.id }}"}}])

    assert [(problem.code, problem.message) for problem in check([broken])] == [
        ("jq-syntax", "this jq does not compile: '{{' is not jq")
    ]


def test_a_template_beside_other_errors_is_an_error_of_the_jq():
    assert [code for code, _ in told("{{identifier}} +")] == ["jq-syntax"]


def test_what_is_right_is_passed_in_silence():
    fine = webhook("w", mappings=[{"blueprint": "b", "filter": "true", "entity": {"identifier": "'a' + .body.id"}}])

    assert check([calculation(".properties.a // 'x'"), fine]) == ()


def test_a_caret_stands_under_its_character():
    assert pointed("one\ntwo\tthree\nfour", 8) == "two three\n    ^"


def test_a_long_line_is_cut_around_its_character():
    line, caret = pointed("a" * 300 + "!" + "b" * 300, 300).splitlines()

    assert (len(line), line[caret.index("^")]) == (102, "!")
