"""The house itself: contracts, types, style, docstrings; and that README and docs tell the truth."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from portside import codes
from portside.cli.main import COMMANDS, portside

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "tool" / "portside").rglob("*.py"))
README = (ROOT / "README.md").read_text()
PROBLEMS = (ROOT / "docs" / "problems.md").read_text()


def run(*command: str) -> None:
    """Run one of the tools that come with the interpreter running the tests; its words are the test's message."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_rooms_look_down_and_values_decide():
    run("lint-imports", "--no-cache")


def test_ruff_finds_nothing():
    run("ruff", "check", "--no-cache", ".")


def test_every_file_is_in_one_format():
    run("ruff", "format", "--check", "--no-cache", ".")


def test_mypy_is_strict_and_content():
    run("mypy")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT / "tool")))
def test_every_module_says_what_it_is_for(module: Path):
    assert ast.get_docstring(ast.parse(module.read_text()))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT / "tool")))
def test_no_function_needs_scrolling(module: Path):
    functions = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.FunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= 40]

    assert long == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_stands_in_the_readme(name: str):
    command = portside.get_command(None, name)  # type: ignore[arg-type]  # the lazy group needs no context

    assert command is not None
    assert command.help
    assert f"portside {name}" in README


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name: str):
    command = portside.get_command(None, name)  # type: ignore[arg-type]  # the lazy group needs no context
    options = [option for option in command.params if option.param_type_name == "option"]

    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("code", [*codes.FILES, *codes.SHAPES, *codes.REFERENCES, *codes.EXPRESSIONS, *codes.CASES])
def test_every_code_is_documented_in_the_words_of_the_program(code: str):
    assert re.search(rf"^### `{re.escape(code)}`\n\n{re.escape(codes.meaning(code))}$", PROBLEMS, re.MULTILINE)


def test_no_code_is_documented_that_does_not_exist():
    known = {*codes.FILES, *codes.SHAPES, *codes.REFERENCES, *codes.EXPRESSIONS, *codes.CASES}

    assert set(re.findall(r"^### `([^`]+)`$", PROBLEMS, re.MULTILINE)) == known


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_workflows_pin_their_actions_and_may_only_read(path: Path):
    workflow = yaml.safe_load(path.read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    unpinned = [
        step["uses"] for step in steps if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", "a@" + "0" * 40))
    ]
    writes = [job for job in workflow["jobs"].values() if "write" in job.get("permissions", {}).values()]

    assert workflow["permissions"] == {"contents": "read"}
    assert (unpinned, writes) == ([], [])
