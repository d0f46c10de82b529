"""What differs between two states, field by field. Pure.

The rule: equal means equal as JSON (1 and 1.0 are one number, true and 1 are not), the order of a list counts, and
what a server never gives back takes no part.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from portside.model.resource import JSON, KINDS, Body, Ref, Resource, State, same, without
from portside.problems import Route, dotted


class Missing(Enum):
    """The value of a field that is not there; None is a value of its own."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Literal[Missing.MISSING] = Missing.MISSING

WIDTH = 80
"""Characters of a value that are shown in a sentence."""
BEFORE = 20
"""So many characters are shown of what two long values begin with alike."""
HELD_AT_MOST = 400
"""Pairs of objects that are held against each other; in longer stretches elements are paired by place."""
UNLIKE = 0.125
"""DeepDiff's distance between two objects of which half the values differ; it is 0.25 where all of them do."""


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; MISSING where a side does not have it.

    Inside a list the index is where the element stands afterwards; of an element that goes, where it stood.
    """

    route: Route
    before: JSON
    after: JSON

    def __str__(self) -> str:
        return f"{dotted(self.route)}: {turned(self)}"


@dataclass(frozen=True)
class Change:
    """What differs in one resource: `before` None is a create, `after` None a delete."""

    ref: Ref
    before: Resource | None
    after: Resource | None
    fields: tuple[FieldChange, ...] = ()


def changes(live: State, desired: State) -> tuple[Change, ...]:
    """All that leads from one state to the other, in the order of a state. Updates carry their fields, sorted."""
    refs = State([*live.values(), *desired.values()])
    found = (change(live.get(ref), desired.get(ref)) for ref in refs)
    return tuple(one for one in found if one)


def change(before: Resource | None, after: Resource | None) -> Change | None:
    """What leads from one resource to the other, None when nothing does. At least one of them must be there."""
    if before and after:
        fields = differences(compared(before), compared(after))
        return Change(after.ref, _without_secrets(before), after, fields) if fields else None
    some = before or after
    return Change(some.ref, _without_secrets(before), after) if some else None


def _without_secrets(before: Resource | None) -> Resource | None:
    """A live resource as a server should have given it: a plan is no place for what somebody's server gives away."""
    if before is None or (body := compared(before)) == before.body:
        return before
    return Resource.of(before.ref.kind, body, before.source)


def compared(resource: Resource) -> Body:
    """The body without what a server never gives back."""
    return without(resource.body, KINDS[resource.ref.kind].write_only)


def shown(value: JSON, width: int = WIDTH) -> str:
    """A value in one line: as JSON, cut where it is longer than `width`."""
    return _cut(_spelled(value), width)


def turned(field: FieldChange, width: int = WIDTH) -> str:
    """`"Tier" → "Level"`; of what long values begin with alike only the end is shown, so that one sees the rest."""
    one, other = _spelled(field.before), _spelled(field.after)
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    if max(len(one), len(other)) > width and alike > BEFORE:
        one, other = (f"…{text[alike - BEFORE :]}" for text in (one, other))
    return f"{_cut(one, width)} → {_cut(other, width)}"


def differences(before: JSON, after: JSON) -> tuple[FieldChange, ...]:
    """Every field that differs, by route."""
    return tuple(sorted(_differences(before, after, ()), key=lambda field: _sortable(field.route)))


def aligned(before: Sequence[JSON], after: Sequence[JSON]) -> Iterator[tuple[int | None, int | None]]:
    """Which element became which: index before, index after; None where it is not there. Keeps the order."""
    from difflib import SequenceMatcher  # late: few changes are inside of lists

    old, new = ([json.dumps(item, sort_keys=True) for item in items] for items in (before, after))
    for i, j in _edited(before, after, old, new):
        new[j] = old[i]
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        paired = tag == "equal" or (tag == "replace" and _by_place(before[a:b], after[c:d]))
        shared = min(b - a, d - c) if paired else 0
        yield from ((a + n, c + n) for n in range(shared))
        yield from ((i, None) for i in range(a + shared, b))
        yield from ((None, j) for j in range(c + shared, d))


def closest(before: Sequence[Body], after: Sequence[Body]) -> tuple[tuple[int, int], ...]:
    """Which object is an edited form of which: index before, index after. Objects that are equal have no part in it."""
    if not 0 < len(before) * len(after) <= HELD_AT_MOST:
        return ()
    from deepdiff.diff import DeepDiff  # late: 100 ms, and few changes edit one object among several

    found = DeepDiff(
        [dict(_leaves(item, ())) for item in before],
        [dict(_leaves(item, ())) for item in after],
        view="tree",
        ignore_order=True,
        cutoff_distance_for_pairs=UNLIKE,
        cutoff_intersection_for_pairs=1,  # pairs are looked for even where no element stayed as it was
        threshold_to_diff_deeper=0,
    )
    levels = (level for group in found.values() for level in group)
    routes = ((level.path(output_format="list"), level.path(output_format="list", use_t2=True)) for level in levels)
    return tuple(sorted({(one[0], other[0]) for one, other in routes if len(one) > 1}))


def _spelled(value: JSON) -> str:
    return "missing" if value is MISSING else json.dumps(value, ensure_ascii=False)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _differences(before: JSON, after: JSON, route: Route) -> Iterator[FieldChange]:
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            yield from _differences(before.get(key, MISSING), after.get(key, MISSING), (*route, key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _listed(before, after, route)
    else:
        yield FieldChange(route, before, after)


def _listed(before: list[JSON], after: list[JSON], route: Route) -> Iterator[FieldChange]:
    for i, j in aligned(before, after):
        if j is None:
            yield FieldChange((*route, i or 0), before[i or 0], MISSING)
        elif i is None:
            yield FieldChange((*route, j), MISSING, after[j])
        else:
            yield from _differences(before[i], after[j], (*route, j))


def _edited(
    before: Sequence[JSON], after: Sequence[JSON], old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Which objects of two lists are one, edited; `old` and `new` are their texts."""
    gone = [index for index, text in enumerate(old) if text not in new]
    come = [index for index, text in enumerate(new) if text not in old]
    if len(gone) + len(come) > 2 and all(isinstance(item, dict) for item in (*before, *after)):
        for i, j in closest([before[index] for index in gone], [after[index] for index in come]):
            yield gone[i], come[j]


def _by_place(gone: Sequence[JSON], come: Sequence[JSON]) -> bool:
    """Whether a stretch that replaces another is told element by element, and not as what went and what came."""
    plain = not all(isinstance(item, dict) for item in (*gone, *come))
    return plain or len(gone) == len(come) == 1 or len(gone) * len(come) > HELD_AT_MOST


def _leaves(value: JSON, route: Route) -> Iterator[tuple[Route, str]]:
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from _leaves(member, (*route, key))
    else:
        yield route, json.dumps(value, sort_keys=True)


def _sortable(route: Route) -> tuple[tuple[bool, str | int], ...]:
    return tuple((isinstance(part, str), part) for part in route)
