"""README.md says of every operation of Port's API whether it is served. `--accept` writes the table anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from portside.server.api import facts
from portside.server.operations import served

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- endpoints -->\n", "<!-- /endpoints -->\n"


def test_the_readme_lists_every_operation(request: pytest.FixtureRequest) -> None:
    before, begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    shown, end, after = rest.partition(END)
    assert begin and end, f"README.md has no table of operations; it stands between {BEGIN.strip()} and {END.strip()}"
    if request.config.getoption("--accept"):
        README.write_text(before + BEGIN + table() + END + after, encoding="utf-8")
    else:
        assert shown == table()


def table() -> str:
    """A line a path: the methods that work, and those that answer 501."""
    paths: dict[str, dict[bool, list[str]]] = {}
    for key in facts()["operations"]:
        method, path = key.split(" ", 1)
        paths.setdefault(path, {True: [], False: []})[served(key)].append(method.upper())
    lines = [f"| `{path}` | {_listed(found[True])} | {_listed(found[False])} |" for path, found in paths.items()]
    return "\n".join(["| path | works | answers 501 |", "| --- | --- | --- |", *lines]) + "\n"


def _listed(methods: list[str]) -> str:
    order = ("GET", "POST", "PUT", "PATCH", "DELETE")
    return " ".join(sorted(methods, key=order.index)) or "–"
