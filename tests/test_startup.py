"""Start-up is a feature: a command imports what it uses, and nothing slow before it must."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import portside

ROOT = Path(__file__).parent.parent
SLOW = {"click", "yaml", "jq", "jsonschema", "jsonschema_rs", "deepdiff", "sqlalchemy", "regress"}


def imported(*arguments: str) -> set[str]:
    """The slow packages that a command imports, as the interpreter itself reports them."""
    command = [sys.executable, "-X", "importtime", "-m", "portside", *arguments]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stderr
    return SLOW & {name.split(".")[0] for name in re.findall(r"\| +(\S+)$", said, re.MULTILINE)}


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("--version",), set()),
        (("--help",), {"click"}),
        (("plan", "--help"), {"click", "yaml"}),
        (("validate",), {"click", "yaml", "jq", "jsonschema_rs"}),
        (("test",), {"click", "yaml", "jq", "jsonschema_rs"}),
    ],
)
def test_a_command_imports_what_it_uses(arguments: tuple[str, ...], needed: set[str]):
    assert imported(*arguments) == needed


def test_the_version_is_told_without_the_command_line_too():
    said = subprocess.run([sys.executable, "-m", "portside", "--version"], capture_output=True, text=True).stdout

    assert said == f"portside {portside.__version__}\n"
