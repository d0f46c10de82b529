"""Properties of Port's client: the target is reached from anywhere, whatever interrupts it, and written once."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import reduce
from itertools import islice
from operator import getitem
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_fake import FakeCatalog
from peopled import entities, populate, shapes
from port_fake import CLIENT, Fault, PortFake, cut, dropped, fake_port, instead
from port_served import OverHTTP, port_serving
from portside.catalogs.client.answers import Answer, listed
from portside.catalogs.client.credentials import Credentials
from portside.catalogs.client.session import Session
from portside.catalogs.local import LocalCatalog
from portside.catalogs.port import PortCatalog
from portside.errors import CatalogRefused, PortsideError
from portside.model.entity import Upsert
from portside.model.resource import JSON, State
from portside.plans import saved
from portside.plans.apply import Done, apply
from portside.plans.plan import Plan, plan
from portside.problems import Route
from stocked import empty
from test_plans_always import EVERYTHING, states

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "8"))


class Both(NamedTuple):
    """One catalog, as itself and as Port's client sees it."""

    embedded: LocalCatalog
    port: OverHTTP


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """One for all examples: each begins by emptying it."""
    folder = tmp_path_factory.mktemp("served")
    with LocalCatalog.open(folder / "catalog.db") as embedded, port_serving(embedded, folder) as port:
        yield Both(embedded, port)


def planned(catalog: PortCatalog | LocalCatalog, desired: State) -> Plan:
    live = catalog.read()
    return plan(live, desired, catalog="port", prune=True, allowed=EVERYTHING, count=catalog.count)


def applied(catalog: PortCatalog | LocalCatalog, desired: State, steps: int | None = None) -> None:
    """Apply all of a plan, or until so many steps are done; what is under way then ends as after Ctrl-C."""
    with closing(apply(planned(catalog, desired), catalog)) as events:
        for _ in islice((event for event in events if isinstance(event, Done)), steps):
            pass
    for thread in threading.enumerate():
        if thread.name.startswith("step"):
            thread.join()


def inhabited(both: Both, before: State, found: Iterable[Upsert]) -> None:
    """The catalog holds the state, and of the entities those that it takes."""
    empty(both.embedded)
    applied(both.embedded, before)
    populate(both.embedded, found)


@settings(max_examples=EXAMPLES)
@given(before=states(), after=states(), steps=st.integers(0, 8), data=st.data())
def test_a_plan_reaches_its_target_from_wherever_it_was_interrupted_whatever_entities_there_are(
    both: Both, before: State, after: State, steps: int, data: st.DataObject
) -> None:
    inhabited(both, before, data.draw(entities(before)))
    assert both.port.read() == before
    assert planned(both.port, after) == planned(both.embedded, after)

    applied(both.port, after, steps)
    applied(both.port, after)

    assert both.port.read() == after
    assert planned(both.port, after).steps == ()


@settings(max_examples=2 * EXAMPLES)
@given(first=shapes(), second=shapes(), third=shapes(), data=st.data())
def test_ports_client_counts_what_is_lost_as_the_catalog_itself_does(
    both: Both, first: State, second: State, third: State, data: st.DataObject
) -> None:
    """Two changes: what the first one left behind need not fit what is there when the second one is counted."""
    inhabited(both, first, data.draw(entities(first, 3)))
    for desired in (second, third):
        assert planned(both.port, desired) == planned(both.embedded, desired)
        with suppress(CatalogRefused):  # a relation that holds several and should hold one
            applied(both.embedded, desired)
        populate(both.embedded, data.draw(entities(desired, 3)))


FAULTS = {
    "503": instead(503),
    "429": instead(429, retry_after="1"),
    "dropped": dropped,
    "cut": cut,
}


@st.composite
def days(draw: st.DrawFn) -> list[Fault]:
    """Bad ones: faults on whatever comes, before or after the server acts."""
    on = st.sampled_from(["GET", "POST /v1/blue", "POST /v1/web", "PUT", "DELETE", ""])
    how = st.sampled_from(sorted(FAULTS))
    found = draw(st.lists(st.tuples(on, how, st.booleans()), max_size=12))
    return [Fault(where, FAULTS[how], acts and how != "429") for where, how, acts in found]


ANYTHING = st.sampled_from([None, True, 1, "", "x", [], [1], [{}], {}, {"a": 1}, {"a": {}}])
GIVEN = Answer("GET /v1/blueprints", 200, {}, b"")


def places(value: JSON, route: Route = ()) -> Iterator[Route]:
    """Every place in a document but the document itself and its identifier."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        if (*route, key) != ("identifier",):
            yield (*route, key)
        yield from places(member, (*route, key))


@settings(max_examples=4 * EXAMPLES)
@given(live=states(), desired=states(), data=st.data())
def test_whatever_documents_port_gives_there_is_a_plan_or_a_sentence(
    live: State, desired: State, data: st.DataObject
) -> None:
    documents = [(one.ref.kind, json.loads(json.dumps(one.body))) for one in live.values()]
    for _, body in documents:
        *way, last = data.draw(st.sampled_from(sorted(places(body), key=str)))
        reduce(getitem, way, body)[last] = data.draw(ANYTHING)
    try:
        given = State(listed(GIVEN, kind, body) for kind, body in documents)
        found = plan(given, desired, prune=True, allowed=EVERYTHING)
    except PortsideError as error:
        assert "\n" not in str(error)
    else:
        assert saved.from_text(saved.to_text(found)) == found


@settings(max_examples=EXAMPLES)
@given(before=states(), after=states(), faults=days())
def test_whatever_the_network_does_the_target_is_reached_and_nothing_is_written_twice(
    tmp_path_factory: pytest.TempPathFactory, before: State, after: State, faults: list[Fault]
) -> None:
    fake = PortFake(FakeCatalog.of(before.values()))
    with fake_port(fake):
        session = Session(fake.base, lambda: Credentials(*CLIENT.values()), wait=lambda _: None)
        with PortCatalog(session, "port", held_at=tmp_path_factory.getbasetemp() / "lock") as catalog:
            found = planned(catalog, after)
            fake.faults = faults

            for _ in apply(found, catalog):
                pass

            fake.faults = []
            assert planned(catalog, after).steps == ()
    assert sorted(fake.acted) == sorted(f"{step.action} {step.ref}" for step in found.steps)
