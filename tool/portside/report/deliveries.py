"""Deliveries of the embedded catalog: in a list, and one by one with all its expressions. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from portside.model.entity import Outcome
from portside.model.resource import JSON, Body
from portside.problems import dotted
from portside.report import outcome as expressions
from portside.report.problems import Paint

_STYLE = {"accepted": "added", "pending": "quiet", "dropped": "warning", "failed": "error"}
NONE = "No deliveries."


def listed(deliveries: Iterable[Body], paint: Paint) -> str:
    """One line each: number, when, webhook, status, what it did."""
    return "\n".join(_line(one, paint) for one in deliveries) or NONE


def _line(one: Body, paint: Paint) -> str:
    told = did(one)
    head = f"{one['id']:>6}  {one['receivedAt']}  {one['webhook']}"
    return f"{head}  {paint(one['status'], _STYLE[one['status']])}{f': {told}' if told else ''}"


def did(one: Body) -> str:
    """`2 created, 1 refused (missing_property), 1 swallowed (jq-error)`; "" where there is nothing to tell yet."""
    outcome = one["outcome"]
    effects = Counter(entity["effect"] for entity in outcome.get("entities", ()))
    parts = [f"{count} {effect}" for effect, count in sorted(effects.items())]
    parts += _classes(outcome.get("failures", ()), "reason", "refused")
    parts += _classes(outcome.get("swallowed", ()), "code", "swallowed")
    if outcome.get("because"):
        parts.append(str(outcome["because"]))
    elif not parts and outcome.get("mappings"):
        parts.append(_nothing(outcome["mappings"]))
    if outcome.get("replayOf"):
        parts.append(f"replay of {outcome['replayOf']}")
    return ", ".join(parts)


def _classes(found: Iterable[Body], key: str, word: str) -> list[str]:
    """Failures by class."""
    classes = Counter(one[key] for one in found)
    named = ", ".join(f"{name} {count}" if count > 1 else name for name, count in sorted(classes.items()))
    return [f"{sum(classes.values())} {word} ({named})"] if classes else []


def _nothing(mappings: Iterable[Body]) -> str:
    verdicts = Counter(mapping["verdict"] for mapping in mappings)
    return "nothing, " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))


def shown(one: Body, outcome: Outcome | None, paint: Paint) -> str:
    """What came of it when it came; then every expression, evaluated now."""
    return "\n".join([_line(one, paint).lstrip(), *_told(one, paint), "", *_now(outcome, paint)])


def _told(one: Body, paint: Paint) -> Iterator[str]:
    if one["requestIdentifier"]:
        yield f"  request identifier  {one['requestIdentifier']}"
    for mapping in one["outcome"].get("mappings", ()):
        because = f": {mapping['because']}" if mapping["because"] else ""
        yield f"  mappings[{mapping['index']}] → {mapping['blueprint']}  {mapping['verdict']}{because}"
    for entity in one["outcome"].get("entities", ()):
        also = f", and with it {', '.join(entity['also'])}" if entity["also"] else ""
        yield f"  {entity['effect']} {entity['blueprint']}/{entity['identifier']}{also}"
    for failure in one["outcome"].get("failures", ()):
        yield paint(f"  refused: {failure['message']} [{failure['reason']}]", "error")
    for some in one["outcome"].get("swallowed", ()):
        yield paint(f"  ! {dotted(tuple(some['route']))}: {some['message']} [{some['code']}]", "warning")


def _now(outcome: Outcome | None, paint: Paint) -> Iterator[str]:
    if outcome is None:
        yield "Its webhook is no longer there, so there are no expressions to show."
        return
    yield "Its expressions, evaluated with the webhook as it is now:"
    yield ""
    yield expressions.text(outcome, paint)


def as_json(deliveries: Iterable[Body]) -> str:
    """The stable form for programs: `deliveries/1`."""
    return _json({"portside": "deliveries/1", "deliveries": list(deliveries)})


def one_as_json(one: Body, outcome: Outcome | None) -> str:
    """One delivery, with `evaluated`: what it does now, in the form of `send --format json`."""
    evaluated = json.loads(expressions.as_json(outcome)) if outcome else None
    return _json({"portside": "delivery/1", "delivery": one, "evaluated": evaluated})


def replay_as_json(number: int, received: dict[str, JSON]) -> str:
    """What became of a replay."""
    return _json({"portside": "replay/1", "replayOf": number, **received})


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
