"""What an apply did: step by step as it goes, at its end, and afterwards from its journal. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from portside.files.journal import Fate, Run
from portside.plans.plan import Step
from portside.report.plan import step_line
from portside.report.problems import Paint

_STYLE = {Fate.DONE: "added", Fate.FAILED: "error", Fate.UNKNOWN: "warning", Fate.NOT_BEGUN: "quiet"}


def done(number: int, total: int, step: Step, paint: Paint) -> str:
    """`[3/7] ~ blueprint/service`."""
    return f"{paint(f'[{number}/{total}]', 'quiet')} {step_line(step)}"


def success(total: int, left: int) -> str:
    """`Applied 7 of 7. The plan is empty.`"""
    again = "The plan is empty." if not left else f"{left} resources still differ; plan again to see them."
    return f"Applied {total} of {total}. {again}"


def ending(run: Run) -> str:
    """`2 done, 1 unknown, 4 not begun`."""
    counts = [(len(run.of(fate)), str(fate)) for fate in Fate]
    return ", ".join(f"{count} {fate}" for count, fate in counts if count) or "no steps"


def listed(runs: Iterable[Run]) -> str:
    """One line a run, the newest first."""
    return "\n".join(_line(run) for run in runs) or "Nothing was applied here yet."


def _line(run: Run) -> str:
    end = f"{run.outcome or 'cut short'}: {len(run.of(Fate.DONE))} of {len(run.entries)} done"
    return f"{run.id}  {run.catalog or '?'}  {end}"


def shown(run: Run, paint: Paint) -> str:
    """One run, each step with its fate; the counts last."""
    if not run.catalog:
        return f"run {run.id} was cut short before it said what it would do; it did nothing."
    head = f"run {run.id} on catalog '{run.catalog}', begun {run.started}, {run.outcome or 'cut short'} {run.ended}"
    steps = [
        f"  {paint(f'{run.fates[entry.number]:9}', _STYLE[run.fates[entry.number]])}  "
        f"{entry.action} {entry.ref}{f'  ({entry.because})' if entry.because else ''}"
        f"{f': {run.reasons[entry.number]}' if entry.number in run.reasons else ''}"
        for entry in run.entries
    ]
    return "\n".join([head.rstrip(), *steps, f"{ending(run)}."])


def as_json(runs: Iterable[Run]) -> str:
    """The stable form for programs: `runs/1`."""
    return json.dumps({"portside": "runs/1", "runs": [asdict(run) for run in runs]}, indent=2, ensure_ascii=False)
