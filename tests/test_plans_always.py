"""Properties of plans over random pairs of states: the target is reached, from anywhere, and nothing is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import blueprint, state, webhook
from catalog_fake import FakeCatalog
from portside.errors import CatalogUnreachable
from portside.model.resource import Body, Kind, Resource, State
from portside.plans import saved
from portside.plans.apply import Done, Event, apply
from portside.plans.dangers import DANGERS, Allowance
from portside.plans.needs import needs
from portside.plans.plan import Plan, plan

EVERYTHING = tuple(Allowance(name) for name in DANGERS)
PROPERTIES = (
    {"type": "string"},
    {"type": "number"},
    {"type": "string", "format": "url"},
    {"type": "string", "enum": ["x", "y"]},
)
EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "60"))
"""More with PORTSIDE_EXAMPLES=5000; the default keeps the module to a few seconds."""


@st.composite
def states(draw: st.DrawFn) -> State:
    """A state in which every name leads somewhere: relations both ways, and what hangs on them."""
    names = draw(st.lists(st.sampled_from("abcde"), unique=True, max_size=5))
    bodies = {name: _bare(draw, name, names) for name in names}
    for layer in range(3):
        for name in names:
            _derive(draw, name, layer, bodies)
    for name in names:
        _own(draw, name, bodies)
    hooks = draw(st.lists(st.sampled_from("xyz"), unique=True, max_size=2))
    mapped = st.lists(st.sampled_from(names), max_size=3) if names else st.just([])
    blueprints = [Resource.of(Kind.BLUEPRINT, body) for body in bodies.values()]
    return state(*blueprints, *(webhook(name, *draw(mapped), title=draw(st.sampled_from("tu"))) for name in hooks))


def _bare(draw: st.DrawFn, name: str, names: list[str]) -> Body:
    properties = {key: draw(st.sampled_from(PROPERTIES)) for key in draw(st.sets(st.sampled_from("pq")))}
    flags = st.sampled_from(({}, {"many": True}, {"required": True}))
    relations = {
        key: {"target": draw(st.sampled_from(names)), **draw(flags)}
        for key in sorted(draw(st.sets(st.sampled_from("rs"))))
    }
    required = tuple(sorted(properties)) if draw(st.booleans()) else ()
    return blueprint(name, properties=properties, relations=relations, required=required).body


def _derive(draw: st.DrawFn, name: str, layer: int, bodies: dict[str, Body]) -> None:
    """Mirrors and aggregations of what lower layers have, so that none hangs on itself."""
    body = bodies[name]
    for way, end in _ways(name, bodies):
        if draw(st.integers(0, 3)) == 0:
            last = draw(st.sampled_from(["$title", *bodies[end]["schema"]["properties"], *_below(layer, bodies[end])]))
            body["mirrorProperties"][f"m{layer}_{'_'.join(way)}"] = {"path": ".".join((*way, last))}
    if draw(st.integers(0, 2)) == 0:
        target = draw(st.sampled_from(sorted(bodies)))
        body["aggregationProperties"][f"g{layer}"] = draw(st.sampled_from(list(_sums(name, target, layer, bodies))))
    if body["mirrorProperties"] and draw(st.booleans()):
        mirror = min(body["mirrorProperties"])
        body["calculationProperties"]["c"] = {"calculation": f".properties.{mirror}", "type": "string"}


def _below(layer: int, body: Body) -> list[str]:
    return [key for key in body["aggregationProperties"] if int(key[1:]) < layer]


def _sums(name: str, target: str, layer: int, bodies: dict[str, Body]) -> Iterator[Body]:
    plain = {"title": "t", "type": "number", "target": target}
    counting = {"calculationBy": "entities", "func": "count"}
    yield {**plain, "calculationSpec": counting}
    for way, end in _ways(target, bodies):
        if end == name:
            path = [{"path": list(way), "fromBlueprint": target}]
            yield {**plain, "calculationSpec": counting, "pathFilter": path}
    others = bodies[target]
    numbers = [key for key, one in others["schema"]["properties"].items() if one["type"] == "number"]
    for key in [*numbers, *_below(layer, others)]:
        yield {**plain, "calculationSpec": {"calculationBy": "property", "func": "sum", "property": key}}


def _own(draw: st.DrawFn, name: str, bodies: dict[str, Body]) -> None:
    choice = draw(st.integers(0, 2))
    if choice == 1:
        bodies[name]["ownership"] = {"type": "Direct"}
    ways = [
        way
        for way, end in _ways(name, bodies)
        if end != name and (bodies[end].get("ownership") or {}).get("type") == "Direct"
    ]
    if choice == 2 and ways:
        bodies[name]["ownership"] = {"type": "Inherited", "path": ".".join(draw(st.sampled_from(ways)))}


def _ways(name: str, bodies: dict[str, Body]) -> list[tuple[tuple[str, ...], str]]:
    """Paths of one or two relations, and where they end."""
    one = [((key,), relation["target"]) for key, relation in bodies[name]["relations"].items()]
    two = [((*way, key), rel["target"]) for way, end in one for key, rel in bodies[end]["relations"].items()]
    return [*one, *two]


def _direct(body: Body) -> bool:
    return body.get("ownership") == {"type": "Direct"}


def planned(live: State, desired: State, *, prune: bool = True) -> Plan:
    return plan(live, desired, catalog="fake", prune=prune, allowed=EVERYTHING)


def applied(found: Plan, catalog: FakeCatalog) -> list[Event]:
    return list(apply(found, catalog))


@given(states(), states())
@settings(max_examples=EXAMPLES)
def test_apply_reaches_the_desired_state_and_is_never_refused(a: State, b: State):
    catalog = FakeCatalog.of(a.values())
    found = planned(catalog.read(), b)

    applied(found, catalog)

    assert planned(catalog.read(), b).changes == ()
    assert catalog.written == list(found.steps)


@given(states(), states(), st.randoms(use_true_random=False))
@settings(max_examples=EXAMPLES)
def test_steps_in_any_order_that_their_needs_allow_are_accepted(a: State, b: State, random: Random):
    catalog = FakeCatalog.of(a.values())
    found = planned(catalog.read(), b)
    waits = dict(enumerate(needs(found, catalog.read())))

    while ready := sorted(index for index, before in waits.items() if not before & waits.keys()):
        chosen = random.choice(ready)
        catalog.perform(found.steps[chosen])
        del waits[chosen]

    assert waits == {}
    assert planned(catalog.read(), b).changes == ()


@given(states(), states(), st.integers(2, 4))
@settings(max_examples=EXAMPLES)
def test_steps_side_by_side_reach_the_desired_state_and_none_is_refused(a: State, b: State, width: int):
    catalog = FakeCatalog.of(a.values(), parallel=width)
    found = planned(catalog.read(), b)

    events = applied(found, catalog)

    assert planned(catalog.read(), b).changes == ()
    assert sorted(event.number for event in events if isinstance(event, Done)) == list(range(1, len(found.steps) + 1))


@given(states())
@settings(max_examples=EXAMPLES)
def test_a_state_that_a_server_gives_back_in_its_own_spelling_plans_as_no_changes(a: State):
    served = FakeCatalog.of(a.values()).read()

    assert plan(served, a, catalog="fake", prune=True) == Plan("fake")


@given(states(), states(), st.data())
@settings(max_examples=EXAMPLES)
def test_planning_again_finishes_what_was_interrupted_at_any_write(a: State, b: State, data: st.DataObject):
    catalog = FakeCatalog.of(a.values(), parallel=data.draw(st.integers(1, 3)))
    found = planned(catalog.read(), b)
    catalog.fails_at = data.draw(st.integers(1, max(1, len(found.steps))))

    try:
        applied(found, catalog)
    except CatalogUnreachable:
        catalog.fails_at = 0
        applied(planned(catalog.read(), b), catalog)

    assert planned(catalog.read(), b).changes == ()


@given(states(), states())
@settings(max_examples=EXAMPLES)
def test_a_plan_survives_its_json(a: State, b: State):
    found = planned(a, b)

    assert saved.from_text(saved.to_text(found)) == found


@given(states(), states())
@settings(max_examples=EXAMPLES)
def test_a_plan_is_the_same_every_time(a: State, b: State):
    assert planned(a, b) == planned(State(reversed(list(a.values()))), State(reversed(list(b.values()))))


@given(states(), states())
@settings(max_examples=EXAMPLES)
def test_what_no_schema_knows_is_never_lost(a: State, b: State):
    catalog = FakeCatalog.of(_grown(one) for one in a.values())

    applied(planned(catalog.read(), b), catalog)

    for ref in a.keys() & b.keys():
        assert catalog.held[ref]["portGrew"] == {"this": [1, {"deep": None}]}
    assert planned(catalog.read(), b).changes == ()


def _grown(resource: Resource) -> Resource:
    return Resource.of(resource.ref.kind, {**resource.body, "portGrew": {"this": [1, {"deep": None}]}})


@given(states(), states())
@settings(max_examples=EXAMPLES)
def test_without_prune_nothing_is_deleted_and_what_is_not_declared_is_listed(a: State, b: State):
    live = state(*a.values(), *b.values())
    found = planned(live, b, prune=False)

    assert found.changes == ()
    assert found.unmanaged == tuple(ref for ref in live if ref not in b)


@given(states(), st.data())
@settings(max_examples=EXAMPLES)
def test_what_is_asked_for_alone_is_taken_with_what_it_needs(a: State, data: st.DataObject):
    catalog = FakeCatalog()
    only = data.draw(st.lists(st.sampled_from(list(a)), max_size=1)) if a else []

    applied(plan(State(), a, only=[str(ref) for ref in only]), catalog)

    assert set(only) <= catalog.held.keys()
