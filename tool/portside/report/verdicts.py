"""What `portside test` found: same, different, new, orphan. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from portside.goldens.verdicts import Kind, Verdict
from portside.plans.diff import MISSING, FieldChange
from portside.problems import Problem, dotted
from portside.report.plan import field_line
from portside.report.problems import Paint, github_line

_STYLE = {Kind.SAME: "added", Kind.DIFFERENT: "removed", Kind.NEW: "changed", Kind.ORPHAN: "changed"}


def text(verdicts: Sequence[Verdict], problems: Sequence[Problem], paint: Paint, *, verbose: bool = False) -> str:
    """Every case that does not hold, with its differences field by field; then one line that counts."""
    shown = [verdict for verdict in verdicts if verbose or not verdict.holds]
    lines = [line for verdict in shown for line in _verdict(verdict, paint)]
    broken = [
        f"{paint('broken', 'error'):9}  {problem.place}: {problem.message} [{problem.code}]" for problem in problems
    ]
    return "\n".join([*broken, *lines, *_advice(verdicts), counted(verdicts, problems)])


def counted(verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> str:
    """`63 same, 1 different, 0 new, 0 orphan.`"""
    kinds = Counter(verdict.kind for verdict in verdicts)
    objected = sum(bool(verdict.objections) for verdict in verdicts)
    more = f"; {objected} with objections" if objected else ""
    broken = f"; {len(problems)} broken" if problems else ""
    return f"{', '.join(f'{kinds[kind]} {kind}' for kind in Kind)}{more}{broken}."


def _advice(verdicts: Sequence[Verdict]) -> Iterator[str]:
    if any(verdict.kind is not Kind.SAME for verdict in verdicts):
        yield "when this is what you want: portside test --accept"


def _verdict(verdict: Verdict, paint: Paint) -> Iterator[str]:
    yield f"{paint(f'{verdict.kind:9}', _STYLE[verdict.kind])}  {verdict.case.identifier}"
    yield from (f"    {field_line(field, paint)}" for field in verdict.differences)
    yield from (f"    {paint(objection, 'error')}" for objection in verdict.objections)
    if verdict.kind is Kind.ORPHAN:
        yield f"    {verdict.case.golden} has lost its payload"


def as_json(verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> str:
    """The stable form for programs: `verdicts/1`."""
    document = {
        "portside": "verdicts/1",
        "verdicts": [_row(verdict) for verdict in verdicts],
        "problems": [{"place": str(p.place), "code": p.code, "message": p.message} for p in problems],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _row(verdict: Verdict) -> dict[str, object]:
    return {
        "case": verdict.case.identifier,
        "verdict": str(verdict.kind),
        "holds": verdict.holds,
        "golden": str(verdict.case.golden),
        "differences": [_difference(field) for field in verdict.differences],
        "objections": list(verdict.objections),
    }


def _difference(field: FieldChange) -> dict[str, object]:
    sides = {"before": field.before, "after": field.after}
    return {"route": list(field.route), **{name: side for name, side in sides.items() if side is not MISSING}}


def junit(verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> str:
    """JUnit XML: a suite a webhook, a test case a case."""
    failed = sum(not verdict.holds for verdict in verdicts) + len(problems)
    suites = ElementTree.Element("testsuites", tests=str(len(verdicts) + len(problems)), failures=str(failed))
    suite = ElementTree.SubElement(
        suites, "testsuite", name="portside", tests=suites.get("tests", ""), failures=str(failed)
    )
    for verdict in verdicts:
        case = ElementTree.SubElement(suite, "testcase", classname=verdict.case.webhook, name=verdict.case.name)
        if not verdict.holds:
            _failure(case, str(verdict.kind), "\n".join(_verdict(verdict, _plain)))
    for problem in problems:
        case = ElementTree.SubElement(suite, "testcase", classname="files", name=str(problem.place))
        _failure(case, problem.code, problem.message)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ElementTree.tostring(suites, encoding='unicode')}\n"


def _failure(case: ElementTree.Element, message: str, said: str) -> None:
    """XML cannot carry control characters, not even escaped."""
    printable = "".join(char if char >= " " or char in "\n\t" else "�" for char in said)
    ElementTree.SubElement(case, "failure", message=message).text = printable


def _plain(value: str, _style: str) -> str:
    return value


def github(verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> str:
    """One annotation a case that does not hold, at its golden."""
    lines = [
        github_line("error", str(verdict.case.golden), (1, 1), _title(verdict), _said(verdict))
        for verdict in verdicts
        if not verdict.holds
    ]
    places = [(problem, problem.place) for problem in problems]
    broken = [github_line("error", at.path, (at.line, at.column), p.code, p.message) for p, at in places]
    return "\n".join([*broken, *lines])


def _title(verdict: Verdict) -> str:
    return f"{verdict.kind} {verdict.case.identifier}"


def _said(verdict: Verdict) -> str:
    fields = [dotted(field.route) for field in verdict.differences]
    return "\n".join([*verdict.objections, *fields]) or str(verdict.kind)
