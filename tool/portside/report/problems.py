"""Problems as people, other programs, GitHub and code scanners read them. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from portside import __version__
from portside.codes import meaning
from portside.problems import Problem, Severity

Paint = Callable[[str, str], str]
"""(text, style) → text; styles: added, changed, removed, error, warning, quiet, strong."""


def text(problems: Sequence[Problem], looked_at: str, paint: Paint) -> str:
    """Each problem with its place first and its code last, hints below, then one line that counts."""
    lines = [line for problem in problems for line in _lines(problem, paint)]
    return "\n".join([*lines, counted(problems, looked_at)])


def _lines(problem: Problem, paint: Paint) -> list[str]:
    mark = paint("warning: ", "warning") if problem.severity is Severity.WARNING else ""
    first = f"{paint(str(problem.place), 'strong')}: {mark}{problem.message} {paint(f'[{problem.code}]', 'quiet')}"
    also = [f"    also at {problem.also}"] if problem.also else []
    return [first, *also, *(f"    {line}" for line in problem.hint.splitlines())]


def counted(problems: Sequence[Problem], looked_at: str) -> str:
    """`2 errors, 1 warning in 3 blueprints and 2 webhooks.`, or `No problems in …`."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    counts = (_some(errors, "error"), _some(len(problems) - errors, "warning"))
    return f"{', '.join(count for count in counts if count) or 'No problems'} in {looked_at}."


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def as_json(problems: Sequence[Problem]) -> str:
    """The stable form for programs: `problems/1`."""
    rows = [_row(problem) for problem in problems]
    return json.dumps({"portside": "problems/1", "problems": rows}, indent=2, ensure_ascii=False)


def _row(problem: Problem) -> dict[str, object]:
    place, also = problem.place, problem.also
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "code": problem.code,
        "severity": str(problem.severity),
        "message": problem.message,
        "hint": problem.hint,
        "also": {"path": also.path, "line": also.line, "column": also.column} if also else None,
    }


def github(problems: Sequence[Problem]) -> str:
    """GitHub's workflow commands: one annotation a problem."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    said = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    place = problem.place
    return github_line(str(problem.severity), place.path, (place.line, place.column), problem.code, said)


def github_line(level: str, path: str, at: tuple[int, int], title: str, message: str) -> str:
    """One of GitHub's workflow commands; `at` is line and column."""
    file, headline = (_escaped(value, ",:") for value in (path, title))
    return f"::{level} file={file},line={at[0]},col={at[1]},title={headline}::{_escaped(message)}"


def _escaped(value: str, also: str = "") -> str:
    """GitHub wants %, CR and LF encoded everywhere, and , and : in properties."""
    return "".join(f"%{ord(char):02X}" if char in f"%\r\n{also}" else char for char in value)


def sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0, one run, every code that occurs a rule."""
    codes = sorted({problem.code for problem in problems})
    rules = [{"id": code, "shortDescription": {"text": meaning(code)}} for code in codes]
    driver = {"name": "portside", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes.index(problem.code)) for problem in problems],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _result(problem: Problem, rule: int) -> dict[str, object]:
    place = problem.place
    region = {"startLine": place.line, "startColumn": place.column}
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": str(problem.severity),
        "message": {"text": f"{problem.message}; {problem.hint}" if problem.hint else problem.message},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": place.path}, "region": region}}],
    }
