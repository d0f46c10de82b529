"""Entities as a client asks to see them: some of their keys, relations with titles, without what is calculated.

The rule: what is left out changes nothing of what is shown; titles are read once for all the entities of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portside.catalogs import rows
from portside.catalogs.entity import Entity, Key
from portside.catalogs.levels import Levels
from portside.catalogs.reading import Reading
from portside.model.blueprint import Blueprint
from portside.model.resource import JSON, Body


@dataclass(frozen=True)
class View:
    """`include` and `exclude` name keys of an entity: `title`, `properties`, `properties.tier`.

    `relation_titles`: relations give {identifier, title}; `mirror_identifiers`: so do mirrors of a title.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    calculated: bool = True
    relation_titles: bool = False
    mirror_identifiers: bool = False

    @classmethod
    def of(cls, query: Mapping[str, JSON]) -> View:
        """As the query parameters of Port's reading routes say."""
        return cls(
            query.get("include") or (),
            query.get("exclude") or (),
            not query.get("exclude_calculated_properties"),
            bool(query.get("attach_title_to_relation")),
            bool(query.get("attach_identifier_to_title_mirror_properties")),
        )


WHOLE = View()


def shown(reading: Reading, entities: Iterable[Entity], view: View = WHOLE) -> list[Body]:
    """The entities in Port's read shape, as far as they are asked for."""
    given = list(entities)
    found = [*zip(given, _whole(reading, given, view), strict=True)]
    if view.mirror_identifiers:
        found = [(entity, _mirrors_named(reading, entity, body)) for entity, body in found]
    bodies = [body for _, body in found]
    if view.relation_titles:
        bodies = _titled(reading, bodies)
    return [_chosen(body, view) for body in bodies]


def _whole(reading: Reading, entities: Sequence[Entity], view: View) -> list[Body]:
    """What is not wanted is not evaluated."""
    bodies = list(reading.documents(entities, calculated=view.calculated and _wanted("properties", view)))
    if not _wanted("scorecards", view):
        return bodies
    levels = Levels(reading)
    return [{**body, "scorecards": levels.of(entity)} for entity, body in zip(entities, bodies, strict=True)]


def _wanted(section: str, view: View) -> bool:
    """Whether anything of a section is shown."""
    named = [name.removeprefix("$").partition(".")[0] for name in view.include]
    return section not in view.exclude and (not named or section in named)


def _chosen(body: Body, view: View) -> Body:
    kept = _picked(body, view.include) if view.include else body
    return _dropped(kept, view.exclude) if view.exclude else kept


def _picked(body: Body, names: Sequence[str]) -> Body:
    found: Body = {}
    for name in names:
        section, _, key = name.removeprefix("$").partition(".")
        value = body.get(section)
        if not key and section in body:
            found[section] = value
        elif isinstance(value, dict) and key in value:
            found[section] = {**found.get(section, {}), key: value[key]}
    return found


def _dropped(body: Body, names: Sequence[str]) -> Body:
    found = dict(body)
    for name in names:
        section, _, key = name.removeprefix("$").partition(".")
        if not key:
            found.pop(section, None)
        elif isinstance(value := found.get(section), dict):
            found[section] = {one: held for one, held in value.items() if one != key}
    return found


def _titled(reading: Reading, bodies: list[Body]) -> list[Body]:
    """The entities with relations that give {identifier, title}."""
    blueprints = {str(body["blueprint"]): reading.blueprints[str(body["blueprint"])] for body in bodies}
    titles = _titles(reading, {key for body in bodies for key in _related(body, blueprints[str(body["blueprint"])])})
    return [{**body, "relations": _named(body, blueprints[str(body["blueprint"])], titles)} for body in bodies]


def _related(body: Body, blueprint: Blueprint) -> Iterable[Key]:
    for name, value in body["relations"].items():
        yield from (Key(blueprint.relations[name].target, one) for one in _listed(value))


def _named(body: Body, blueprint: Blueprint, titles: Mapping[Key, str | None]) -> Body:
    found: Body = {}
    for name, value in body["relations"].items():
        target = blueprint.relations[name].target
        both = [{"identifier": one, "title": titles.get(Key(target, one))} for one in _listed(value)]
        found[name] = both if isinstance(value, list) else next(iter(both), None)
    return found


def _titles(reading: Reading, keys: Iterable[Key]) -> dict[Key, str | None]:
    by_blueprint: dict[str, list[str]] = {}
    for key in sorted(keys):
        by_blueprint.setdefault(key.blueprint, []).append(key.identifier)
    return {
        entity.key: entity.title
        for blueprint, names in by_blueprint.items()
        for entity in rows.several(reading.connection, blueprint, names)
    }


def _mirrors_named(reading: Reading, entity: Entity, body: Body) -> Body:
    """The entity with {identifier, title} for each mirror of a title that shows one."""
    blueprint = reading.blueprints[entity.key.blueprint]
    properties = dict(body["properties"])
    for key, mirror in blueprint.mirrors.items():
        way, _, last = str(mirror["path"]).rpartition(".")
        if last == "$title" and properties.get(key) is not None:
            properties[key] = _both(reading.ends(entity, way.split(".")), properties[key])
    return {**body, "properties": properties}


def _both(ends: Sequence[Entity], shown: JSON) -> JSON:
    both = [{"identifier": end.key.identifier, "title": end.title} for end in ends if end.title is not None]
    return both if isinstance(shown, list) else both[0]


def _listed(value: JSON) -> list[str]:
    return value if isinstance(value, list) else [value] if value is not None else []
