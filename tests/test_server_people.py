"""Port's operations on teams and users: entities of Port's own blueprints under other names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from calling import Caller
from catalog_contract import blueprint, relation
from portside.catalogs.local import LocalCatalog
from portside.model.entity import Upsert

TEAM = "/v1/teams/{name}"
USER = "/v1/users/{user_email}"


@pytest.fixture
def caller(embedded: Callable[..., LocalCatalog]) -> Iterator[Caller]:
    """Two users, and the team Payments with one of them in it."""
    with embedded() as catalog:
        found = Caller(catalog)
        for email in ("ana@x.io", "bo@x.io"):
            found("post /v1/users/invite", {"invitee": {"email": email}})
        found("post /v1/teams", {"name": "Payments", "users": ["ana@x.io"], "description": "who pays"})
        yield found


def team(caller: Caller, name: str = "Payments") -> dict[str, Any]:
    return undated(caller(f"get {TEAM}", name=name).body["team"])


def user(caller: Caller, email: str = "ana@x.io") -> dict[str, Any]:
    return undated(caller(f"get {USER}", user_email=email).body["user"])


def undated(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in ("createdAt", "updatedAt")}


def test_a_team_has_a_name_a_description_and_users(caller: Caller) -> None:
    expected = {
        "id": "Payments",
        "name": "Payments",
        "description": "who pays",
        "provider": "port",
        "users": [{"email": "ana@x.io", "status": "Invited"}],
    }

    assert team(caller) == expected
    assert [undated(one) for one in caller("get /v1/teams").body["teams"]] == [expected]


def test_a_user_has_a_role_and_teams(caller: Caller) -> None:
    expected = {
        "id": "ana@x.io",
        "email": "ana@x.io",
        "status": "Invited",
        "type": "Standard",
        "providers": [],
        "teams": ["Payments"],
        "roles": [{"name": "Member"}],
    }

    assert user(caller) == expected
    assert [one["email"] for one in caller("get /v1/users").body["users"]] == ["ana@x.io", "bo@x.io"]


def test_both_are_entities_of_port_s_own_blueprints(caller: Caller) -> None:
    found = caller.catalog.entity("_team", "Payments")
    assert (found["title"], found["properties"]["description"]) == ("Payments", "who pays")
    assert caller.catalog.entity("_user", "ana@x.io")["team"] == ["Payments"]


def test_only_the_fields_that_are_asked_for_are_told(caller: Caller) -> None:
    found = caller("get /v1/teams", query={"fields": ["name", "users.email"]}).body["teams"]

    assert found == [{"name": "Payments", "users": [{"email": "ana@x.io"}]}]


def test_a_patch_of_users_names_all_of_them(caller: Caller) -> None:
    caller(f"patch {TEAM}", {"users": ["bo@x.io"]}, name="Payments")

    assert [one["email"] for one in team(caller)["users"]] == ["bo@x.io"]
    assert (user(caller)["teams"], team(caller)["description"]) == ([], "who pays")


def test_a_patch_leaves_what_it_does_not_name(caller: Caller) -> None:
    caller(f"patch {TEAM}", {"description": None}, name="Payments")

    found = team(caller)
    assert (found["description"], [one["email"] for one in found["users"]]) == ("", ["ana@x.io"])


def test_a_put_is_the_whole_team(caller: Caller) -> None:
    caller(f"put {TEAM}", {"name": "Payments"}, name="Payments")

    assert (team(caller)["description"], team(caller)["users"]) == ("", [])


def test_a_team_with_another_name_is_so_wherever_it_is_named(caller: Caller) -> None:
    caller("post /v1/blueprints", blueprint("service", relations={"owner": relation("_team")}))
    caller.catalog.upsert(Upsert("service", "s", {"team": ["Payments", "x"], "relations": {"owner": "Payments"}}))

    caller(f"patch {TEAM}", {"name": "Money & Co"}, name="Payments")

    found = caller.catalog.entity("service", "s")
    assert (found["team"], found["relations"]["owner"]) == (["Money & Co", "x"], "Money & Co")
    assert user(caller)["teams"] == ["Money & Co"]
    assert caller.refused(f"get {TEAM}", name="Payments")[:2] == (404, "not_found")


def test_a_team_that_goes_owns_nothing_any_more(caller: Caller) -> None:
    caller("post /v1/blueprints", blueprint("service", relations={"owner": relation("_team")}))
    caller.catalog.upsert(Upsert("service", "s", {"team": ["Payments", "x"], "relations": {"owner": "Payments"}}))

    caller(f"delete {TEAM}", name="Payments")

    found = caller.catalog.entity("service", "s")
    assert (found["team"], found["relations"]["owner"], user(caller)["teams"]) == (["x"], None, [])


def test_a_user_gets_another_role_and_other_teams(caller: Caller) -> None:
    caller("post /v1/teams", {"name": "Ops"})
    caller(f"patch {USER}", {"roles": ["Admin"], "teams": ["Ops"]}, user_email="ana@x.io")

    assert (user(caller)["roles"], user(caller)["teams"]) == ([{"name": "Admin"}], ["Ops"])
    assert [one["email"] for one in team(caller, "Ops")["users"]] == ["ana@x.io"]


def test_a_user_who_goes_is_in_no_team(caller: Caller) -> None:
    caller(f"delete {USER}", user_email="ana@x.io")

    assert (team(caller)["users"], caller.refused(f"get {USER}", user_email="ana@x.io")[1]) == ([], "not_found")


INVITE = "post /v1/users/invite"
REFUSED = {
    "a team that is there": ("post /v1/teams", {"name": "Payments"}, {}, "conflict"),
    "a user who is there": (INVITE, {"invitee": {"email": "bo@x.io"}}, {}, "conflict"),
    "an unknown user": ("post /v1/teams", {"name": "Ops", "users": ["cy@x.io"]}, {}, "not_found"),
    "an unknown team": (INVITE, {"invitee": {"email": "cy@x.io", "teams": ["Ops"]}}, {}, "not_found"),
    "two roles": (f"patch {USER}", {"roles": ["A", "B"]}, {"user_email": "ana@x.io"}, "validation_error"),
    "a name that is none": (f"patch {TEAM}", {"name": "a/b"}, {"name": "Payments"}, "validation_error"),
    "a patch of nobody": (f"patch {USER}", {}, {"user_email": "cy@x.io"}, "not_found"),
    "a delete of nobody": (f"delete {USER}", None, {"user_email": "cy@x.io"}, "not_found"),
    "a patch of no team": (f"patch {TEAM}", {}, {"name": "Ops"}, "not_found"),
    "a delete of no team": (f"delete {TEAM}", None, {"name": "Ops"}, "not_found"),
}


@pytest.mark.parametrize(("key", "body", "path", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_and_nothing_changes(
    caller: Caller, key: str, body: Any, path: dict[str, str], reason: str
) -> None:
    before = caller("get /v1/teams").body, caller("get /v1/users").body

    assert caller.refused(key, body, **path)[1] == reason
    assert (caller("get /v1/teams").body, caller("get /v1/users").body) == before
