"""What a case says about itself in its `.case.yaml`, and whether that holds. Pure.

The rule: an intent is written by people and never rewritten; a golden that goes against it cannot be accepted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from portside.goldens.golden import Golden, changes
from portside.model.resource import JSON, Body
from portside.model.webhook import Delivery, Security
from portside.problems import Problem, Route, Severity, Source

DROPPED, MAPPED = "dropped", "mapped"
COUNTS = ("entities", "removes")
SIGNATURES = ("valid", "invalid", "missing")


@dataclass(frozen=True)
class Intent:
    """The members of a `.case.yaml`; empty ones say nothing.

    `expect`: "dropped", "mapped", or counts by name: entities written, entities removed. `asserts`: jq over the golden,
    each of which must give true. `signature`: valid, invalid or missing, by `secret`, the sample secret with which the
    sample was signed (it protects nothing, so it may stand in a file). `clock`: the instant jq's `now` gives, ISO 8601.
    `headers` and `query` belong to the delivery.
    """

    expect: str | Mapping[str, int] = ""
    asserts: tuple[str, ...] = ()
    signature: str = ""
    secret: str = ""
    clock: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


NOTHING = Intent()


def of(value: JSON, source: Source) -> tuple[Intent, tuple[Problem, ...]]:
    """The intent in the plain value of a `.case.yaml`, and what is wrong with it; what is wrong says nothing."""
    if value is None:
        return NOTHING, ()
    if not isinstance(value, dict):
        return NOTHING, (_problem(source, (), "a case is a mapping of " + ", ".join(_MEMBERS), ""),)
    problems = tuple(_wrong(value, source))
    sound = {key: member for key, member in value.items() if key in _MEMBERS and _MEMBERS[key](value)}
    return _intent(sound), problems


def _intent(value: Mapping[str, JSON]) -> Intent:
    return Intent(
        value.get("expect", ""),
        tuple(value.get("assert", ())),
        value.get("signature", ""),
        value.get("secret", ""),
        value.get("clock", ""),
        {key.lower(): text for key, text in value.get("headers", {}).items()},
        value.get("queryParams", {}),
    )


def _wrong(value: Mapping[str, JSON], source: Source) -> Iterator[Problem]:
    for key in value:
        if key not in _MEMBERS:
            yield _problem(source, (key,), f"'{key}' is not a member of a case", "it has " + ", ".join(_MEMBERS))
        elif not _MEMBERS[key](value):
            yield _problem(source, (key,), f"'{key}' is not what a case can say", _HINTS[key])
    if value.get("signature") in ("valid", "invalid") and not value.get("secret"):
        hint = "say `secret:`, the sample secret with which this sample was signed"
        yield _problem(source, ("signature",), "a signature is checked against a secret, and there is none here", hint)


def _problem(source: Source, route: Route, message: str, hint: str) -> Problem:
    return Problem(source.key(route), "case-intent", Severity.ERROR, message, hint)


def _texts(value: JSON) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _expectation(value: JSON) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(key in COUNTS and type(count) is int and count >= 0 for key, count in value.items())
    return value in (DROPPED, MAPPED)


def _instant(value: JSON) -> bool:
    """With an offset: a time of day without one would depend on the machine."""
    from datetime import datetime  # late: only few cases set a clock

    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_MEMBERS: Mapping[str, Callable[[Mapping[str, JSON]], bool]] = {
    "expect": lambda case: _expectation(case["expect"]),
    "assert": lambda case: isinstance(case["assert"], list) and all(isinstance(text, str) for text in case["assert"]),
    "signature": lambda case: case["signature"] in SIGNATURES,
    "secret": lambda case: isinstance(case["secret"], str),
    "clock": lambda case: _instant(case["clock"]),
    "headers": lambda case: _texts(case["headers"]),
    "queryParams": lambda case: _texts(case["queryParams"]),
}
_HINTS = {
    "expect": "`dropped`, `mapped`, or how many: {entities: 1, removes: 0}",
    "assert": "a list of jq texts over the golden, each of which gives true",
    "signature": "`valid`, `invalid` or `missing`",
    "secret": "a text",
    "clock": "an ISO 8601 instant with its offset, such as 2026-03-02T09:14:07Z",
    "headers": "names with texts; quote what looks like a number",
    "queryParams": "names with texts; quote what looks like a number",
}


def against(intent: Intent, golden: Golden, holds: Callable[[str, JSON], bool | str]) -> Iterator[str]:
    """What in the golden goes against the intent, a sentence each.

    `holds(text, golden)` runs one jq text: whether it gave true, or why it gave nothing.
    """
    yield from _against_expectation(intent.expect, golden)
    for text in intent.asserts:
        found = holds(text, golden)
        if found is not True:
            yield f"assert {text} " + ("is not true" if found is False else f"cannot be told: {found}")


def _against_expectation(expect: str | Mapping[str, int], golden: Golden) -> Iterator[str]:
    said = changes(golden)
    found = {
        "entities": len({_entity(change) for change in said if "upsert" in change}),
        "removes": sum("remove" in change for change in said),
    }
    match expect:
        case "dropped" if said:
            yield f"is meant to be dropped, and {_told(found)}"
        case "mapped" if not said:
            yield "is meant to be mapped, and is dropped"
        case dict() if any(found[name] != count for name, count in expect.items()):
            yield f"is meant to give {_counted(expect)}, and {_told(found)}"


def _entity(change: Body) -> tuple[str, str]:
    """Which entity a change of a golden writes: two that the same search will find are one."""
    return change["upsert"], json.dumps(change.get("search"), sort_keys=True)


def _told(found: Mapping[str, int]) -> str:
    return f"gives {_counted({name: count for name, count in found.items() if count} or {'entities': 0})}"


def _counted(counts: Mapping[str, int]) -> str:
    return " and ".join(f"{count} {_NOUNS[name][count != 1]}" for name, count in counts.items())


_NOUNS = {"entities": ("entity", "entities"), "removes": ("removal", "removals")}


def against_signature(intent: Intent, security: Security, delivery: Delivery) -> Iterator[str]:
    """Whether the sample is signed as the intent says: by the webhook's security, and the sample secret."""
    from portside.mappings import signature  # late: few cases are signed

    if not intent.signature:
        return
    if security.header is None:
        yield f"is meant to have a {intent.signature} signature, and the webhook's security names no header for one"
        return
    found = "missing" if security.header.lower() not in delivery.headers else ""
    reason = signature.verify(security, intent.secret, delivery.headers, delivery.raw) or ""
    found = found or ("invalid" if reason else "valid")
    if found != intent.signature:
        yield f"is meant to have a {intent.signature} signature, and it is {found}" + (f": {reason}" if reason else "")
