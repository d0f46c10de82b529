"""What goes where: each command's exit codes, formats to files and to standard output, people's words beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console import SERVICE, TEAM, catalog, portside, write


def root(tmp_path: Path) -> Path:
    """A catalog that was applied, with one delivery kept, one case, and one change that is still to do."""
    catalog(tmp_path)
    write(tmp_path / "mappings/hook/cases/one.json", {"id": "x", "tier": "gold"})
    assert portside(tmp_path, "apply", "--yes").code == 0
    assert portside(tmp_path, "send", "hook", "mappings/hook/cases/one.json", "--store").code == 0
    assert portside(tmp_path, "test", "--accept").code == 0
    write(tmp_path / "catalog/blueprints/team.json", {**TEAM, "title": "Squad"})
    return tmp_path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return root(tmp_path_factory.mktemp("root"))


FORMATS = {
    "validate": ("text", "json", "github", "sarif"),
    "plan": ("text", "json", "markdown"),
    "test": ("text", "json", "junit", "github"),
    "send hook mappings/hook/cases/one.json": ("text", "json"),
    "entities": ("text", "json"),
    "runs": ("text", "json"),
    "runs show last": ("text", "json"),
}


@pytest.mark.parametrize("command", FORMATS)
def test_every_format_can_go_into_a_file_and_says_there_what_it_says_on_standard_output(tmp_path, command):
    root(tmp_path)
    words, formats = command.split(), FORMATS[command]
    asked = [f"--format={name}=out/{name}" for name in formats]

    together = portside(tmp_path, *words, *asked, f"--format={formats[1]}")
    plain = portside(tmp_path, *words)

    assert (together.code, together.err) == (0, "")
    assert json.loads(together.out)
    assert (tmp_path / "out" / formats[1]).read_text() == together.out
    assert plain == (0, (tmp_path / "out" / "text").read_text(), "")
    assert all((tmp_path / "out" / name).is_file() for name in formats)


def test_two_formats_for_standard_output_come_one_after_the_other(tmp_path):
    root(tmp_path)

    said = portside(tmp_path, "plan", "--format", "text", "--format", "markdown")

    text, markdown = (portside(tmp_path, "plan", "--format", name).out for name in ("text", "markdown"))
    assert said == (0, text + markdown, "")


def test_machines_read_standard_output_and_people_standard_error(tmp_path):
    root(tmp_path)
    write(tmp_path / "catalog/blueprints/service.json", {**SERVICE, "schema": {"properties": {}}})
    write(tmp_path / "mappings/hook/webhook.json", {"identifier": "hook", "title": "Hook", "mappings": []})

    refused = portside(tmp_path, "plan", "--format", "json")
    write(tmp_path / "catalog/blueprints/wrong.json", "{")
    invalid = portside(tmp_path, "plan", "--format", "json")

    assert refused.code == 1
    assert json.loads(refused.out)["refused"][0]["name"] == "removes-property"
    assert refused.err.startswith("Error: this plan is refused: removes-property ")
    assert (invalid.code, invalid.out) == (1, "")
    assert invalid.err.startswith("catalog/blueprints/wrong.json:1:")
    assert invalid.err.splitlines()[-1].startswith("Error: the files have errors, so there is no plan;")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("--version", 0),
        ("--help", 0),
        ("nothing", 64),
        ("--nothing", 64),
        ("validate extra", 64),
        ("plan --detailed-exitcode", 2),
        ("plan --only blueprint/service --detailed-exitcode", 0),
        ("plan --output", 64),
        ("plan --catalog nowhere", 64),
        ("apply catalog/blueprints/team.json", 64),
        ("test", 0),
        ("test hook/two", 64),
        ("send hook nowhere.json", 64),
        ("send nobody mappings/hook/cases/one.json", 64),
        ("send hook mappings/hook/cases/one.json", 0),
        ("entities service/x", 0),
        ("entities service/y", 64),
        ("pull blueprint/service", 0),
        ("pull blueprint/nothing", 64),
        ("fmt --check", 1),
        ("runs show nothing", 64),
    ],
)
def test_a_command_ends_with_its_code_and_says_why_in_one_line(prepared, command, code):
    said = portside(prepared, *command.split())

    assert said.code == code
    assert said.err.count("\n") == (1 if code == 64 else 0)
    assert said.err.startswith("Error: " if code == 64 else "")
