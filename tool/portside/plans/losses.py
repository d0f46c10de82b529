"""The dangers in one change, found in what differs. Pure.

The rule: what takes nothing away from an entity is no danger, and what is only computed is not lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from portside.model.resource import JSON, Body, Kind, same
from portside.plans.dangers import Danger
from portside.plans.diff import Change


def dangers(change: Change) -> tuple[Danger, ...]:
    """The dangers of one change, not yet counted."""
    if change.before is None:
        return ()
    if change.after is None:
        return (Danger(f"deletes-{change.ref.kind}", change.ref),)
    if change.ref.kind is not Kind.BLUEPRINT:
        return ()
    before, after = change.before.body, change.after.body
    rules = (_properties, _required, _relations, _aggregations)
    return tuple(replace(found, ref=change.ref) for rule in rules for found in rule(before, after))


def _properties(before: Body, after: Body) -> Iterator[Danger]:
    old, new = before["schema"]["properties"], after["schema"]["properties"]
    for key, definition in sorted(old.items()):
        if key not in new:
            yield Danger("removes-property", None, key)
        else:
            yield from _redefined(key, definition, new[key])


def _redefined(key: str, before: Body, after: Body) -> Iterator[Danger]:
    """A property that stays: what goes wrong with its values, the worst first; a new type says it all."""
    for what in ("type", "format"):
        for inner, (old, new) in _levels(before, after).items():
            if old.get(what) != new.get(what):
                yield Danger(f"changes-{what}", None, key, f"{inner}{_named(old, what)} → {_named(new, what)}")
                return
    for inner, (old, new) in _levels(before, after).items():
        yield from _narrowed(key, inner, old, new)


def _levels(before: Body, after: Body) -> dict[str, tuple[Body, Body]]:
    """A definition, and that of an array's elements."""
    old, new = before.get("items"), after.get("items")
    inner = {"items: ": (old, new)} if isinstance(old, dict) and isinstance(new, dict) else {}
    return {"": (before, after), **inner}


def _named(definition: Body, what: str) -> str:
    return str(definition.get(what) or f"no {what}")


def _narrowed(key: str, inner: str, before: Body, after: Body) -> Iterator[Danger]:
    gone = _no_longer_in(before.get("enum"), after.get("enum"))
    if gone is not None:
        said = f"no longer {', '.join(map(str, gone))}" if gone else "an enum where there was none"
        yield Danger("narrows-enum", None, key, f"{inner}{said}", None, gone, _fitting(inner, after, ["enum"]))
    stricter = [
        what
        for what, is_stricter in _BOUNDS.items()
        if what in after and not same(before.get(what), after[what]) and is_stricter(before.get(what), after[what])
    ]
    if stricter:
        said = ", ".join(f"{what} {before.get(what, 'none')} → {after[what]}" for what in stricter)
        yield Danger("narrows-values", None, key, f"{inner}{said}", definition=_fitting(inner, after, stricter))


def _fitting(inner: str, after: Body, keywords: Iterable[str]) -> Body:
    """The part of a property's definition that got narrower."""
    part = {what: after[what] for what in ("type", *keywords) if what in after}
    return {"type": "array", "items": part} if inner else part


def _no_longer_in(before: JSON, after: JSON) -> tuple[JSON, ...] | None:
    """Enum values that go; empty when any value may be concerned; None when none goes."""
    if not isinstance(after, list):
        return None
    if not isinstance(before, list):
        return ()
    return tuple(value for value in before if not any(same(value, other) for other in after)) or None


def _higher(before: JSON, after: JSON) -> bool:
    return not isinstance(before, int | float) or after > before


def _lower(before: JSON, after: JSON) -> bool:
    return not isinstance(before, int | float) or after < before


def _another(before: JSON, after: JSON) -> bool:  # noqa: ARG001 - the signature of the table
    return after is not None


_BOUNDS: Mapping[str, Callable[[JSON, JSON], bool]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _higher),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _lower),
    **dict.fromkeys(("pattern", "const", "multipleOf"), _another),
    "uniqueItems": lambda before, after: bool(after) and not before,
}
"""What makes each of JSON Schema's bounds stricter."""


def _required(before: Body, after: Body) -> Iterator[Danger]:
    for key in sorted(set(after["schema"]["required"]) - set(before["schema"]["required"])):
        yield Danger("new-required-property", None, key)


def _relations(before: Body, after: Body) -> Iterator[Danger]:
    old, new = before["relations"], after["relations"]
    for key in sorted(old.keys() - new.keys()):
        yield Danger("removes-relation", None, key, f"to {old[key]['target']}")
    for key in sorted(new):
        yield from _related(key, old.get(key), new[key])


def _related(key: str, before: Body | None, after: Body) -> Iterator[Danger]:
    if after["required"] and not (before and before["required"]):
        yield Danger("new-required-relation", None, key)
    if before and before["target"] != after["target"]:
        yield Danger("retargets-relation", None, key, f"{before['target']} → {after['target']}")
    elif before and before["many"] and not after["many"]:
        yield Danger("many-to-one", None, key)


def _aggregations(before: Body, after: Body) -> Iterator[Danger]:
    for key in sorted(before["aggregationProperties"].keys() - after["aggregationProperties"].keys()):
        yield Danger("removes-aggregation", None, key)
