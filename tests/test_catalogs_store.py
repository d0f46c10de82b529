"""The database of the embedded catalog: what is made when, what can be wrong with it, and what a kill leaves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from catalog_contract import blueprint, create, filled, mapping, normal, webhook
from portside.catalogs.local import LocalCatalog
from portside.catalogs.store import SCHEMA_VERSION
from portside.errors import CatalogHeld, CatalogUnreachable
from portside.model.entity import Upsert
from portside.model.resource import Kind, Ref, State
from portside.plans.dangers import Danger, Loss

TEAM = blueprint("team", properties={"name": {"type": "string"}})


def complaint(path: Path) -> str:
    """What is said about a file that is no catalog, without the path to it."""
    with pytest.raises(CatalogUnreachable) as raised, LocalCatalog.open(path) as catalog:
        filled(catalog, TEAM)
    return str(raised.value).replace(str(path), "PATH")


PREAMBLE = """
import sys
from pathlib import Path
from portside.catalogs.local import LocalCatalog
from portside.model.resource import Kind, Ref
from portside.plans.plan import Action, Step

def await_the_others():
    print("here", flush=True)
    sys.stdin.readline()

def opened():
    place = sys.argv[1]
    return LocalCatalog.at(place) if "://" in place else LocalCatalog.open(Path(place))
"""


def run(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process that has `opened()`, the catalog at the first argument, and the names above."""
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + textwrap.dedent(program), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def at_once(others: list[subprocess.Popen[str]]) -> None:
    """Let processes go on from `await_the_others()` when all of them are there, and wait for their ends."""
    for other in others:
        assert other.stdout and other.stdout.readline() == "here\n"
    for other in others:
        assert other.stdin
        other.stdin.write("go\n")
        other.stdin.flush()
    for other in others:
        other.communicate()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest) -> str:
    """Where a catalog can be: a path where no file is yet, the address of an empty database."""
    if request.param == "SQLite":
        return str(request.getfixturevalue("tmp_path") / "catalog.db")
    return str(request.getfixturevalue("empty_postgresql"))


def opened(place: str, **options: Any) -> LocalCatalog:
    return LocalCatalog.at(place, **options) if "://" in place else LocalCatalog.open(Path(place), **options)


def test_looking_at_a_catalog_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    with LocalCatalog.open(tmp_path / "deep" / "catalog.db") as catalog:
        found = (
            catalog.read(),
            catalog.reread(Ref(Kind.BLUEPRINT, "team")),
            catalog.count(Danger("deletes-blueprint", Ref(Kind.BLUEPRINT, "team"))),
            catalog.entity("team", "a"),
            list(catalog.entities("team")),
            catalog.entity_count("team"),
            catalog.deliveries(),
            catalog.delivery(1),
        )

    assert found == (State(), None, Loss(0, 0), None, [], 0, [], None)
    assert list(tmp_path.iterdir()) == []


def test_the_first_write_makes_the_folder_and_the_file(tmp_path: Path) -> None:
    with LocalCatalog.open(tmp_path / "deep" / "catalog.db") as catalog:
        filled(catalog, TEAM)

    assert [path.name for path in tmp_path.rglob("*")] == ["deep", "catalog.db"]


def test_what_was_written_is_there_when_it_is_opened_again(place: str) -> None:
    with opened(place) as catalog:
        filled(catalog, TEAM)

    with opened(place) as again:
        assert again.read() == State([normal(Kind.BLUEPRINT, TEAM)])


def test_an_empty_database_is_an_empty_catalog(place: str, tmp_path: Path) -> None:
    (tmp_path / "catalog.db").touch()

    with opened(place) as catalog:
        before = catalog.read()
        filled(catalog, TEAM)
        assert (before, catalog.read()) == (State(), State([normal(Kind.BLUEPRINT, TEAM)]))


def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    path.write_text("name: value\n" * 100)

    assert complaint(path) == "catalog 'local' (PATH) is not a database; move the file away, or name another path"
    assert path.read_text() == "name: value\n" * 100


def test_somebody_else_s_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE photos (id)")

    assert complaint(path) == "catalog 'local' (PATH) is a database, but not a catalog of portside's; name another one"
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]
    other.close()


def test_a_folder_is_no_catalog(tmp_path: Path) -> None:
    assert complaint(tmp_path) == "catalog 'local' (PATH) is a folder; a catalog is one file"


def test_a_file_where_a_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert complaint(tmp_path / "file" / "catalog.db") == "catalog 'local' (PATH) cannot be made: File exists"


def test_a_path_that_no_disk_can_hold_is_said(tmp_path: Path) -> None:
    assert complaint(tmp_path / ("x" * 300)) == "catalog 'local' (PATH) cannot be opened: File name too long"


def test_a_disk_that_takes_no_more_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with LocalCatalog.open(path) as catalog:
        filled(catalog, TEAM)
    program = """
    import resource
    from portside.errors import CatalogUnreachable
    resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000))
    body = {"identifier": "big", "title": "Big", "schema": {"properties": {}}, "more": "x" * 200_000}
    with opened() as catalog:
        try:
            catalog.perform(Step(Action.CREATE, Ref(Kind.BLUEPRINT, "big"), body))
        except CatalogUnreachable as error:
            print(error)
    """
    told, _ = run(program, str(path)).communicate()

    with LocalCatalog.open(path) as catalog:
        assert catalog.read() == State([normal(Kind.BLUEPRINT, TEAM)])
    assert told == f"catalog 'local' ({path}) is on a disk that reports an error; nothing was written\n"


def test_a_catalog_of_a_newer_portside_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with LocalCatalog.open(path) as catalog:
        filled(catalog, TEAM)
    with sqlite3.connect(path) as direct:
        direct.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
    direct.close()

    assert complaint(path) == (
        "catalog 'local' (PATH) was written by a newer portside"
        f" (schema 99; this one knows {SCHEMA_VERSION}); install the newer one"
    )


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with LocalCatalog.open(path) as catalog:
        filled(catalog, *(blueprint(f"b{number}") for number in range(40)))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    assert complaint(path).startswith("catalog 'local' (PATH) is damaged")


def test_a_catalog_that_another_process_is_writing_says_so(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with LocalCatalog.open(path, patience=0) as catalog:
        filled(catalog, TEAM)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(CatalogHeld, match="is being written by another process; wait for it to end"):
            filled(catalog, blueprint("x"))
        assert len(catalog.read()) == 1

    other.close()


def test_a_secret_is_stored_by_its_name_and_never_as_itself(tmp_path: Path) -> None:
    security = {"secret": "hunter2-hunter2", "signatureHeaderName": "X-Sig", "signatureAlgorithm": "sha256"}
    with LocalCatalog.open(tmp_path / "catalog.db") as catalog:
        catalog.perform(create(Kind.WEBHOOK, webhook("pager", security=security)))

        shown = catalog.document(Ref(Kind.WEBHOOK, "pager")) or {}

    assert shown["security"] == {"signatureHeaderName": "X-Sig", "signatureAlgorithm": "sha256"}
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (b"hunter2" in stored, b"${PORTSIDE_SECRET_PAGER}" in stored) == (False, True)


def test_a_webhook_keeps_its_key_and_its_creation_through_updates(place: str) -> None:
    moments = iter(["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"])
    with opened(place, now=lambda: next(moments)) as catalog:
        step = create(Kind.WEBHOOK, webhook("pager"))
        catalog.perform(step)
        first = catalog.document(Ref(Kind.WEBHOOK, "pager")) or {}
        catalog.perform(type(step)(step.action.UPDATE, step.ref, webhook("pager", title="Pager")))
        second = catalog.document(Ref(Kind.WEBHOOK, "pager")) or {}

    assert (len(first["webhookKey"]), first["url"]) == (16, f"local:{first['webhookKey']}")
    assert second == {**first, "title": "Pager", "updatedAt": "2026-01-02T00:00:00.000Z"}


def test_another_process_that_holds_the_catalog_is_named_until_it_is_killed(place: str) -> None:
    program = """
    with opened().hold("bo@desk, process 7"):
        print("held", flush=True)
        sys.stdin.read()
    """
    with opened(place) as catalog, run(program, place) as other:
        assert other.stdout and other.stdout.readline() == "held\n"
        with pytest.raises(CatalogHeld, match="catalog 'local' is held by bo@desk, process 7 since 20"):
            catalog.hold("ana").__enter__()
        other.kill()
        other.wait()

        with catalog.hold("ana"):
            assert catalog.read() == State()


def test_processes_that_make_the_same_catalog_at_once_all_succeed(place: str) -> None:
    program = """
    body = {"identifier": sys.argv[2], "title": "T", "schema": {"properties": {}}}
    await_the_others()
    with opened() as catalog:
        catalog.perform(Step(Action.CREATE, Ref(Kind.BLUEPRINT, sys.argv[2]), body))
    """
    names = ["a", "b", "c", "d"]
    others = [run(program, place, name) for name in names]
    at_once(others)

    with opened(place) as catalog:
        assert [ref.identifier for ref in catalog.read()] == names
    assert [other.returncode for other in others] == [0, 0, 0, 0]


def test_processes_that_write_to_one_entity_at_once_lose_nothing(place: str) -> None:
    keys = [f"{writer}{number:02}" for writer in "abc" for number in range(20)]
    with opened(place) as catalog:
        filled(catalog, blueprint("team", properties={key: {"type": "string"} for key in keys}))
    program = """
    from portside.model.entity import Upsert
    await_the_others()
    with opened() as catalog:
        for number in range(20):
            key = f"{sys.argv[2]}{number:02}"
            catalog.upsert(Upsert("team", "one", {"properties": {key: key}, "title": key}))
            catalog.upsert(Upsert("team", key, {}))
    """
    others = [run(program, place, writer) for writer in "abc"]
    at_once(others)

    with opened(place) as catalog:
        found = catalog.entity("team", "one") or {}
        assert (found["properties"], catalog.entity_count("team")) == ({key: key for key in keys}, 61)
    assert [other.returncode for other in others] == [0, 0, 0]


def test_threads_that_write_to_one_entity_at_once_lose_nothing(place: str) -> None:
    keys = [f"p{number:02}" for number in range(40)]
    with opened(place) as catalog, ThreadPoolExecutor(8) as threads:
        filled(catalog, blueprint("team", properties={key: {"type": "string"} for key in keys}))

        list(threads.map(lambda key: catalog.upsert(Upsert("team", "one", {"properties": {key: key}})), keys))

        assert (catalog.entity("team", "one") or {})["properties"] == {key: key for key in keys}


@pytest.mark.parametrize("until", [1, 3, 9])
def test_a_writer_that_is_killed_leaves_each_step_done_or_not(place: str, until: int) -> None:
    program = """
    with opened() as catalog:
        for number in range(10_000):
            body = {"identifier": f"b{number:05}", "title": "T" * 90, "schema": {"properties": {}}}
            catalog.perform(Step(Action.CREATE, Ref(Kind.BLUEPRINT, body["identifier"]), body))
            print(number, flush=True)
    """
    with run(program, place) as other:
        assert other.stdout
        told = [other.stdout.readline() for _ in range(until)]
        other.kill()
        told += other.stdout.readlines()

    with opened(place) as catalog:
        found = [ref.identifier for ref in catalog.read()]
        filled(catalog, TEAM)

    known = len([line for line in told if line.endswith("\n")])
    assert found in ([f"b{number:05}" for number in range(known + more)] for more in (0, 1))


def test_a_receiver_that_is_killed_leaves_each_delivery_whole_or_not_there(place: str) -> None:
    mapped = {"itemsToParse": ".body", **mapping("team", ".item")}
    with opened(place) as catalog:
        filled(catalog, TEAM)
        catalog.perform(create(Kind.WEBHOOK, webhook("pager", mapped)))
    program = """
    import json
    with opened() as catalog:
        for number in range(10_000):
            received = catalog.receive("pager", json.dumps([f"{number}{letter}" for letter in "abcde"]).encode())
            print(received.id, flush=True)
    """
    with run(program, place) as other:
        assert other.stdout
        told = [other.stdout.readline() for _ in range(5)]
        other.kill()
        told += other.stdout.readlines()

    with opened(place) as catalog:
        kept = len(catalog.deliveries(limit=10_000))
        assert catalog.entity_count("team") == 5 * kept
    assert kept - len([line for line in told if line.endswith("\n")]) in (0, 1)
