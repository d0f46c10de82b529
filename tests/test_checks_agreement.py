"""The fast validator and the one that explains are of one mind, whatever is done to a resource."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portside.checks import shape
from portside.checks.explain import explain, validator
from portside.model.resource import Kind
from portside.problems import Route, Source

EXAMPLES = Path(__file__).parent / "examples"
ODD_VALUES = (
    None, True, False, 0, -1, 1.0, 2.5, "", "a b", "..", "é", "a.b", "number", "url", "create", "$title", [], [None],
    ["a", "a"], [1, True], {}, {"type": "delete"}, {"combinator": "and", "rules": []},
    {"a": {"type": "string"}}, "x" * 101,
)  # fmt: skip
ODD_KEYS = (
    "",
    "a b",
    "x" * 101,
    "type",
    "format",
    "spec",
    "operator",
    "rules",
    "property",
    "many",
    "required",
    "titel",
)


def bodies(kind: Kind, folder: str) -> list[Any]:
    found = [path for path in sorted(EXAMPLES.rglob("*")) if is_declared(path) and folder in str(path)]
    read = [yaml.safe_load(path.read_text("utf-8")) for path in found if is_plain(path)]
    return [body for body in read if isinstance(body, dict) and ("mappings" in body) is (kind is Kind.WEBHOOK)]


def is_declared(path: Path) -> bool:
    return path.suffix in (".yaml", ".json") and path.is_file()


def is_plain(path: Path) -> bool:
    try:
        json.dumps(yaml.safe_load(path.read_text("utf-8")), allow_nan=False)
    except (ValueError, TypeError, yaml.YAMLError, RecursionError):
        return False
    return True


BODIES = {kind: bodies(kind, "examples") for kind in Kind}


def routes(value: Any, route: Route = ()) -> list[Route]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [route, *(found for key, member in below for found in routes(member, (*route, key)))]


@st.composite
def damaged(draw: st.DrawFn, kind: Kind) -> Any:
    """A body with a few values replaced, keys added, and keys taken out."""
    body = copy.deepcopy(draw(st.sampled_from(BODIES[kind])))
    for _ in range(draw(st.integers(1, 3))):
        route = draw(st.sampled_from(routes(body)))
        body = changed(
            body,
            route,
            copy.deepcopy(draw(st.sampled_from(ODD_VALUES))),
            draw(st.sampled_from(ODD_KEYS)),
            draw(st.integers(0, 2)),
        )
    return body


def changed(body: Any, route: Route, value: Any, key: str, how: int) -> Any:
    if not route:
        return value if how == 0 else {**body, key: value} if isinstance(body, dict) else body
    parent = body
    for step in route[:-1]:
        parent = parent[step]
    if how == 0:
        parent[route[-1]] = value
    elif how == 1 and isinstance(parent, dict):
        del parent[route[-1]]
    elif isinstance(found := parent[route[-1]], dict):
        found[key] = value
    return body


@pytest.mark.parametrize("kind", list(Kind))
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_what_does_not_fit_is_explained_and_what_fits_is_not(kind: Kind, data: st.DataObject) -> None:
    body = data.draw(damaged(kind))

    assert bool(explain(kind, body, Source("x.yaml"))) is not shape.fits(kind, body)


@pytest.mark.parametrize("kind", list(Kind))
def test_both_validators_take_every_good_example(kind: Kind) -> None:
    good = bodies(kind, "good")

    assert [list(validator(kind).iter_errors(body)) for body in good] == [[] for _ in good]


@pytest.mark.parametrize("kind", list(Kind))
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_body_at_all_is_looked_at_without_an_error(kind: Kind, data: st.DataObject) -> None:
    body = data.draw(damaged(kind))

    found = shape.check(kind, body, Source("x.yaml"))

    assert all(problem.message for problem in found)
