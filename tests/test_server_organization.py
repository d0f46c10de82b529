"""Port's operations on an organization's secrets: values go in and never come out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from calling import Caller
from portside.catalogs.local import LocalCatalog

ALL = "/v1/organization/secrets"
ONE = f"{ALL}/{{secret_name}}"
SECRET = "planted-7d20c4"


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    with LocalCatalog.open(tmp_path / "catalog.db", now=lambda: "2026-01-02T03:04:05.678Z") as catalog:
        yield Caller(catalog)


def told(description: str = "") -> dict[str, str]:
    moment = "2026-01-02T03:04:05.678Z"
    return {"secretName": "KEY", "description": description, "createdAt": moment, "updatedAt": moment}


def test_a_secret_is_told_by_name_and_description(caller: Caller) -> None:
    answer = caller(f"post {ALL}", {"secretName": "KEY", "secretValue": SECRET, "description": "of the pager"})

    assert (answer.status, answer.body) == (201, {"secret": told("of the pager")})
    assert caller(f"get {ONE}", secret_name="KEY").body == {"secret": told("of the pager")}
    assert caller(f"get {ALL}").body == {"secrets": [told("of the pager")]}


def test_a_patch_changes_what_it_names(caller: Caller) -> None:
    caller(f"post {ALL}", {"secretName": "KEY", "secretValue": SECRET})

    assert caller(f"patch {ONE}", {"description": "new"}, secret_name="KEY").body == {"secret": told("new")}
    assert caller(f"patch {ONE}", {"secretValue": "other"}, secret_name="KEY").body == {"secret": told("new")}


def test_a_deleted_secret_is_gone(caller: Caller) -> None:
    caller(f"post {ALL}", {"secretName": "KEY", "secretValue": SECRET})
    caller(f"delete {ONE}", secret_name="KEY")

    assert caller(f"get {ALL}").body == {"secrets": []}
    for verb in ("get", "delete"):
        assert caller.refused(f"{verb} {ONE}", secret_name="KEY") == (404, "not_found", "secret 'KEY' is not there")


def test_a_name_that_is_taken_is_a_conflict(caller: Caller) -> None:
    caller(f"post {ALL}", {"secretName": "KEY", "secretValue": SECRET})

    assert caller.refused(f"post {ALL}", {"secretName": "KEY", "secretValue": "x"})[:2] == (409, "conflict")


def test_the_value_is_in_no_file_and_no_event(caller: Caller, tmp_path: Path) -> None:
    caller(f"post {ALL}", {"secretName": "KEY", "secretValue": SECRET})
    caller(f"patch {ONE}", {"secretValue": f"{SECRET}-2"}, secret_name="KEY")

    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {"catalog.db", "catalog.db-wal", "catalog.db.key"} <= files.keys()
    assert [name for name, content in files.items() if SECRET.encode() in content] == []
    assert SECRET not in str(caller("get /v1/audit-log").body)
