"""A catalog of an older portside: brought up to date by whoever opens it first, with everything that was in it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, Inspector, inspect, select

from portside.catalogs import rows, tables, values
from portside.catalogs.entity import Key
from portside.catalogs.local import LocalCatalog
from portside.catalogs.postgresql import PostgreSQL
from portside.catalogs.sqlite import SQLiteFile
from portside.catalogs.store import SCHEMA_VERSION
from portside.model.resource import Kind, Ref, Resource, State

VERSION_1 = """
CREATE TABLE meta (name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE resources (kind TEXT NOT NULL, identifier TEXT NOT NULL, body TEXT NOT NULL, withheld JSON NOT NULL,
    webhook_key TEXT, created_at TEXT NOT NULL, created_by TEXT NOT NULL, updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL, PRIMARY KEY (kind, identifier), UNIQUE (webhook_key));
CREATE TABLE targets (blueprint TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (blueprint, target));
CREATE INDEX targets_by_target ON targets (target);
CREATE TABLE entities (blueprint TEXT NOT NULL, identifier TEXT NOT NULL, title TEXT, icon TEXT, team JSON NOT NULL,
    properties JSON NOT NULL, relations JSON NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
    updated_at TEXT NOT NULL, updated_by TEXT NOT NULL, PRIMARY KEY (blueprint, identifier));
CREATE TABLE links (blueprint TEXT NOT NULL, identifier TEXT NOT NULL, relation TEXT NOT NULL, target TEXT NOT NULL,
    target_blueprint TEXT NOT NULL, PRIMARY KEY (blueprint, identifier, relation, target),
    FOREIGN KEY(blueprint, identifier) REFERENCES entities (blueprint, identifier) ON DELETE CASCADE);
CREATE INDEX links_by_relation ON links (blueprint, relation);
CREATE INDEX links_by_target ON links (target_blueprint, target);
CREATE TABLE deliveries (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL,
    webhook_key TEXT NOT NULL, request_identifier TEXT, received_at TEXT NOT NULL, raw BLOB NOT NULL,
    headers JSON NOT NULL, query JSON NOT NULL, status TEXT NOT NULL, outcome JSON NOT NULL);
CREATE UNIQUE INDEX deliveries_once ON deliveries (webhook_key, request_identifier);
INSERT INTO meta VALUES ('schema', '1');
"""

ON_POSTGRESQL = {
    "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT": "id SERIAL PRIMARY KEY",
    "BLOB": "BYTEA",
    " TEXT": ' TEXT COLLATE "C"',
}
"""No portside ever wrote version 1 there; the next migration will find version 2 on both."""

TEAM = Resource.of(
    Kind.BLUEPRINT,
    {"identifier": "team", "title": "Team", "schema": {"properties": {"size": {"type": "number"}}}},
)
LONG = "x" * 300
PROPERTIES = {"size": 3, "tags": ["a", "b"], "about": LONG, "on": True, "deep": {"k": 1}}
STAMPS = ("2025-01-01T00:00:00.000Z", "ana", "2025-01-02T00:00:00.000Z", "bo")
WRITTEN = [
    ("resources", ("blueprint", "team", json.dumps(TEAM.body), "[]", None, *STAMPS)),
    ("entities", ("team", "a", "A", None, '["pay"]', json.dumps(PROPERTIES), "{}", *STAMPS)),
    *(
        ("entities", ("team", f"e{number:04}", None, None, "[]", '{"size": 1}', "{}", *STAMPS))
        for number in range(1200)
    ),
    ("deliveries", (7, "pager", "key", "r1", STAMPS[0], b"{}", "{}", "{}", "accepted", "{}")),
]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def old(request: pytest.FixtureRequest) -> str:
    """Where a catalog of version 1 stands."""
    if request.param == "SQLite":
        path = request.getfixturevalue("tmp_path") / "catalog.db"
        file = sqlite3.connect(path)
        file.executescript(VERSION_1)
        for table, values in WRITTEN:
            file.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
        file.commit()
        file.close()
        return str(path)
    address = str(request.getfixturevalue("empty_postgresql"))
    script = VERSION_1
    for ours, theirs in ON_POSTGRESQL.items():
        script = script.replace(ours, theirs)
    with psycopg.connect(address) as connection:
        connection.execute(script.encode())
        for table, values in WRITTEN:
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(values))})".encode(), values)
    return address


def opened(place: str) -> LocalCatalog:
    return LocalCatalog.at(place) if "://" in place else LocalCatalog.open(Path(place))


def engine(place: str) -> Engine:
    return PostgreSQL(place, 5).engine() if "://" in place else SQLiteFile(Path(place)).engine()


def test_looking_at_an_older_catalog_brings_it_up_to_date_and_loses_nothing(old: str) -> None:
    with opened(old) as catalog:
        found = catalog.entity("team", "a") or {}

        assert (catalog.read(), catalog.entity_count("team")) == (State([TEAM]), 1201)
        assert (found["properties"], found["team"], found["createdBy"]) == (PROPERTIES, ["pay"], "ana")
        assert [one["id"] for one in catalog.deliveries()] == [7]


def test_entities_are_found_by_their_values_afterwards_as_if_written_today(old: str) -> None:
    with opened(old) as catalog, catalog.reading() as reading:
        found = _values(reading.connection)
        entities = list(rows.all_of(reading.connection, "team"))

        assert found == sorted(str(row) for entity in entities for row in values.rows(entity))
        assert "('team', 'e1199', 'size', 0, 'n', None, None, 1.0)" in found


def _values(connection: Connection) -> list[str]:
    return sorted(str(tuple(row)) for row in connection.execute(select(tables.property_values)))


def test_an_older_catalog_becomes_what_a_new_one_is(old: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    new = str(request.getfixturevalue("postgresql")) if "://" in old else str(tmp_path / "new.db")
    with opened(old), opened(new) as fresh:
        fresh.prepare()

        assert schema(old) == schema(new)


def schema(place: str) -> dict[str, object]:
    """The tables, but for the order of their columns, and how PostgreSQL was told to sort them."""
    made = engine(place)
    with made.connect() as connection:
        found = inspect(connection)
        described = {name: described_table(found, name) for name in found.get_table_names()}
    made.dispose()
    return described


def described_table(found: Inspector, name: str) -> dict[str, object]:
    columns = {
        column["name"]: (str(column["type"]).replace(' COLLATE "C"', ""), column["nullable"])
        for column in found.get_columns(name)
    }
    indexes = {str(index["name"]): (index["column_names"], index["unique"]) for index in found.get_indexes(name)}
    keys = found.get_pk_constraint(name)["constrained_columns"]
    foreign = [(key["constrained_columns"], key["options"]) for key in found.get_foreign_keys(name)]
    return {"columns": columns, "indexes": indexes, "keys": keys, "foreign": foreign}


def test_processes_that_open_an_older_catalog_at_once_migrate_it_once(old: str) -> None:
    program = """
import sys
from pathlib import Path
from portside.catalogs.local import LocalCatalog
print("here", flush=True)
sys.stdin.readline()
place = sys.argv[1]
with LocalCatalog.at(place) if "://" in place else LocalCatalog.open(Path(place)) as catalog:
    print(catalog.entity_count("team"))
"""
    others = [
        subprocess.Popen([sys.executable, "-c", program, old], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for other in others:
        assert other.stdout and other.stdout.readline() == "here\n"
    for other in others:
        assert other.stdin
        other.stdin.write("go\n")
        other.stdin.flush()
    told = [other.communicate()[0] for other in others]

    assert told == ["1201\n"] * 3
    with opened(old) as catalog, catalog.reading() as reading:
        version = reading.connection.execute(select(tables.meta.c.value).where(tables.meta.c.name == "schema")).scalar()
        found = [row for row in _values(reading.connection) if "'e0000'" in row]
    assert (version, len(found)) == (str(SCHEMA_VERSION), 1)


def test_a_migration_that_is_killed_is_done_by_the_next(old: str) -> None:
    program = """
import os, sys
from pathlib import Path
from portside.catalogs import migrated, tables
from portside.catalogs.local import LocalCatalog
tables.metadata.create_all = lambda *_: os.kill(os.getpid(), 9)
place = sys.argv[1]
LocalCatalog.at(place) if "://" in place else LocalCatalog.open(Path(place))
"""
    killed = subprocess.run([sys.executable, "-c", program, old])

    with opened(old) as catalog:
        assert (killed.returncode, catalog.read(), catalog.entity_count("team")) == (-9, State([TEAM]), 1201)
        assert catalog.reread(Ref(Kind.BLUEPRINT, "team")) == TEAM
        assert catalog.entity(*Key("team", "a"))
