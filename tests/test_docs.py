"""README and docs tell what portside really prints; `pytest tests/test_docs.py --accept` writes them anew."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from portside import codes
from portside.cli.gather import gather
from portside.plans.dangers import DANGERS
from portside.report import problems as report
from portside.report.graphs import graph, mermaid
from test_examples import BAD, WITHOUT_EXAMPLE, root_of
from test_examples import told as codes_of
from test_stories import Part, parts, told, written
from validation import problems_of

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PROBLEMS = ROOT / "docs" / "problems.md"
SESSION = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
DRAWING = re.compile(r"(?<=^```mermaid\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
SECTIONS = {
    "Reading files": codes.FILES,
    "Shape": codes.SHAPES,
    "Names": codes.REFERENCES,
    "jq": codes.EXPRESSIONS,
    "Cases": codes.CASES,
}


def current(path: Path, now: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept"):
        path.write_text(now)
    assert path.read_text() == now


def test_the_readme_shows_what_is_printed(tmp_path: Path, request: pytest.FixtureRequest):
    for name in ("catalog", "mappings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "portside.yaml", tmp_path)
    text = README.read_text()
    sessions = iter([_again(session, tmp_path) for session in SESSION.findall(text)])

    current(README, SESSION.sub(lambda _: next(sessions), text), request)


def _again(session: str, folder: Path) -> str:
    commands = [part for part in parts(session) if part.kind == "command"]
    outputs = told([Part("command", part.head) for part in commands], folder)
    return written([replace(part, body=f"{part.body.rstrip()}\n" if part.body.strip() else "") for part in outputs])


def test_the_readme_draws_our_own_catalog(request: pytest.FixtureRequest):
    drawn = mermaid.text(graph.of(gather(ROOT).state))

    current(README, DRAWING.sub(lambda _: drawn, README.read_text()), request)


def test_the_readme_names_every_danger(request: pytest.FixtureRequest):
    table = "".join(f"| `{name}` | {what} |\n" for name, what in DANGERS.items())
    now = re.sub(
        r"(?<=\|---\|---\|\n)(<!-- dangers -->\n|(\| `[a-z-]+` \| [^|]+ \|\n)+)(?=\n### `portside apply`)",
        table,
        README.read_text(),
    )

    current(README, now, request)


def test_every_code_is_documented_with_what_it_looks_like(tmp_path: Path, request: pytest.FixtureRequest):
    parts_of_page = [_section(title, known, tmp_path) for title, known in SECTIONS.items()]
    intro = (
        "# Problems\n\nEvery code that `portside validate` and `portside test` can give, and what it looks like. This"
        " page is written by\n`pytest tests/test_docs.py --accept`.\n"
    )

    current(PROBLEMS, "\n".join([intro, *parts_of_page]), request)


def _section(title: str, known: Mapping[str, str], folder: Path) -> str:
    return "\n".join([f"## {title}\n", *(_code(code, known[code], folder / code) for code in sorted(known))])


def _code(code: str, sentence: str, folder: Path) -> str:
    example = _example(code, folder)
    return f"### `{code}`\n\n{sentence}\n" + (f"\n```\n{example}\n```\n" if example else "")


def _example(code: str, folder: Path) -> str:
    """The code's own bad example as portside shows it."""
    named = [path for path in BAD if path.name.split("--")[0].removesuffix(".yaml") == code]
    for path in named or [path for path in BAD if code in codes_of(path)]:
        root = root_of(path, folder)
        shown = [problem for problem in problems_of(root) if problem.code == code]
        lines = report.text(shown[:1], "", lambda text, _: text).splitlines()[:-1]
        return "\n".join(lines).replace(f"{root}/", "")
    assert code in WITHOUT_EXAMPLE or code in codes.CASES
    return ""
