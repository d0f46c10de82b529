"""Port's operations on teams and users.

The rule: `fields` names what is told, `users.email` a member of each of the users.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from portside.catalogs import people
from portside.catalogs.entities import Transaction
from portside.catalogs.events import API, Origin
from portside.model.resource import JSON, Body
from portside.server.calls import Answer, Call, Operations


def teams(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"teams": [_told(one, call) for one in people.teams(look.connection)]})


def team(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"team": _told(people.team(look.connection, call.path["name"]), call)})


def created_team(call: Call) -> Answer:
    """Answered with 200, as Port does."""
    with _writing(call) as within:
        name = people.create_team(within, call.body)
        within.flush()
        return Answer({"team": people.team(within.connection, name)})


def replaced_team(call: Call) -> Answer:
    return _changed_team(call, whole=True)


def changed_team(call: Call) -> Answer:
    return _changed_team(call, whole=False)


def deleted_team(call: Call) -> Answer:
    with _writing(call) as within:
        people.remove_team(within, call.path["name"])
    return Answer()


def users(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"users": [_told(one, call) for one in people.users(look.connection)]})


def user(call: Call) -> Answer:
    with call.catalog.reading() as look:
        return Answer({"user": people.user(look.connection, call.path["user_email"])})


def invited(call: Call) -> Answer:
    """Nobody is notified, whatever `notify` says: the embedded catalog sends no e-mail."""
    with _writing(call) as within:
        people.invite(within, call.body["invitee"])
    return Answer()


def changed_user(call: Call) -> Answer:
    email = call.path["user_email"]
    with _writing(call) as within:
        people.change_user(within, email, call.body or {})
        within.flush()
        return Answer({"user": people.user(within.connection, email)})


def deleted_user(call: Call) -> Answer:
    with _writing(call) as within:
        people.remove_user(within, call.path["user_email"])
    return Answer()


def _writing(call: Call) -> AbstractContextManager[Transaction]:
    return call.catalog.writing(call.by, origin=Origin(API, datasource=call.agent or None))


def _changed_team(call: Call, *, whole: bool) -> Answer:
    with _writing(call) as within:
        name = people.change_team(within, call.path["name"], call.body or {}, whole=whole)
        within.flush()
        return Answer({"team": people.team(within.connection, name)})


def _told(body: Body, call: Call) -> Body:
    fields: Sequence[str] = call.query.get("fields") or []
    return _picked(body, fields) if fields else body


def _picked(body: Body, fields: Sequence[str]) -> Body:
    found: Body = {}
    for field in fields:
        key, _, member = field.partition(".")
        if key in body:
            found[key] = _members(body[key], found.get(key), member) if member else body[key]
    return found


def _members(values: JSON, before: JSON, member: str) -> JSON:
    """Of each element the member, beside those that were picked before; an element that is a text is its own name."""
    picked = before or [{} for _ in values]
    return [
        {**had, **({member: value[member]} if member in value else {})} if isinstance(value, dict) else value
        for had, value in zip(picked, values, strict=True)
    ]


OPERATIONS: Operations = {
    "get /v1/teams": teams,
    "post /v1/teams": created_team,
    "get /v1/teams/{name}": team,
    "put /v1/teams/{name}": replaced_team,
    "patch /v1/teams/{name}": changed_team,
    "delete /v1/teams/{name}": deleted_team,
    "get /v1/users": users,
    "post /v1/users/invite": invited,
    "get /v1/users/{user_email}": user,
    "patch /v1/users/{user_email}": changed_user,
    "delete /v1/users/{user_email}": deleted_user,
}
