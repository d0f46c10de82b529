"""Every file below examples/ is a test: good ones have nothing wrong, bad ones what their first comment says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portside import codes
from validation import problems_of

EXAMPLES = Path(__file__).parent / "examples"
GOOD = sorted((EXAMPLES / "good").iterdir())
BAD = sorted((EXAMPLES / "bad").iterdir())
CODES = {**codes.FILES, **codes.SHAPES, **codes.REFERENCES, **codes.EXPRESSIONS}
SAYS = re.compile(r"# bad: (.+)")


def files(example: Path) -> Iterator[Path]:
    yield from sorted(path for path in ([example] if example.is_file() else example.rglob("*")) if path.is_file())


def told(example: Path) -> set[str]:
    """The codes that an example says it has."""
    lines = (path.read_bytes().partition(b"\n")[0].decode("utf-8", "replace") for path in files(example))
    return {code.strip() for line in lines if (found := SAYS.match(line)) for code in found[1].split(",")}


def root_of(example: Path, elsewhere: Path) -> Path:
    """The folder to validate: the example's, or a new one around an example that is a single file."""
    if example.is_dir():
        return example
    (elsewhere / "catalog/blueprints").mkdir(parents=True)
    shutil.copy(example, elsewhere / "catalog/blueprints")
    return elsewhere


@pytest.mark.parametrize("example", GOOD, ids=lambda path: path.name)
def test_a_good_example_has_nothing_wrong(example: Path, tmp_path: Path) -> None:
    assert problems_of(root_of(example, tmp_path)) == ()


@pytest.mark.parametrize("example", BAD, ids=lambda path: path.name)
def test_a_bad_example_has_what_it_says(example: Path, tmp_path: Path) -> None:
    found = problems_of(root_of(example, tmp_path))

    assert {problem.code for problem in found} == told(example)


@pytest.mark.parametrize("example", BAD, ids=lambda path: path.name)
def test_every_problem_of_a_bad_example_has_a_line_of_its_own_file(example: Path, tmp_path: Path) -> None:
    found = problems_of(root_of(example, tmp_path))

    assert {Path(problem.place.path).name for problem in found} <= {path.name for path in (*files(example), example)}


def test_every_code_has_a_bad_example() -> None:
    shown = {code for example in BAD for code in told(example)}

    assert sorted(set(CODES) - shown - WITHOUT_EXAMPLE) == []


WITHOUT_EXAMPLE = frozenset(
    {
        "broken-link",
        "endless-link",
        "fmt-left",
        "linked-folder",
        "missing-file",
        "outside-root",
        "too-big",
        "unreadable",
    }
)
"""Codes of things that no repository can hold, such as a file that nobody may read."""
