"""The contract: what every catalog does, whatever it stands on. One suite over all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog_contract import (
    CATALOGS,
    Body,
    blueprint,
    create,
    delete,
    filled,
    mapping,
    normal,
    relation,
    update,
    webhook,
)
from portside.errors import CatalogHeld, CatalogRefused
from portside.model.resource import Kind, Ref, State
from portside.plans.apply import Catalog
from portside.plans.dangers import Danger, Loss
from portside.plans.plan import Action, Step

BLUEPRINT, WEBHOOK = Kind.BLUEPRINT, Kind.WEBHOOK
TEXT = {"type": "string"}
NUMBER = {"type": "number"}


@pytest.fixture(params=CATALOGS.values(), ids=CATALOGS.keys())
def catalog(request: pytest.FixtureRequest) -> Iterator[Catalog]:
    opened = request.param(request)
    yield opened
    opened.close()


def test_a_new_catalog_is_empty(catalog: Catalog) -> None:
    assert catalog.read() == State()


def test_what_was_created_is_read_in_normal_form(catalog: Catalog) -> None:
    body = blueprint("team", properties={"tier": TEXT}, icon="", description=None)

    catalog.perform(create(BLUEPRINT, body))

    assert catalog.read() == State([normal(BLUEPRINT, body)])


def test_a_write_gives_what_a_reading_gives(catalog: Catalog) -> None:
    given = catalog.perform(create(BLUEPRINT, blueprint("team", properties={"tier": TEXT})))

    assert given == catalog.reread(Ref(BLUEPRINT, "team")) == catalog.read()[Ref(BLUEPRINT, "team")]


def test_an_update_replaces_the_whole_document(catalog: Catalog) -> None:
    filled(catalog, blueprint("team", properties={"tier": TEXT}, icon="Team"))

    catalog.perform(update(BLUEPRINT, blueprint("team")))

    assert catalog.reread(Ref(BLUEPRINT, "team")) == normal(BLUEPRINT, blueprint("team"))


def test_what_was_deleted_is_gone(catalog: Catalog) -> None:
    filled(catalog, blueprint("team"))

    given = catalog.perform(delete(BLUEPRINT, "team"))

    assert (given, catalog.reread(Ref(BLUEPRINT, "team")), catalog.read()) == (None, None, State())


def test_keys_that_nobody_knows_survive(catalog: Catalog) -> None:
    body = blueprint(
        "team", properties={"tier": {**TEXT, "x-order": 3}}, futureKey={"deep": [1, None, "é", "\ud83d\ude00"]}
    )

    filled(catalog, body)

    assert catalog.read()[Ref(BLUEPRINT, "team")].body["futureKey"] == {"deep": [1, None, "é", "\U0001f600"]}


def test_dates_that_come_with_a_body_are_not_taken(catalog: Catalog) -> None:
    catalog.perform(create(BLUEPRINT, blueprint("team", createdAt="1999-01-01T00:00:00.000Z", updatedBy="me")))

    assert catalog.reread(Ref(BLUEPRINT, "team")) == normal(BLUEPRINT, blueprint("team"))


def test_a_webhook_is_kept_without_giving_its_secret_back(catalog: Catalog) -> None:
    security = {"secret": "${PAGERDUTY_SECRET}", "signatureHeaderName": "X-Signature", "signatureAlgorithm": "sha256"}

    given = catalog.perform(create(WEBHOOK, webhook("pager", security=security)))

    without = {"signatureHeaderName": "X-Signature", "signatureAlgorithm": "sha256"}
    assert given == catalog.read()[Ref(WEBHOOK, "pager")] == normal(WEBHOOK, webhook("pager", security=without))


def test_blueprints_that_point_at_each_other_are_taken_one_write_after_the_other(catalog: Catalog) -> None:
    a, b = blueprint("a", relations={"to": relation("b")}), blueprint("b", relations={"back": relation("a")})

    filled(catalog, blueprint("a"), b)
    catalog.perform(update(BLUEPRINT, a))

    assert catalog.read() == State([normal(BLUEPRINT, a), normal(BLUEPRINT, b)])


def test_a_blueprint_may_relate_to_itself_and_to_port_s_own(catalog: Catalog) -> None:
    body = blueprint("task", relations={"parent": relation("task"), "owner": relation("_user")})

    filled(catalog, body)

    assert catalog.read() == State([normal(BLUEPRINT, body)])


def test_a_calculation_in_an_old_template_is_taken_as_port_took_it(catalog: Catalog) -> None:
    calculation = {"type": "string", "calculation": "'https://example.com/' + {{identifier}}"}
    body = blueprint("service", calculationProperties={"url": calculation})

    filled(catalog, body)

    assert catalog.read() == State([normal(BLUEPRINT, body)])


SERVICE = blueprint(
    "service",
    properties={"tier": TEXT, "size": NUMBER, "page": {"type": "string", "format": "url"}},
    relations={"team": relation("team"), "uses": relation("service", many=True)},
)
TEAM = blueprint("team", properties={"name": TEXT})


def _with(body: Body, **more: object) -> Body:
    return {**body, **more}


def _aggregating(target: str, spec: Body, **more: object) -> Step:
    """A write that gives the team an aggregation."""
    definition = {"title": "N", "target": target, "calculationSpec": spec, **more}
    return update(BLUEPRINT, _with(TEAM, aggregationProperties={"n": definition}))


COUNT = {"calculationBy": "entities", "func": "count"}
UNTITLED = {"identifier": "x", "schema": {"properties": {}}}

REFUSED = {
    "a name that is taken": (create(BLUEPRINT, SERVICE), "conflict"),
    "an update of what is not there": (update(BLUEPRINT, blueprint("ghost")), "not_found"),
    "a delete of what is not there": (delete(BLUEPRINT, "ghost"), "not_found"),
    "a delete of a webhook that is not there": (delete(WEBHOOK, "ghost"), "not_found"),
    "a body without a title": (create(BLUEPRINT, UNTITLED), "validation_error"),
    "a webhook's key that nobody knows": (create(WEBHOOK, webhook("pager", mapings=[])), "validation_error"),
    "a body of another name": (
        Step(Action.UPDATE, Ref(BLUEPRINT, "service"), blueprint("team")),
        "validation_error",
    ),
    "a relation to a blueprint that is not there": (
        update(BLUEPRINT, _with(SERVICE, relations={"x": relation("ghost")})),
        "not_found",
    ),
    "a relation that is many and required": (
        create(BLUEPRINT, blueprint("x", relations={"y": relation("team", many=True, required=True)})),
        "validation_error",
    ),
    "a relation that turns to another blueprint": (
        update(BLUEPRINT, _with(SERVICE, relations={**SERVICE["relations"], "team": relation("service")})),
        "validation_error",
    ),
    "a mirror through a relation that is not there": (
        create(BLUEPRINT, blueprint("x", mirrorProperties={"m": {"path": "team.name"}})),
        "validation_error",
    ),
    "a mirror of a property that is not there": (
        update(BLUEPRINT, _with(SERVICE, mirrorProperties={"m": {"path": "team.colour"}})),
        "validation_error",
    ),
    "an aggregation of a blueprint that is not there": (_aggregating("ghost", COUNT), "not_found"),
    "an aggregation of a property that is no number": (
        _aggregating("service", {"calculationBy": "property", "func": "sum", "property": "tier"}),
        "validation_error",
    ),
    "an aggregation measured by what is not there": (
        _aggregating("service", {**COUNT, "func": "average", "averageOf": "day", "measureTimeBy": "ghost"}),
        "validation_error",
    ),
    "an aggregation whose path leads nowhere": (
        _aggregating("service", COUNT, pathFilter=[{"path": ["ghost"], "fromBlueprint": "service"}]),
        "validation_error",
    ),
    "ownership along a path that leads to nobody's blueprint": (
        update(BLUEPRINT, _with(SERVICE, ownership={"type": "Inherited", "path": "team"})),
        "invalid_inherited_ownership_path",
    ),
    "another type for a property": (
        update(BLUEPRINT, _with(TEAM, schema={"properties": {"name": NUMBER}})),
        "validation_error",
    ),
    "another format for a property": (
        update(BLUEPRINT, _with(TEAM, schema={"properties": {"name": {**TEXT, "format": "url"}}})),
        "forbidden_format_change",
    ),
    "a delete of what others point at": (delete(BLUEPRINT, "team"), "has_dependents"),
    "a change to a blueprint that Port keeps to itself": (
        create(BLUEPRINT, blueprint("_rule")),
        "protected_blueprint_violation",
    ),
    "jq that does not compile": (create(WEBHOOK, webhook("pager", mapping("service", ".body.["))), "validation_error"),
}


@pytest.mark.parametrize(("step", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_port_refuses_is_refused_and_nothing_changes(catalog: Catalog, step: Step, reason: str) -> None:
    filled(catalog, TEAM, SERVICE)
    before = catalog.read()

    with pytest.raises(CatalogRefused) as refused:
        catalog.perform(step)

    assert (refused.value.reason, catalog.read()) == (reason, before)


def test_a_property_gets_another_type_in_two_writes(catalog: Catalog) -> None:
    filled(catalog, TEAM)

    catalog.perform(update(BLUEPRINT, _with(TEAM, schema={"properties": {}})))
    given = catalog.perform(update(BLUEPRINT, _with(TEAM, schema={"properties": {"name": NUMBER}})))

    assert given == normal(BLUEPRINT, blueprint("team", properties={"name": NUMBER}))


def test_nothing_is_lost_where_nothing_is_stored(catalog: Catalog) -> None:
    filled(catalog, TEAM)

    assert catalog.count(Danger("removes-property", Ref(BLUEPRINT, "team"), "name")) == Loss(0, 0)


def test_a_danger_that_no_catalog_can_count_is_unknown(catalog: Catalog) -> None:
    filled(catalog, TEAM)

    assert catalog.count(Danger("no-such-danger", Ref(BLUEPRINT, "team"))) is None


def test_a_held_catalog_says_who_holds_it(catalog: Catalog) -> None:
    with (
        catalog.hold("ana@laptop"),
        pytest.raises(CatalogHeld, match="held by ana@laptop since 20"),
        catalog.hold("bo"),
    ):
        pass


def test_a_catalog_is_free_again_when_it_is_let_go(catalog: Catalog) -> None:
    with catalog.hold("ana@laptop"):
        pass

    with catalog.hold("bo@desk"):
        assert catalog.read() == State()
