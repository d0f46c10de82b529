"""What a write carries along because it stands only in the catalog."""

from __future__ import annotations

from builders import blueprint, state, webhook
from portside.model.resource import Kind, Ref, Resource
from portside.plans.kept import Kept, carried
from portside.plans.plan import plan
from portside.problems import Route

A = Ref(Kind.BLUEPRINT, "a")


def only_grown(kind: str, route: Route) -> bool:  # noqa: ARG001 - the signature of a schema's knowledge
    return "grown" not in route


def test_a_key_that_no_schema_knows_is_carried_at_any_depth():
    live = blueprint("a", properties={"p": {"type": "string", "grown": 1}}, to="a", grown={"by": "Port"})

    merged, kept = carried(live, blueprint("a", properties={"p": "string"}, to="a"), only_grown)

    assert merged == live
    assert kept == (Kept(A, ("grown",)), Kept(A, ("schema", "properties", "p", "grown")))


def test_a_key_that_a_schema_knows_is_owned_so_leaving_it_out_takes_it_away():
    live = blueprint("a", properties={"p": "string"}, description="old")

    assert carried(live, blueprint("a"), only_grown) == (blueprint("a"), ())


def test_what_goes_takes_its_unknown_keys_along():
    live = blueprint("a", properties={"p": {"type": "string", "grown": 1}})

    assert carried(live, blueprint("a"), only_grown) == (blueprint("a"), ())


def test_a_mapping_keeps_its_unknown_key_when_another_is_inserted_before_it():
    live = webhook("w", "a").body
    live["mappings"][0]["grown"] = True
    desired = webhook("w", "b", "a")

    merged, kept = carried(Resource.of(Kind.WEBHOOK, live), desired, only_grown)

    assert [mapping.get("grown") for mapping in merged.body["mappings"]] == [None, True]
    assert kept == (Kept(Ref(Kind.WEBHOOK, "w"), ("mappings", 1, "grown")),)


def test_a_secret_that_a_server_gives_back_is_not_carried():
    live = webhook("w", "a", security={"secret": "s", "signatureAlgorithm": "sha1"})
    desired = webhook("w", "a")

    assert carried(live, desired, lambda *_: False)[0].body["security"] == {"signatureAlgorithm": "sha1"}


def test_ports_own_blueprints_are_extended_never_owned():
    live = blueprint(
        "_user", properties={"status": "string", "age": "number"}, required=("status",), relations={"r": "a"}
    )
    desired = blueprint("_user", properties={"nick": "string"}, required=("nick",))

    merged, kept = carried(live, desired, only_grown)

    assert merged == blueprint(
        "_user",
        properties={"status": "string", "age": "number", "nick": "string"},
        required=("nick", "status"),
        relations={"r": "a"},
    )
    assert [one.route for one in kept] == [("relations", "r"), ("schema", "properties", "age")]


def test_what_port_keeps_on_its_own_blueprints_stands_whatever_the_file_says():
    live, desired = (blueprint("_user", properties={"status": one}) for one in ("string", "number"))

    assert carried(live, desired, only_grown)[0] == live


def test_ports_own_blueprints_are_neither_unmanaged_nor_pruned():
    live = state(blueprint("_user"), blueprint("a"))

    found = plan(live, state(blueprint("a")), prune=True)

    assert (found.changes, found.unmanaged) == ((), ())


def test_a_plan_names_what_it_carries_only_where_it_writes():
    live = state(blueprint("a", grown=1), blueprint("b", grown=1))

    found = plan(live, state(blueprint("a", description="new"), blueprint("b")), known=only_grown)

    assert found.kept == (Kept(A, ("grown",)),)
    assert [step.body for step in found.steps] == [blueprint("a", description="new", grown=1).body]


def test_our_own_schemas_say_what_is_known():
    live = state(blueprint("a", portGrew=1, properties={"p": {"type": "string", "futureKeyword": 1}}, description="x"))

    found = plan(live, state(blueprint("a", properties={"p": "string"})))

    assert [one.route for one in found.kept] == [("portGrew",), ("schema", "properties", "p", "futureKeyword")]
    assert [field.route for change in found.changes for field in change.fields] == [("description",)]
