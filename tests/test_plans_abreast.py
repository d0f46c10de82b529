"""Steps side by side: what runs at once, what waits, and how a failure is told."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import pytest

from builders import blueprint, state, webhook
from catalog_fake import FakeCatalog
from portside.errors import CatalogRefused, CatalogUnreachable, StalePlan
from portside.model.resource import Kind, Ref
from portside.plans.abreast import abreast
from portside.plans.apply import Event, apply
from portside.plans.needs import needs
from portside.plans.plan import Action, Plan, Step, plan


def step(name: str) -> Step:
    return Step(Action.DELETE, Ref(Kind.BLUEPRINT, name))


def nothing(*_: object) -> None:
    """A look, or a write, that does nothing."""


def told(events: Sequence[Event]) -> list[str]:
    return [f"{type(event).__name__} {event.number}" for event in events]


def planned(catalog: FakeCatalog, *resources: object) -> Plan:
    return plan(catalog.read(), state(*resources), prune=True, count=lambda _: None)


def test_resources_that_lead_to_each_other_keep_their_order():
    found = planned(FakeCatalog(), blueprint("a", to="b"), blueprint("b"), blueprint("c"), webhook("w", "a"))

    assert [str(one.ref) for one in found.steps] == ["blueprint/b", "blueprint/a", "blueprint/c", "webhook/w"]
    assert needs(found, {}) == (frozenset(), {0}, frozenset(), {1})


def test_a_resource_that_is_written_twice_is_written_in_order():
    found = planned(FakeCatalog(), blueprint("a", to="b"), blueprint("b", to="a"))

    assert needs(found, {}) == (frozenset(), {0}, {0, 1})


def test_as_many_steps_as_the_width_are_written_at_once():
    together = threading.Barrier(3, timeout=30)

    events = list(
        abreast([step("a"), step("b"), step("c")], [frozenset()] * 3, 3, look=nothing, write=lambda *_: together.wait())
    )

    assert sorted(told(events)) == ["Began 1", "Began 2", "Began 3", "Done 1", "Done 2", "Done 3"]


def test_a_step_waits_for_what_it_needs():
    order: list[str | int] = []

    events = list(
        abreast(
            [step("a"), step("b"), step("c")],
            [frozenset(), frozenset({0}), frozenset({1})],
            8,
            look=lambda one: order.append(one.ref.identifier),
            write=lambda number, _: order.append(number),
        )
    )

    assert order == ["a", 1, "b", 2, "c", 3]
    assert told(events) == ["Began 1", "Done 1", "Began 2", "Done 2", "Began 3", "Done 3"]


def test_what_is_under_way_when_another_fails_is_told():
    both = threading.Barrier(2, timeout=30)
    seen: list[Event] = []

    def write(number: int, _: Step) -> None:
        both.wait()
        if number == 1:
            raise CatalogRefused("no", reason="conflict")

    with pytest.raises(CatalogRefused):
        _listen(seen, abreast([*map(step, "ab")], [frozenset()] * 2, 2, look=nothing, write=write))

    assert sorted(told(seen)) == ["Began 1", "Began 2", "Done 2", "Failed 1"]


def test_after_a_failure_nothing_begins():
    seen: list[Event] = []

    def write(*_: object) -> None:
        raise CatalogRefused("no", reason="conflict")

    with pytest.raises(CatalogRefused):
        _listen(seen, abreast([*map(step, "abcd")], [frozenset()] * 4, 1, look=nothing, write=write))

    assert told(seen) == ["Began 1", "Failed 1"]


def _listen(seen: list[Event], events: Iterable[Event]) -> None:
    """Keeps what came before a failure."""
    for event in events:
        seen.append(event)  # noqa: PERF402 - extend would lose it all


def test_a_refusal_is_certain_and_a_lost_answer_is_not():
    catalog = FakeCatalog(fails_at=1)
    events = apply(planned(catalog, blueprint("a")), catalog)
    seen: list[Event] = []

    with pytest.raises(CatalogUnreachable, match="step 1 of 1, blueprint/a: the catalog does not answer"):
        _listen(seen, events)

    assert [getattr(event, "refused", None) for event in seen] == [None, False]


def test_somebody_s_edit_meanwhile_keeps_that_step_from_being_written_side_by_side_too():
    catalog = FakeCatalog.of([blueprint("a"), blueprint("b", to="a")], parallel=4)
    found = planned(catalog, blueprint("a", description="new"), blueprint("b", to="a", description="new"))
    edited = Ref(Kind.BLUEPRINT, "b")
    catalog.before_write = lambda number: catalog.edit(edited, title="Mine") if number == 1 else None

    with pytest.raises(StalePlan, match='blueprint/b changed since this plan \\(title: "B" → "Mine"\\); plan again'):
        list(apply(found, catalog))

    assert [str(one.ref) for one in catalog.written] == ["blueprint/a"]
