"""Cases on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portside.goldens import cases
from portside.goldens.cases import Case, Step
from portside.goldens.intents import Intent
from portside.model.webhook import Delivery

GOLDEN = "dropped: every mapping filters it out\nmappings:\n  - incident: filtered\n"
SAID = {"dropped": "every mapping filters it out", "mappings": [{"incident": "filtered"}]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a webhook's cases, seen from the root."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mappings" / "mapper" / "cases"
    folder.mkdir(parents=True)
    return folder


def discover():
    return cases.discover(Path())


def names():
    found, problems = discover()
    return [case.identifier for case in found], [(str(p.place), p.code) for p in problems]


def test_a_payload_its_golden_and_its_case_are_one_case(folder):
    (folder / "a.json").write_bytes(b'{"x": 1}')
    (folder / "a.golden.yaml").write_text(GOLDEN)
    (folder / "a.case.yaml").write_text("expect: dropped\nheaders:\n  X-Id: one\n")
    intent = Intent("dropped", headers={"x-id": "one"})
    relative = Path("mappings/mapper/cases")

    assert discover() == (
        (
            Case(
                "mapper",
                "a",
                relative / "a.golden.yaml",
                (Step("a", relative / "a.json", Delivery({"x": 1}, {"x-id": "one"}, {}, b'{"x": 1}'), intent),),
                SAID,
            ),
        ),
        (),
    )


def test_a_payload_alone_is_new_and_a_golden_alone_has_lost_its_payload(folder):
    (folder / "new.json").write_text("1")
    (folder / "lost.golden.yaml").write_text(GOLDEN)

    (lost, new), _ = discover()

    assert (lost.steps, lost.accepted, len(new.steps), new.accepted) == ((), SAID, 1, None)


def test_an_envelope_gives_body_headers_and_query(folder):
    (folder / "a.json").write_text('{"body": [1], "headers": {"X-Id": "one"}, "queryParams": {"q": "1"}}')

    ((case,), _) = discover()

    assert case.steps[0].delivery == Delivery([1], {"x-id": "one"}, {"q": "1"}, b"[1]")


def test_a_body_that_has_a_body_among_other_things_is_a_body(folder):
    (folder / "a.json").write_text('{"body": 1, "event": 2}')

    ((case,), _) = discover()

    assert case.steps[0].delivery.body == {"body": 1, "event": 2}


def test_a_folder_is_a_sequence_in_the_order_of_the_names(folder):
    sequence = folder / "lifecycle"
    sequence.mkdir()
    (sequence / "02-b.json").write_text("2")
    (sequence / "01-a.json").write_text("1")
    (sequence / "01-a.case.yaml").write_text("expect: dropped\n")
    (sequence / "case.yaml").write_text("expect: mapped\n")

    ((case,), _) = discover()

    assert [(step.name, step.delivery.body, step.intent.expect) for step in case.steps] == [
        ("01-a", 1, "dropped"),
        ("02-b", 2, ""),
    ]
    assert (case.name, case.sequence, case.intent.expect) == ("lifecycle", True, "mapped")


def test_cases_come_by_webhook_and_name(folder):
    other = folder.parent.parent / "history" / "cases"
    other.mkdir(parents=True)
    for path in (folder / "b.json", folder / "a.json", other / "c.json"):
        path.write_text("1")

    assert names() == (["history/c", "mapper/a", "mapper/b"], [])


@pytest.mark.parametrize(
    ("payload", "place", "code"),
    [
        (b'{"a": }', ":1:7", "json-syntax"),
        (b"", ":1:1", "empty-file"),
        (b"NaN", ":1:1", "number-not-json"),
        (b'"\xff"', ":1:2", "not-utf-8"),
        (b"[" * 100_000, ":1:65", "too-deep"),
        (b'"' + b"a" * 600_000 + b'"', ":1:1", "too-big"),
    ],
)
def test_a_payload_that_no_sender_would_send_is_told_and_stops_no_other(folder, payload, place, code):
    (folder / "bad.json").write_bytes(payload)
    (folder / "good.json").write_text("1")

    assert names() == (["mapper/good"], [(f"mappings/mapper/cases/bad.json{place}", code)])


@pytest.mark.parametrize(
    ("name", "text", "place", "code"),
    [
        ("a.golden.yaml", "mappings: [\n", ":2:1", "yaml-syntax"),
        ("a.golden.yaml", "<<<<<<< HEAD\nmappings: []\n", None, None),
        ("a.golden.yaml", "verdict: same\n", ":1:1", "case-golden"),
        ("a.golden.yaml", "- 1\n", ":1:1", "case-golden"),
        ("a.case.yaml", "expect: gone\n", ":1:1", "case-intent"),
        ("a.case.yaml", "expect: dropped\nexpect: mapped\n", ":2:1", "duplicate-key"),
        ("b.case.yaml", "expect: dropped\n", ":1:1", "case-unpaired"),
        ("a.golden.yml", GOLDEN, ":1:1", "case-unpaired"),
        ("notes.txt", "", ":1:1", "case-unpaired"),
    ],
)
def test_a_broken_or_stray_file_among_the_cases_is_told_with_its_place(folder, name, text, place, code):
    (folder / "a.json").write_text("1")
    (folder / name).write_text(text)

    _, problems = names()

    if place is None:
        assert [path.rpartition("/")[2].partition(":")[0] for path, _ in problems] == [name]
    else:
        assert problems == [(f"mappings/mapper/cases/{name}{place}", code)]


def test_a_readme_and_hidden_files_are_nobodys_business(folder):
    (folder / "README.md").write_text("why")
    (folder / ".DS_Store").write_text("")

    assert names() == ([], [])


def test_an_empty_folder_is_told(folder):
    (folder / "lifecycle").mkdir()

    assert names() == ([], [("mappings/mapper/cases/lifecycle:1:1", "case-unpaired")])


def test_links_that_lead_nowhere_round_or_out_are_told(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.json"
    outside.write_text("1")
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "nowhere.json").symlink_to("gone.json")
    (folder / "out.json").symlink_to(outside)

    assert [code for _, code in names()[1]] == ["endless-link", "broken-link", "outside-root"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told(folder):
    (folder / "a.json").write_text("1")
    (folder / "a.json").chmod(0)

    assert names() == ([], [("mappings/mapper/cases/a.json:1:1", "unreadable")])


def test_without_mappings_there_are_no_cases(tmp_path):
    assert cases.discover(tmp_path) == ((), ())


def test_one_payload_is_read_from_anywhere_with_the_headers_beside_it(tmp_path):
    (tmp_path / "x.json").write_text("1")
    (tmp_path / "x.case.yaml").write_text("headers: {X-Id: one}\n")

    step, problems = cases.at(tmp_path / "x.json")

    assert (step.delivery, problems) == (Delivery(1, {"x-id": "one"}, {}, b"1"), ())


def test_a_payload_that_is_not_there_is_none(tmp_path):
    assert cases.at(tmp_path / "x.json") == (None, ())
