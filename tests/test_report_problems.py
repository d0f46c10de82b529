"""Problems in the forms that programs read."""

from __future__ import annotations

import json

from portside.problems import Place, Problem, Severity
from portside.report import problems as report

FOUND = (
    Problem(Place("catalog/a,b.yaml", 3, 5), "relation-target", Severity.ERROR, "100% gone", "try 'team'?\nor not"),
    Problem(Place("mappings/w/webhook.yaml", 7, 1), "many-fed-one", Severity.WARNING, "one id", also=Place("x", 1, 2)),
)


def test_annotations_escape_what_github_would_take_for_its_own():
    assert report.github(FOUND).splitlines() == [
        "::error file=catalog/a%2Cb.yaml,line=3,col=5,title=relation-target::100%25 gone%0Atry 'team'?%0Aor not",
        "::warning file=mappings/w/webhook.yaml,line=7,col=1,title=many-fed-one::one id",
    ]


def test_json_has_a_version_and_everything_a_problem_has():
    said = json.loads(report.as_json(FOUND))

    assert said["portside"] == "problems/1"
    assert said["problems"][1] == {
        "path": "mappings/w/webhook.yaml",
        "line": 7,
        "column": 1,
        "code": "many-fed-one",
        "severity": "warning",
        "message": "one id",
        "hint": "",
        "also": {"path": "x", "line": 1, "column": 2},
    }


def test_sarif_names_each_rule_once_and_points_results_at_it():
    run = json.loads(report.sarif((*FOUND, FOUND[0])))["runs"][0]

    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["many-fed-one", "relation-target"]
    assert [(rules[found["ruleIndex"]], found["level"]) for found in run["results"]] == [
        ("relation-target", "error"),
        ("many-fed-one", "warning"),
        ("relation-target", "error"),
    ]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 5}


def test_what_is_counted_is_said_in_whole_words():
    assert report.counted(FOUND, "the files") == "1 error, 1 warning in the files."
    assert report.counted((), "3 blueprints and 1 webhook") == "No problems in 3 blueprints and 1 webhook."
