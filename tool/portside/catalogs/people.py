"""Teams and users, as far as relations and ownership need them: entities of Port's own blueprints `_team` and `_user`.

The rule: a team is its `_team` entity, whose name is its identifier; who is in it, the `_user` entities say with their
teams. A team that gets another name, or goes, does so in every entity that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection, select

from portside.catalogs import entities, rows, tables
from portside.catalogs.entities import Transaction
from portside.catalogs.entity import Entity, Key
from portside.catalogs.paths import TEAM_BLUEPRINT
from portside.catalogs.tables import HEAD
from portside.errors import CatalogRefused
from portside.model.resource import Body

USER_BLUEPRINT = "_user"

INVITED, MEMBER = "Invited", "Member"
"""What a user is who was invited, and the role of one for whom nobody named any (portside's choice of words)."""

_NAME = re.compile(r"[^;#/?\s][^;#/?]*[^;#/?\s]")
"""Port's rule for the name of a team: two characters at least."""


def teams(connection: Connection) -> list[Body]:
    """All teams with their users, by name."""
    members: dict[str, list[Entity]] = {}
    for user in rows.all_of(connection, USER_BLUEPRINT):
        for name in user.team:
            members.setdefault(name, []).append(user)
    found = rows.all_of(connection, TEAM_BLUEPRINT)
    return [_team(team, members.get(team.key.identifier, [])) for team in found]


def team(connection: Connection, name: str) -> Body:
    """One team with its users. Raises CatalogRefused where there is none."""
    found = _one(connection, Key(TEAM_BLUEPRINT, name), f"team '{name}'")
    return _team(found, list(_members(connection, name)))


def create_team(within: Transaction, body: Body) -> str:
    """Store a team that was not there; gives its name. Raises CatalogRefused."""
    name = _named(body)
    entities.create(within, TEAM_BLUEPRINT, name, {"title": name, **_described(body)})
    _gather(within, name, body.get("users") or [])
    return name


def change_team(within: Transaction, name: str, body: Body, *, whole: bool) -> str:
    """Store what is named of a team, or all of it when it is the `whole` team; gives its name. Raises CatalogRefused.

    The users that are named become all its users; without the key they stay, but not in a whole team.
    """
    _one(within.connection, Key(TEAM_BLUEPRINT, name), f"team '{name}'")
    new = _named({"name": name, **body})
    part = {**({"description": None} if whole else {}), **body}
    fields = {"title": new, **_described(part)}
    entities.edit(within, Key(TEAM_BLUEPRINT, name), fields, whole=False, identifier=new)
    if new != name:
        _retag(within, name, new)
    if whole or "users" in body:
        _gather(within, new, body.get("users") or [])
    return new


def remove_team(within: Transaction, name: str) -> None:
    """Delete a team; nobody is in it any more, and nothing is owned by it. Raises CatalogRefused."""
    _one(within.connection, Key(TEAM_BLUEPRINT, name), f"team '{name}'")
    entities.remove(within, Key(TEAM_BLUEPRINT, name), dependents=False)
    _retag(within, name, None)


def users(connection: Connection) -> list[Body]:
    """All users by e-mail address."""
    return [_user(user) for user in rows.all_of(connection, USER_BLUEPRINT)]


def user(connection: Connection, email: str) -> Body:
    """One user. Raises CatalogRefused where there is none."""
    return _user(_one(connection, Key(USER_BLUEPRINT, email), f"user '{email}'"))


def invite(within: Transaction, invitee: Body) -> None:
    """Store a user who was not there. Raises CatalogRefused."""
    email = str(invitee["email"])
    properties = {"status": INVITED, "port_type": "Standard", "port_role": _role(invitee.get("roles") or [MEMBER])}
    fields = {"title": email, "properties": properties, "team": _known(within, invitee.get("teams") or [])}
    entities.create(within, USER_BLUEPRINT, email, fields)


def change_user(within: Transaction, email: str, part: Body) -> None:
    """Give a user another role, or other teams. Raises CatalogRefused."""
    _one(within.connection, Key(USER_BLUEPRINT, email), f"user '{email}'")
    roles = {"properties": {"port_role": _role(part["roles"])}} if part.get("roles") else {}
    teams_ = {"team": _known(within, part["teams"])} if "teams" in part else {}
    entities.edit(within, Key(USER_BLUEPRINT, email), {**roles, **teams_}, whole=False)


def remove_user(within: Transaction, email: str) -> None:
    """Delete a user. Raises CatalogRefused."""
    _one(within.connection, Key(USER_BLUEPRINT, email), f"user '{email}'")
    entities.remove(within, Key(USER_BLUEPRINT, email), dependents=False)


def _one(connection: Connection, key: Key, told: str) -> Entity:
    if (found := rows.find(connection, key)) is None:
        raise CatalogRefused(f"{told} is not there", reason="not_found")
    return found


def _named(body: Body) -> str:
    name = str(body["name"])
    if not _NAME.fullmatch(name):
        raise CatalogRefused(
            f"'{name}' is no name for a team: two characters at least, none of ; # / ?, no space at either end",
            reason="validation_error",
        )
    return name


def _described(body: Body) -> Body:
    return {"properties": {"description": body["description"]}} if "description" in body else {}


def _role(roles: list[str]) -> str:
    if len(roles) > 1:
        raise CatalogRefused(
            f"a user of the embedded catalog has one role, and these are {len(roles)}", reason="validation_error"
        )
    return roles[0]


def _known(within: Transaction, names: list[str]) -> list[str]:
    for name in names:
        if not within.draft.exists(Key(TEAM_BLUEPRINT, name)):
            raise CatalogRefused(f"team '{name}' is not there", reason="not_found")
    return list(dict.fromkeys(names))


def _gather(within: Transaction, name: str, emails: list[str]) -> None:
    """Make these users, and no others, those of a team."""
    within.flush()
    for email in emails:
        if not within.draft.exists(Key(USER_BLUEPRINT, email)):
            raise CatalogRefused(f"user '{email}' is not there; invite them first", reason="not_found")
    for one in list(_members(within.connection, name)):
        if one.key.identifier not in emails:
            _tag(within, one, [held for held in one.team if held != name])
    for one in rows.several(within.connection, USER_BLUEPRINT, emails):
        _tag(within, one, list(dict.fromkeys([*one.team, name])))


def _retag(within: Transaction, old: str, new: str | None) -> None:
    """Everywhere another name for a team, or none."""
    within.flush()
    for blueprint in list(within.blueprints):
        for one in list(_tagged(within.connection, blueprint, old)):
            teams_ = [new if held == old else held for held in one.team]
            _tag(within, one, list(dict.fromkeys(held for held in teams_ if held is not None)))


def _tag(within: Transaction, entity: Entity, names: list[str]) -> None:
    """Whatever else the entity lacks: nobody judges what was not sent."""
    if names != entity.team:
        within.draft.write(replace(entity, team=names, updated=within.stamp), within.stamp, within.origin)


def _members(connection: Connection, name: str) -> Iterator[Entity]:
    return _tagged(connection, USER_BLUEPRINT, name)


def _tagged(connection: Connection, blueprint: str, name: str) -> Iterator[Entity]:
    """The entities of a blueprint that name a team."""
    values = tables.property_values.c
    query = select(values.identifier).where(
        values.blueprint == blueprint, values.property == "$team", values.head == name[:HEAD]
    )
    found = rows.several(connection, blueprint, sorted(set(connection.execute(query).scalars())))
    return (one for one in found if name in one.team)


def _team(entity: Entity, members: Iterable[Entity]) -> Body:
    return {
        "id": entity.key.identifier,
        "name": entity.key.identifier,
        "description": entity.properties.get("description") or "",
        "provider": "port",
        "users": [{"email": one.key.identifier, **_known_as(one)} for one in members],
        "createdAt": entity.created.at,
        "updatedAt": entity.updated.at,
    }


def _user(entity: Entity) -> Body:
    role = entity.properties.get("port_role")
    return {
        "id": entity.key.identifier,
        "email": entity.key.identifier,
        **_known_as(entity),
        "type": str(entity.properties.get("port_type") or "Standard"),
        "providers": [],
        "teams": entity.team,
        "roles": [{"name": str(role)}] if role else [],
        "createdAt": entity.created.at,
        "updatedAt": entity.updated.at,
    }


def _known_as(entity: Entity) -> Body:
    return {"status": str(entity.properties.get("status") or "")}
