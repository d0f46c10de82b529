"""What a golden said against what is so now, field by field. Pure.

The rule: an entry of a golden's lists is compared with its namesake, and one that has lost its name with the entry that
looks most like it; only then is it one that came or went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from portside.model.resource import JSON, Body, same
from portside.plans import diff
from portside.plans.diff import MISSING, FieldChange
from portside.problems import Route

_LABELS = ("upsert", "remove", "entity", "step", "at")
"""The members that name an entry."""


def differences(before: JSON, after: JSON, route: Route = ()) -> Iterator[FieldChange]:
    """Every field that differs, in the order of the golden; lists of plain values are one field."""
    match before, after:
        case dict(), dict():
            for key in (*before, *(key for key in after if key not in before)):
                yield from differences(before.get(key, MISSING), after.get(key, MISSING), (*route, key))
        case list(), list() if not same(before, after) and _entries(before) and _entries(after):
            yield from _listed(before, after, route)
        case _ if not same(before, after):
            yield FieldChange(route, before, after)


def _entries(value: Sequence[JSON]) -> bool:
    return all(isinstance(member, dict) for member in value)


def _listed(before: list[Body], after: list[Body], route: Route) -> Iterator[FieldChange]:
    was, now = _named(before), _named(after)
    if was is None or now is None:
        found = diff.differences(before, after)
        yield from (FieldChange((*route, *field.route), field.before, field.after) for field in found)
        return
    now = _renamed(was, now)
    yield from differences(was, now, route)
    if (order := list(was)) != list(now) and was.keys() == now.keys():
        yield FieldChange(route, order, list(now))


def _named(entries: Sequence[Body]) -> dict[str, Body] | None:
    """Entries by their names, numbered from the second of one name on; None where one has none."""
    seen: Counter[str] = Counter()
    found = {}
    for entry in entries:
        name = next((f"{label} {entry[label]}" for label in _LABELS if label in entry), None)
        if name is None:
            return None
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} (again, {seen[name]})"] = entry
    return found


def _renamed(was: dict[str, Body], now: dict[str, Body]) -> dict[str, Body]:
    """Today's entries; what has another name and looks like one that is gone goes by the old name."""
    gone, come = ([name for name in one if name not in other] for one, other in ((was, now), (now, was)))
    pairs = diff.closest([was[name] for name in gone], [now[name] for name in come])
    names = {come[j]: gone[i] for i, j in pairs}
    return {names.get(name, name): entry for name, entry in now.items()}
