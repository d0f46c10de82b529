"""Everything that is wrong with a folder, as `portside validate` finds it."""

from __future__ import annotations

from pathlib import Path

from portside.cli.gather import gather
from portside.problems import Problem


def problems_of(root: Path) -> tuple[Problem, ...]:
    """Files, shapes, references and expressions, sorted."""
    return gather(root).problems
