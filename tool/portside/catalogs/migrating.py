"""What a blueprint's change does to the entities that are there. Port loses these values, so this catalog does too."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from portside.catalogs import rows
from portside.catalogs.entity import Entity
from portside.model.blueprint import Blueprint, Relation
from portside.model.resource import JSON


def migrate(connection: Connection, before: Blueprint, after: Blueprint) -> None:
    """Bring the stored entities into the form that the new definition gives them."""
    if not _touches(before, after):
        return
    for batch in rows.batches(connection, after.identifier):
        rows.put_all(connection, (new for entity in batch if (new := migrated(entity, after)) != entity))
    for key in before.relations.keys() - after.relations.keys():
        rows.unlink(connection, after.identifier, key)


def migrated(entity: Entity, after: Blueprint) -> Entity:
    """The entity without the values of what is gone, its relations as the new definition has them. Pure.

    Its date stays: nobody wrote to the entity.
    """
    relations = {
        key: _formed(value, after.relations[key]) for key, value in entity.relations.items() if key in after.relations
    }
    properties = {key: value for key, value in entity.properties.items() if key in after.properties}
    return replace(entity, properties=properties, relations=relations)


def _touches(before: Blueprint, after: Blueprint) -> bool:
    return bool(before.properties.keys() - after.properties.keys()) or any(
        key not in after.relations or after.relations[key].many != relation.many
        for key, relation in before.relations.items()
    )


def _formed(value: JSON, relation: Relation) -> JSON:
    if relation.many:
        return value if isinstance(value, list) else [value]
    return value[0] if isinstance(value, list) else value
