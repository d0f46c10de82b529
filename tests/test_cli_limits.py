"""Expressions from strangers, as a person meets them: what has no end is ended, is named, and the rest goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from console import HOOK, SERVICE, begun, catalog, ended, portside, until, write

MEMORY = '"a" * 1e9'
ENDLESS = "def f: f; f"
MEMORY_SAID = "takes more than 512 MiB of memory, and is ended there"


def hook(**properties: str) -> dict[str, Any]:
    return {
        **HOOK,
        "mappings": [{"blueprint": "service", "entity": {"identifier": ".body.id", "properties": properties}}],
    }


def service(**calculations: str) -> dict[str, Any]:
    names = ("tier", "level")
    found = {key: {"title": key, "type": "string", "calculation": text} for key, text in calculations.items()}
    return {
        **SERVICE,
        "schema": {"properties": {name: {"type": "string"} for name in names}},
        "calculationProperties": found,
    }


def place(root: Path, text: str) -> str:
    """Where a text stands in the webhook's file."""
    lines = (root / "mappings" / "hook" / "webhook.json").read_text().splitlines()
    written = json.dumps(text)
    line = next(number for number, one in enumerate(lines) if written in one)
    return f"mappings/hook/webhook.json:{line + 1}:{lines[line].index(written) + 2}"


def test_what_has_no_end_is_ended_after_five_seconds_and_named_with_its_place(tmp_path: Path):
    catalog(tmp_path, service(), hook=hook(tier=ENDLESS, level=".body.level"))
    for name in ("one", "two"):
        write(tmp_path / "mappings" / "hook" / "cases" / f"{name}.json", {"id": "a", "level": "x"})

    said = portside(tmp_path, "validate")

    assert said.code == 1
    assert said.err + said.out == (
        f"{place(tmp_path, ENDLESS)}: this jq takes more than 5 seconds, and Port ends it there [jq-limit]\n"
        f"    {ENDLESS}\n    ^\n    with mappings/hook/cases/one.json; after that it was not run again\n"
        "1 error in 1 blueprint and 1 webhook.\n"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (MEMORY, MEMORY_SAID),
        (
            "reduce range(1e5) as $i (null; {a: .})",
            "takes jq itself down, as a value nested far too deeply does (SIGSEGV)",
        ),
    ],
)
def test_an_expression_that_is_ended_takes_no_other_with_it(tmp_path: Path, text: str, why: str):
    catalog(tmp_path, service(), hook=hook(tier=text, level=".body.level"))

    said = portside(tmp_path, "send", "hook", str(write(tmp_path / "one.json", {"id": "a", "level": "x"})))

    assert said.code == 0
    assert f"! entity.properties.tier: this jq {why} [jq-limit]\n    at {place(tmp_path, text)}\n" in said.out
    assert '  + service/a\n      properties.level: "x"\n' in said.out


def test_a_calculation_that_is_ended_is_null_beside_the_others(tmp_path: Path):
    catalog(tmp_path, service(large=MEMORY, whole=".identifier"), hook=hook(level=".body.level"))
    payload = write(tmp_path / "one.json", {"id": "a", "level": "x"})
    steps = [("apply", "--yes"), ("send", "hook", str(payload), "--store", "--unsigned")]

    assert [portside(tmp_path, *step).code for step in steps] == [0, 0]
    said = portside(tmp_path, "entities", "service", "--format", "json")

    assert said.code == 0
    assert re.findall(r'"(large|whole)": (\S+?),?\n', said.out) == [("large", "null"), ("whole", '"a"')]


def test_ctrl_c_ends_an_expression_without_end(tmp_path: Path):
    catalog(tmp_path, service(), hook=hook(tier=ENDLESS))
    payload = write(tmp_path / "one.json", {"id": "a"})

    with begun(tmp_path, "send", "hook", str(payload)) as process:
        until(lambda: _children(process.pid) != "")
        process.send_signal(2)
        said = ended(process)

    assert (said.code, said.out, said.err) == (130, "", "\nError: interrupted\n")


def _children(process: int) -> str:
    return Path(f"/proc/{process}/task/{process}/children").read_text()
