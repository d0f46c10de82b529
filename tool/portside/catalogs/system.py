"""Port's own blueprints as the embedded catalog has them: `_user` and `_team`, with what users added to them.

The rule: Port's part stands here and is never stored; what is stored is the extension, which is all that a plan sees.
The aggregation that counts a team's users is not evaluated, so it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portside.model.blueprint import Blueprint
from portside.model.resource import Body, Kind, Resource
from portside.plans.kept import PORT_MEMBERS

_SECTIONS = ("relations", "mirrorProperties", "calculationProperties", "aggregationProperties")

_TEXT: Body = {"type": "string"}

_DOCUMENTS: tuple[Body, ...] = (
    {
        "identifier": "_user",
        "title": "User",
        "schema": {
            "properties": {
                "moderated_blueprints": {"type": "array"},
                "port_role": _TEXT,
                "port_type": _TEXT,
                "status": _TEXT,
            }
        },
    },
    {"identifier": "_team", "title": "Team", "schema": {"properties": {"description": _TEXT}}},
)

PRISTINE: Mapping[str, Resource] = {str(body["identifier"]): Resource.of(Kind.BLUEPRINT, body) for body in _DOCUMENTS}
"""What Port itself keeps on them (port-cli's list of members, plans.kept); the types are portside's choice."""


def whole(identifier: str, extension: Resource | None) -> Resource | None:
    """A blueprint as it is served: Port's part with what was added; any other one as it is stored."""
    pristine = PRISTINE.get(identifier)
    if pristine is None or extension is None:
        return extension or pristine
    return Resource(extension.ref, whole_body(identifier, extension.body))


def whole_body(identifier: str, added: Body | None) -> Body:
    """The same for the document of one of Port's own; None: nobody added anything."""
    own = PRISTINE[identifier].body
    if added is None:
        return own
    properties = {**added["schema"]["properties"], **own["schema"]["properties"]}
    return {**own, **added, "schema": {**added["schema"], "properties": properties}}


def extension(identifier: str, body: Body) -> Body:
    """What a document adds to Port's part; any other document as it is."""
    if identifier not in PRISTINE:
        return body
    own = {route[-1] for route in PORT_MEMBERS[identifier] if route[0] == "schema"}
    schema = body.get("schema") or {}
    properties = {key: value for key, value in (schema.get("properties") or {}).items() if key not in own}
    return {**body, "schema": {**schema, "properties": properties}}


def extended(body: Body, before: Body) -> Body:
    """A document that replaces an extension: what was added before and is not named in it stays."""
    sections = {key: {**(before.get(key) or {}), **(body.get(key) or {})} for key in _SECTIONS}
    properties = {**before["schema"]["properties"], **body["schema"]["properties"]}
    return {**body, **sections, "schema": {**body["schema"], "properties": properties}}


class Served(Mapping[str, Blueprint]):
    """The stored blueprints and Port's own, as entities have them."""

    def __init__(self, stored: Mapping[str, Blueprint]) -> None:
        self._stored = stored

    def __getitem__(self, identifier: str) -> Blueprint:
        found = self._stored.get(identifier)
        if identifier not in PRISTINE:
            if found is None:
                raise KeyError(identifier)
            return found
        merged = whole(identifier, found.resource if found else None)
        return Blueprint(merged or PRISTINE[identifier])

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._stored, *PRISTINE)))

    def __len__(self) -> int:
        return len({*self._stored, *PRISTINE})
