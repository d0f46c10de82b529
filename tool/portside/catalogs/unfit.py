"""Whether a value is one that a danger says is no longer allowed. Pure."""

from __future__ import annotations

from portside.mappings.values import misfit
from portside.model.resource import JSON, Body, same
from portside.plans.dangers import Danger


def concerned(found: JSON, danger: Danger) -> bool:
    """Whether it is among the values that go, or does not fit what a value has to fit from now on."""
    if danger.values:
        listed = found if isinstance(found, list) else [found]
        return any(same(one, value) for one in listed for value in danger.values)
    return danger.definition is None or misfit(_judged(danger.definition), {"value": found}) is not None


def _judged(definition: Body) -> Body:
    """The definition as a schema of an object's member, so that every keyword of JSON Schema has its meaning."""
    return {"type": "object", "properties": {"value": definition}}
