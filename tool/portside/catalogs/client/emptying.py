"""A blueprint that goes with all its entities: Port does it on its own time, and is asked until it is done.

The rule: entities go only when nothing else keeps their blueprint; a refusal for another reason stays one.
"""

from __future__ import annotations

from collections.abc import Iterable

from portside.catalogs.client import answers, bodies
from portside.catalogs.client.answers import Answer
from portside.catalogs.client.session import Deadline, Session
from portside.errors import CatalogRefused, CatalogUnreachable
from portside.model.resource import JSON, Ref, Resource

HAS_DEPENDENTS = "has_dependents"
_ENDED = frozenset({"FAILURE", "CANCELLED"})
_DONE = "COMPLETED"


def entities_keep_it(session: Session, ref: Ref, blueprints: Iterable[Resource]) -> bool:
    """Whether a blueprint that could not be deleted is kept by its entities, and by none of these blueprints."""
    if any(_points_at(one, ref.identifier) for one in blueprints if one.ref != ref):
        return False
    answer = session.send(bodies.counting(ref.identifier))
    return answer.good and bool(answers.member(answer, ("count",)))


def _points_at(blueprint: Resource, identifier: str) -> bool:
    members = (*blueprint.body["relations"].values(), *blueprint.body["aggregationProperties"].values())
    return any(member.get("target") == identifier for member in members)


def migrated(session: Session, ref: Ref, answer: Answer) -> None:
    """Wait until the migration that an answer names is over, as long as something moves.

    Raises CatalogRefused when it fails, CatalogUnreachable when nothing moves for as long as patience lasts.
    """
    identifier = answers.content(answer).get("migrationId")
    if not isinstance(identifier, str) or not identifier:
        return
    seen, attempt, deadline = None, 1, Deadline(session.patience)
    while True:
        found = answers.member(session.send(bodies.migration(identifier)), ("migration",))
        status, moved = _state(found)
        if status == _DONE:
            return
        if status in _ENDED:
            raise CatalogRefused(
                f"the entities of {ref} were not all deleted: migration {identifier} ended as {status}"
            )
        if moved != seen:
            seen, attempt, deadline = moved, 1, Deadline(session.patience)
        try:
            session.pause(attempt, deadline, f"the entities of {ref} are being deleted ({status.lower()})")
        except CatalogUnreachable as error:
            raise CatalogUnreachable(f"{error}; migration {identifier} may still be running") from error
        attempt += 1


def _state(migration: JSON) -> tuple[str, JSON]:
    """Its status, and what changes while it goes on."""
    if not isinstance(migration, dict):
        return "UNKNOWN", None
    status = migration.get("status")
    counts = migration.get("successCount"), migration.get("failureCount")
    return answers.one_line(status) if isinstance(status, str) else "UNKNOWN", (status, counts)
