"""The embedded catalog on PostgreSQL: what only a server can do to it, and what is said then."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from traceback import format_exception

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg as postgresql_dialect
from sqlalchemy.exc import DBAPIError

from catalog_contract import blueprint, filled, normal
from portside.catalogs.complaints import complaint
from portside.catalogs.faults import at_fault
from portside.catalogs.local import LocalCatalog
from portside.catalogs.postgresql import PostgreSQL
from portside.errors import CatalogHeld, CatalogUnreachable
from portside.model.entity import Upsert
from portside.model.resource import Kind, Ref, State
from postgres import GUARDED, Cluster, clustered, give_away

TEAM = blueprint("team", properties={"name": {"type": "string"}})
TEAM_REF = Ref(Kind.BLUEPRINT, "team")
TEAMS = State([normal(Kind.BLUEPRINT, TEAM)])


def refusal(address: str) -> str:
    """What is said about an address where no catalog can be written."""
    with pytest.raises(CatalogUnreachable) as raised, LocalCatalog.at(address) as catalog:
        filled(catalog, TEAM)
    return str(raised.value)


def said(address: str) -> str:
    """The same, without the address."""
    return refusal(address).replace(PostgreSQL(address, 1).shown, "ADDRESS")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://db/portside", "postgresql://db/portside"),
        ("postgresql://ana:hunter2@db.example:5433/portside", "postgresql://ana@db.example:5433/portside"),
        ("postgresql://ana:hun@ter2@db/portside", "postgresql://ana@db/portside"),
        ("postgresql://ana:hun/ter2@db/portside", "postgresql://…"),
        ("postgresql://ana:12/hunter2@db/portside", "postgresql://…"),
        ("postgresql://ana:hun?ter2@db/portside", "postgresql://…"),
        ("postgresql://ana@/portside?host=/run/pg&password=hunter2", "postgresql://ana@/portside?host=/run/pg"),
        ("postgresql://db/portside?sslpassword=hunter2", "postgresql://db/portside"),
        ("host=db password=hunter2", "postgresql://…"),
        ("postgresql://ana:hunter2@[::1", "postgresql://…"),
        ("postgresql://ana:hun%2Fter2@[::1]:5432/portside", "postgresql://ana@[::1]:5432/portside"),
    ],
)
def test_an_address_is_shown_without_what_may_be_a_password(address: str, shown: str) -> None:
    assert PostgreSQL(address, 1).shown == shown


@pytest.mark.parametrize("address", ["postgresql://ana:hunter2%zz@db/x", "postgresql://db/x?hunter2", "postgresql://["])
def test_an_address_that_is_none_is_said_without_repeating_it(address: str) -> None:
    assert (
        said(address)
        == "catalog 'local' (ADDRESS) is no address of PostgreSQL; write postgresql://USER@HOST:PORT/DATABASE"
    )


def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port
        found = said(f"postgresql://ana:hunter2@127.0.0.1:{taken.getsockname()[1]}/portside")

    assert found == (
        "catalog 'local' (ADDRESS) cannot be reached: nothing listens there; see whether PostgreSQL runs, and on which"
        " port"
    )


def test_a_socket_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert said(f"postgresql:///portside?host={tmp_path}") == (
        "catalog 'local' (ADDRESS) cannot be reached: nothing listens there; see whether PostgreSQL runs, and where"
    )


def test_a_host_that_nobody_knows_is_said_in_the_resolver_s_words() -> None:
    assert said("postgresql://host.invalid/portside").startswith("catalog 'local' (ADDRESS) cannot be reached: "), (
        "whatever the resolver says"
    )


def test_a_database_that_is_not_there_is_said(cluster: Cluster) -> None:
    assert said(cluster.address("ghost")) == (
        "catalog 'local' (ADDRESS) cannot be reached: database \"ghost\" does not exist"
    )


@pytest.fixture
def guarded(cluster: Cluster, postgresql: str) -> Iterator[str]:
    """The address of a catalog for the user with the password hunter2."""
    name = cluster.name(postgresql)
    cluster.execute(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD 'hunter2'")
    yield cluster.address(name, GUARDED)
    cluster.execute(f"DROP OWNED BY {GUARDED}", name)
    cluster.execute(f"DROP ROLE {GUARDED}")


def test_a_password_lets_in(guarded: str) -> None:
    with LocalCatalog.at(guarded.replace("@", ":hunter2@", 1)) as catalog:
        filled(catalog, TEAM)

        assert catalog.read() == TEAMS


def test_a_wrong_password_is_said_and_not_shown(guarded: str) -> None:
    found = said(guarded.replace("@", ":hunter3@", 1))

    assert found == (
        "catalog 'local' (ADDRESS) does not know this user with this password; see the address, or PGPASSWORD"
    )


def test_a_missing_password_is_said(guarded: str) -> None:
    assert said(guarded) == "catalog 'local' (ADDRESS) asks for a password; put it in PGPASSWORD or ~/.pgpass"


def test_a_missing_driver_is_named() -> None:
    program = """
import sys
sys.modules["psycopg"] = None
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogUnreachable
try:
    LocalCatalog.at("postgresql://ana:hunter2@db/portside")
except CatalogUnreachable as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    sentence = "catalog 'local' (postgresql://ana@db/portside) needs an extra: pip install 'portside[postgresql]'\n"
    assert told == sentence


def test_somebody_else_s_database_is_left_alone(cluster: Cluster, empty_postgresql: str) -> None:
    cluster.execute("CREATE TABLE photos (id int)", cluster.name(empty_postgresql))

    assert said(empty_postgresql) == (
        "catalog 'local' (ADDRESS) is a database, but not a catalog of portside's; name another one"
    )


def test_a_database_that_takes_no_writes_is_read(cluster: Cluster, postgresql: str) -> None:
    with LocalCatalog.at(postgresql) as catalog:
        filled(catalog, TEAM)
    cluster.execute(f"ALTER DATABASE {cluster.name(postgresql)} SET default_transaction_read_only = on")

    with LocalCatalog.at(postgresql) as catalog:
        assert catalog.read() == TEAMS
        with pytest.raises(CatalogUnreachable, match="is read-only; nothing was written"):
            filled(catalog, blueprint("x"))


def test_a_user_without_rights_is_told_which_to_ask_for(cluster: Cluster, empty_postgresql: str) -> None:
    cluster.execute("CREATE ROLE visitor LOGIN")
    address = cluster.address(cluster.name(empty_postgresql), "visitor")

    assert said(address) == (
        "catalog 'local' (ADDRESS) does not let this user do that; grant it the right to read, write and create tables"
        " in the database"
    )
    cluster.execute("DROP ROLE visitor")


def test_a_connection_that_is_cut_in_a_write_undoes_it_and_the_next_goes_well(
    cluster: Cluster, postgresql: str
) -> None:
    with LocalCatalog.at(postgresql) as catalog:
        filled(catalog, TEAM)
        with pytest.raises(CatalogUnreachable, match="went away in the middle"), catalog.writing("ana") as within:
            within.connection.exec_driver_sql("DELETE FROM resources")
            cluster.execute(CUT.format(cluster.name(postgresql)))
            within.connection.exec_driver_sql("DELETE FROM entities")

        assert catalog.read() == TEAMS


CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


def test_connections_that_were_cut_while_nobody_used_them_are_not_noticed(cluster: Cluster, postgresql: str) -> None:
    with LocalCatalog.at(postgresql) as catalog:
        filled(catalog, TEAM)
        cluster.execute(CUT.format(cluster.name(postgresql)))

        assert filled(catalog, blueprint("x")).read().keys() == {*TEAMS, normal(Kind.BLUEPRINT, blueprint("x")).ref}


def test_a_writer_that_waits_too_long_says_that_another_is_writing(postgresql: str) -> None:
    with LocalCatalog.at(postgresql) as first, LocalCatalog.at(postgresql, patience=0) as second:
        with first.writing("ana"), pytest.raises(CatalogHeld, match="is being written by another process; wait for"):
            filled(second, TEAM)

        assert filled(second, TEAM).read() == TEAMS


def test_more_readers_than_connections_are_told_to_come_back(postgresql: str) -> None:
    with LocalCatalog.at(postgresql, patience=0) as catalog, ExitStack() as readers:
        with pytest.raises(CatalogHeld, match="has more to do than it can; try again in a moment"):
            for _ in range(20):
                readers.enter_context(catalog.reading())
        readers.close()

        assert catalog.read() == State()


def test_a_reading_sees_one_moment_while_others_write(postgresql: str) -> None:
    with LocalCatalog.at(postgresql) as catalog, LocalCatalog.at(postgresql) as other:
        filled(catalog, TEAM)
        catalog.upsert(Upsert("team", "a", {}))
        with catalog.reading() as reading:
            before = reading.connection.exec_driver_sql("SELECT count(*) FROM entities").scalar()
            other.upsert(Upsert("team", "b", {}))
            after = reading.connection.exec_driver_sql("SELECT count(*) FROM entities").scalar()

        assert (before, after, catalog.entity_count("team")) == (1, 1, 2)


def test_a_reading_writes_nothing(postgresql: str) -> None:
    with LocalCatalog.at(postgresql) as catalog:
        filled(catalog, TEAM)
        with pytest.raises(CatalogUnreachable, match="is read-only"), catalog.reading() as reading:
            reading.connection.exec_driver_sql("DELETE FROM resources")

        assert catalog.read() == TEAMS


def test_tables_that_somebody_dropped_are_said_and_made_again(cluster: Cluster, postgresql: str) -> None:
    with LocalCatalog.at(postgresql) as catalog:
        filled(catalog, TEAM)
        cluster.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public", cluster.name(postgresql))
        with pytest.raises(CatalogUnreachable, match="lacks tables that it had"):
            catalog.read()

        assert (catalog.read(), filled(catalog, TEAM).read()) == (State(), TEAMS)


def test_a_server_that_goes_and_comes_back_is_said_and_then_used_again() -> None:
    with clustered(durable=True) as cluster, LocalCatalog.at(cluster.empty_database()) as catalog:
        filled(catalog, TEAM)
        for end in (cluster.stop, cluster.kill):
            end()
            with pytest.raises(CatalogUnreachable, match="nothing listens there"):
                catalog.read()
            with pytest.raises(CatalogUnreachable, match="nothing listens there"):
                filled(catalog, blueprint("x"))
            with pytest.raises(CatalogUnreachable, match="nothing listens there"):
                catalog.hold("ana").__enter__()
            cluster.start()

            assert catalog.read() == TEAMS


@pytest.fixture
def small_disk(cluster: Cluster) -> Iterator[str]:
    """The address of an empty database on a disk of 20 MB."""
    folder = cluster.folder / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("a disk that fills needs the right to mount one")
    try:
        give_away(folder)
        cluster.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        cluster.execute("CREATE DATABASE filling TEMPLATE template0 TABLESPACE small")
        yield cluster.address("filling")
        cluster.drop(cluster.address("filling"))
        cluster.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_fills_is_said_and_what_was_there_stays(small_disk: str) -> None:
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(3_000_000))  # nothing to compress
    with LocalCatalog.at(small_disk) as catalog:
        filled(catalog, TEAM)
        with pytest.raises(CatalogUnreachable, match="is on a disk that is full; nothing was written"):
            filled(catalog, *(blueprint(f"b{number}", more=noise) for number in range(9)))

        assert catalog.read()[TEAM_REF] == TEAMS[TEAM_REF]


def test_what_is_written_stands_in_no_error(embedded: Callable[..., LocalCatalog]) -> None:
    planted = "hunter" + "2"  # in two halves: a traceback shows the lines of this file
    with embedded() as catalog:
        filled(catalog, TEAM)
        with pytest.raises(CatalogUnreachable) as raised, catalog.writing("ana") as within:
            within.connection.execute(text("INSERT INTO meta VALUES ('schema', :value)"), {"value": planted})

    assert planted not in "".join(format_exception(raised.value))


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (psycopg.errors.ProgramLimitExceeded(), True),
        (psycopg.errors.UntranslatableCharacter(), True),
        (psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"), True),
        (psycopg.errors.UndefinedTable(), False),
        (psycopg.errors.InsufficientPrivilege(), False),
        (psycopg.errors.DiskFull(), False),
        (psycopg.errors.AdminShutdown(), False),
        (psycopg.OperationalError("the connection is lost"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_would_fail_again_is_told_from_what_the_server_did(error: psycopg.Error, fault: bool) -> None:
    raised = CatalogUnreachable()
    raised.__cause__ = DBAPIError.instance("INSERT", (), error, psycopg.Error, dialect=postgresql_dialect())

    assert at_fault(raised) is fault


def test_an_error_that_nobody_foresaw_is_told_in_the_server_s_words() -> None:
    lines = 'connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  Sonnenfinsternis\nTRY: later'

    assert complaint(psycopg.OperationalError(f"connection failed: {lines}")) == "cannot be reached: Sonnenfinsternis"
    assert complaint(psycopg.errors.DivisionByZero("division by zero")) == "cannot be used: division by zero"
