"""Port's migrations: all entities of a blueprint deleted, or led through a mapping, behind the requests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from calling import Caller
from catalog_contract import blueprint, relation
from portside.catalogs import entities, moves
from portside.catalogs.local import LocalCatalog
from portside.model.entity import Upsert

CLEAR = "delete /v1/blueprints/{blueprint_identifier}/all-entities"
ONE = "/v1/migrations/{migration_id}"
TEXT = {"type": "string"}
SERVICE = blueprint(
    "service",
    properties={"size": {"type": "string"}, "weight": {"type": "number"}},
    relations={"needs": relation("service", required=False)},
)


@pytest.fixture
def caller(embedded: Callable[..., LocalCatalog]) -> Iterator[Caller]:
    with embedded() as catalog:
        found = Caller(catalog)
        for body in (SERVICE, blueprint("app", properties={"name": TEXT}, required=("name",))):
            found("post /v1/blueprints", body)
        yield found


def filled(caller: Caller, number: int) -> None:
    with caller.catalog.writing("ana") as within:
        for one in range(number):
            entities.create(within, "service", f"s{one:04}", {"properties": {"size": str(one)}})


def begun(caller: Caller, query: Any = None, blueprint: str = "service") -> str:
    return str(caller(CLEAR, query=query, blueprint_identifier=blueprint).body["migrationId"])


def ended(caller: Caller, identifier: str) -> dict[str, Any]:
    """The migration once it has ended."""
    moves.finish(caller.catalog)
    found: dict[str, Any] = caller(f"get {ONE}", migration_id=identifier).body["migration"]
    return {key: value for key, value in found.items() if key not in ("id", "createdAt", "updatedAt")}


def test_all_entities_of_a_blueprint_are_deleted_and_it_stays(caller: Caller) -> None:
    filled(caller, 450)

    assert ended(caller, begun(caller)) == {
        "actor": "ana",
        "sourceBlueprint": "service",
        "deleteEntities": True,
        "deleteBlueprint": False,
        "status": "COMPLETED",
        "successCount": 450,
        "failureCount": 0,
    }
    assert caller.catalog.entity_count("service") == 0
    assert caller("get /v1/blueprints/{identifier}", identifier="service").status == 200


def test_the_blueprint_goes_after_its_entities_when_it_is_asked_to(caller: Caller) -> None:
    filled(caller, 3)

    assert ended(caller, begun(caller, {"delete_blueprint": True}))["status"] == "COMPLETED"
    assert caller.refused("get /v1/blueprints/{identifier}", identifier="service")[1] == "not_found"


def test_entities_that_require_each_other_go_together(caller: Caller) -> None:
    caller("post /v1/blueprints", blueprint("task", relations={"next": relation("task", required=True)}))
    for name in "abc":
        caller.catalog.upsert(Upsert("task", name, {"relations": {"next": name}}))
    for name, following in (("a", "c"), ("b", "a"), ("c", "b")):
        caller.catalog.upsert(Upsert("task", name, {"relations": {"next": following}}))

    found = ended(caller, begun(caller, blueprint="task"))

    assert (found["status"], found["successCount"], caller.catalog.entity_count("task")) == ("COMPLETED", 3, 0)


def test_what_entities_elsewhere_require_stays_and_what_merely_points_lets_go(caller: Caller) -> None:
    related = {"on": relation("service", required=True), "near": relation("service")}
    caller("post /v1/blueprints", blueprint("pod", relations=related))
    filled(caller, 3)
    caller.catalog.upsert(Upsert("service", "s0000", {"relations": {"needs": "s0001"}}))
    caller.catalog.upsert(Upsert("pod", "p", {"relations": {"on": "s0000", "near": "s0002"}}))

    found = ended(caller, begun(caller))

    assert (found["status"], found["successCount"], found["failureCount"]) == ("FAILURE", 2, 1)
    assert found["reason"] == "1 entity of blueprint/service stays: required by others"
    assert [one["identifier"] for one in caller.catalog.entities("service")] == ["s0000"]
    assert caller.catalog.entity("pod", "p")["relations"] == {"on": "s0000", "near": None}


def test_a_blueprint_that_others_point_at_is_not_even_begun_to_be_deleted(caller: Caller) -> None:
    caller("post /v1/blueprints", blueprint("pod", relations={"on": relation("service")}))

    assert caller.refused(CLEAR, query={"delete_blueprint": True}, blueprint_identifier="service") == (
        409,
        "has_dependents",
        "blueprint/service cannot be deleted: pod still points at it",
    )
    assert caller.refused(CLEAR, blueprint_identifier="ghost")[:2] == (404, "not_found")
    assert caller("get /v1/migrations").body["migrations"] == []


def test_what_was_interrupted_is_gone_on_with_by_the_next_start(
    caller: Caller, embedded: Callable[..., LocalCatalog]
) -> None:
    filled(caller, 2 * moves.BATCH + 1)
    with caller.catalog.writing("ana") as within:
        identifier = moves.begin_clearing(within, "service", delete_blueprint=True)["id"]
    steps = iter((True, False))

    moves.finish(caller.catalog, lambda: next(steps))

    found = caller(f"get {ONE}", migration_id=identifier).body["migration"]
    assert (found["status"], found["successCount"]) == ("RUNNING", moves.BATCH)
    with embedded() as again:
        assert ended(Caller(again), identifier)["successCount"] == 2 * moves.BATCH + 1


_KILLED = """
import sys
from pathlib import Path
from portside.catalogs import entities, moves
from portside.catalogs.local import LocalCatalog

def going():
    print("on", flush=True)
    return True

with LocalCatalog.open(Path(sys.argv[1])) as catalog:
    moves.finish(catalog, going)
"""


def test_a_process_that_is_killed_leaves_whole_batches(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with LocalCatalog.open(path) as catalog:
        caller = Caller(catalog)
        caller("post /v1/blueprints", SERVICE)
        filled(caller, 10 * moves.BATCH)
        with catalog.writing("ana") as within:
            identifier = moves.begin_clearing(within, "service", delete_blueprint=False)["id"]

    with Popen([sys.executable, "-c", _KILLED, str(path)], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(3)] == ["on\n"] * 3
        process.kill()

    with LocalCatalog.open(path) as catalog:
        caller = Caller(catalog)
        done = caller(f"get {ONE}", migration_id=identifier).body["migration"]["successCount"]
        assert done == 10 * moves.BATCH - catalog.entity_count("service")
        assert ended(caller, identifier)["successCount"] == 10 * moves.BATCH


def test_a_batch_that_fails_halfway_was_never_begun(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(caller, 3)
    with caller.catalog.writing("ana") as within:
        identifier = moves.begin_clearing(within, "service", delete_blueprint=False)["id"]

    with monkeypatch.context() as patched, pytest.raises(ZeroDivisionError):
        patched.setattr(moves, "_store", lambda *_: 1 / 0)
        moves.finish(caller.catalog)

    assert caller.catalog.entity_count("service") == 3
    assert ended(caller, identifier)["successCount"] == 3


def test_a_cancelled_migration_goes_no_further(caller: Caller) -> None:
    filled(caller, 2)
    with caller.catalog.writing("ana") as within:
        identifier = moves.begin_clearing(within, "service", delete_blueprint=False)["id"]

    caller(f"post {ONE}/cancel", {"reason": "a mistake"}, migration_id=identifier)

    found = ended(caller, identifier)
    assert (found["status"], found["reason"], caller.catalog.entity_count("service")) == ("CANCELLED", "a mistake", 2)
    assert caller.refused(f"post {ONE}/cancel", {}, migration_id=identifier)[:2] == (409, "conflict")
    assert caller.refused(f"post {ONE}/cancel", {}, migration_id="ghost")[:2] == (404, "not_found")


def moved(caller: Caller, mapping: dict[str, Any]) -> dict[str, Any]:
    body = {"sourceBlueprint": "service", "mapping": mapping}
    return ended(caller, caller("post /v1/migrations", body).body["migration"]["id"])


def test_entities_become_those_of_another_blueprint(caller: Caller) -> None:
    filled(caller, 3)
    mapping = {
        "blueprint": "app",
        "filter": '.properties.size != "1"',
        "entity": {
            "identifier": '"app-" + .identifier',
            "properties": {"name": 'if .properties.size == "2" then null else .identifier end'},
        },
    }

    found = moved(caller, mapping)

    assert (found["status"], found["successCount"], found["failureCount"]) == ("COMPLETED", 1, 1)
    assert found["mapping"] == mapping
    assert [one["identifier"] for one in caller.catalog.entities("app")] == ["app-s0000"]


def test_a_property_gets_the_values_of_another_type(caller: Caller) -> None:
    """What Port's page on properties has a migration for: the type of one that exists cannot be changed."""
    filled(caller, 3)

    moved(caller, {"entity": {"properties": {"weight": ".properties.size | tonumber"}}})

    assert [one["properties"] for one in caller.catalog.entities("service")] == [
        {"size": str(number), "weight": number} for number in range(3)
    ]


def test_what_a_migration_creates_it_does_not_lead_through_itself(caller: Caller) -> None:
    filled(caller, 2)

    moved(caller, {"entity": {"identifier": '.identifier + "-copy"'}})

    names = [one["identifier"] for one in caller.catalog.entities("service")]
    assert names == ["s0000", "s0000-copy", "s0001", "s0001-copy"]


REFUSED = {
    "a source that is not there": ("ghost", {"entity": {}}, "not_found", "blueprint/ghost is not there"),
    "a target that is not there": (
        "service",
        {"blueprint": "ghost", "entity": {}},
        "not_found",
        "blueprint/ghost is not there",
    ),
    "a mapping that deletes": (
        "service",
        {"operation": "delete", "entity": {}},
        "validation_error",
        "the mapping of a migration has no operation: it creates",
    ),
}


@pytest.mark.parametrize(("source", "mapping", "reason", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_migration_that_cannot_be_is_refused(
    caller: Caller, source: str, mapping: dict[str, Any], reason: str, sentence: str
) -> None:
    body = {"sourceBlueprint": source, "mapping": mapping}

    assert caller.refused("post /v1/migrations", body)[1:] == (reason, sentence)


def test_jq_that_does_not_compile_is_refused_with_its_place(caller: Caller) -> None:
    body = {"sourceBlueprint": "service", "mapping": {"entity": {"title": ".a |"}}}

    code, reason, sentence = caller.refused("post /v1/migrations", body)

    assert (code, reason) == (422, "validation_error")
    assert sentence.startswith("the mapping's entity.title does not compile: ")


def test_migrations_are_listed_by_what_they_are(caller: Caller) -> None:
    filled(caller, 1)
    mapped = moved(caller, {"blueprint": "app", "entity": {"properties": {"name": ".identifier"}}})
    cleared = ended(caller, begun(caller))

    def listed(**query: Any) -> list[str]:
        found = caller("get /v1/migrations", query=query).body["migrations"]
        return sorted("mapping" if "mapping" in one else "clearing" for one in found)

    assert (mapped["status"], cleared["status"]) == ("COMPLETED", "COMPLETED")
    assert listed() == ["clearing", "mapping"]
    assert listed(blueprint="app") == ["mapping"]
    assert listed(actor="bo") == []
    assert listed(status=["RUNNING", "FAILURE"]) == []
