"""Where a path turns null: the first segment after which there is nothing any more, and why. Pure.

The one rule: the first such segment is told, and no other: what comes after null is null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from portside.jq.inference.inferred import Inferred
from portside.jq.slices import Outputs
from portside.jq.tree import Index, Iterate, Literal, Node, Optional, Slice, Try
from portside.jq.types import ANY, NULL
from portside.model.resource import JSON

KEY_LIMIT = 5
"""Keys of an object that are named where the one that was asked for is not there."""


class Turn(NamedTuple):
    """A part of a path that gives null, nothing or an error, though what it stands on does not."""

    node: Node
    note: str


def is_path(node: Node) -> bool:
    """Whether a node is a step along a path, `?` included."""
    return isinstance(node, Index | Slice | Iterate | Optional) or (isinstance(node, Try) and node.handler is None)


def spine(node: Node) -> tuple[Node, ...]:
    """What a path begins with, and then each longer stretch of it up to the whole; `.a?` is one stretch, not two."""
    found = [node]
    while is_path(found[-1]):
        found.append(_before(found[-1]))
    return tuple(reversed(found))


def _before(step: Node) -> Node:
    """What a step along a path stands on."""
    match step:
        case Optional():
            return step.body.of
        case Try():
            return step.body
        case Index() | Slice() | Iterate():
            return step.of
    return step


def turn(node: Node, look: Callable[[Node], Outputs], known: Mapping[Node, Inferred]) -> Turn | None:
    """Where a path turned null for one input; None when it gave something. `known`: what the parts can give."""
    stretches = spine(node)
    if _gave(look(node)):
        return None
    first = next(place for place, part in enumerate(stretches) if not _gave(look(part)))
    part = stretches[first]
    elsewhere = part in known and known[part].type not in (NULL, ANY)
    note = _reason(part, look(stretches[first - 1]), look(part), elsewhere) if first else ""
    return Turn(part, note or ("null here" if look(part).null and part is not node else ""))


def _gave(found: Outputs) -> bool:
    return bool(found.values) and not found.null and not found.error


def _reason(part: Node, before: Outputs, after: Outputs, elsewhere: bool) -> str:
    """Why the last segment of a path gives nothing of what stands before it; "" where the value itself is null."""
    if isinstance(part, Optional):
        if not after.values and before.values not in (([],), ({},)):
            return "it failed, and ? gives nothing"
        part = part.body
    if after.error or len(before.values) != 1:
        return ""
    if isinstance(part, Iterate):
        return "it is empty"
    if isinstance(part, Index) and isinstance(part.key, Literal):
        return _lacks(before.values[0], part.key.value, elsewhere)
    return ""


def _lacks(value: JSON, key: JSON, elsewhere: bool) -> str:
    """`elsewhere`: the key is known from other deliveries, so it is not misspelt."""
    if isinstance(value, list):
        return f"it has {len(value)} element{'' if len(value) == 1 else 's'}"
    if not isinstance(value, dict) or key in value:
        return ""
    if elsewhere:
        return f"there is no '{key}' in this one"
    near = get_close_matches(str(key), value, 1)
    if near:
        return f"there is no '{key}'; did you mean '{near[0]}'?"
    more = f" and {len(value) - KEY_LIMIT} more" if len(value) > KEY_LIMIT else ""
    return f"there is no '{key}', only {', '.join(list(value)[:KEY_LIMIT])}{more}" if value else "it is empty"


def possible(node: Node, known: Mapping[Node, Inferred]) -> Turn | None:
    """Where a path may turn null, before its last segment does; None when it cannot, or nothing is known of it."""
    for part in spine(node)[:-1]:
        if part in known and known[part].type.null:
            return Turn(part, "always null" if known[part].type == NULL else "may be null")
    return None
