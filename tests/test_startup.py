"""Start-up is a feature: a command imports what it uses, and nothing slow before it must."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import portside

ROOT = Path(__file__).parent.parent
SLOW = {"click", "httpx", "yaml", "jq", "jsonschema", "jsonschema_rs", "deepdiff", "sqlalchemy", "regress"}
WORKER = "portside.jq.worker"
"""Imported when libjq must run something; libjq itself only ever in the worker."""


def imported(*arguments: str) -> set[str]:
    """What is slow of what a command imports, as the interpreter itself reports it."""
    command = [sys.executable, "-X", "importtime", "-m", "portside", *arguments]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stderr
    names = set(re.findall(r"\| +(\S+)$", said, re.MULTILINE))
    return SLOW & {name.split(".")[0] for name in names} | {WORKER} & names


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("--version",), set()),
        (("--help",), {"click"}),
        (("plan", "--help"), {"click", "yaml"}),
        (("validate",), {"click", "yaml", "jsonschema_rs"}),
        (("test",), {"click", "yaml", "jsonschema_rs"}),
    ],
)
def test_a_command_imports_what_it_uses(arguments: tuple[str, ...], needed: set[str]):
    assert imported(*arguments) == needed


def test_the_version_is_told_without_the_command_line_too():
    said = subprocess.run([sys.executable, "-m", "portside", "--version"], capture_output=True, text=True).stdout

    assert said == f"portside {portside.__version__}\n"
