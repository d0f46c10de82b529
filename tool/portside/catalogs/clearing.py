"""All entities of a blueprint deleted, a batch at a time, and then perhaps the blueprint.

The rule: an entity that those of another blueprint require stays, and is counted as a failure; what merely points at
one that goes lets go of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from portside.catalogs import entities, resources, writing
from portside.catalogs.entities import Effect, Transaction
from portside.catalogs.entity import Key
from portside.catalogs.refusals import of_delete
from portside.errors import CatalogRefused
from portside.model.resource import Body, Kind, Ref


def clearable(within: Transaction, blueprint: str, *, delete_blueprint: bool) -> None:
    """Raises CatalogRefused for a blueprint that is not there, or that could not be deleted after its entities."""
    ref = resources.known(within.blueprints, blueprint).resource.ref
    if delete_blueprint and (refusal := of_delete(ref, resources.pointing_at(within.connection, blueprint))):
        raise CatalogRefused(refusal.sentence, reason=refusal.reason)


def clear(within: Transaction, blueprint: str, names: Sequence[str]) -> tuple[int, int]:
    """Delete these entities: (how many went, how many stay)."""
    keys = [Key(blueprint, name) for name in names]
    held = [key for key in keys if _held(within, key)] if _required_elsewhere(within, blueprint) else []
    going = [key for key in keys if key not in held]
    written = entities.remove_all(within, going, dependents=True)
    within.flush()
    return sum(1 for one in written if one.effect is Effect.DELETED) + _others(written, going), len(held)


def end(within: Transaction, blueprint: str, body: Body) -> str:
    """What is left to do after the last entity; a sentence, where it cannot be done."""
    if left := body.get("failures"):
        what, stay = ("entity", "stays") if left == 1 else ("entities", "stay")
        return f"{left} {what} of blueprint/{blueprint} {stay}: required by others"
    if not body.get("deleteBlueprint") or within.blueprints.get(blueprint) is None:
        return ""
    try:
        writing.delete(within.connection, Ref(Kind.BLUEPRINT, blueprint), within.stamp)
    except CatalogRefused as error:
        return str(error)
    return ""


def _others(written: Sequence[entities.Written], going: Sequence[Key]) -> int:
    """Those that went along and come later in the alphabet: they are not asked for again."""
    return len({key for one in written for key in one.also}.difference(going))


def _required_elsewhere(within: Transaction, blueprint: str) -> bool:
    """Whether another blueprint has a relation that requires entities of this one."""
    return any(
        relation.required and relation.target == blueprint
        for other in resources.pointing_at(within.connection, blueprint)
        for relation in within.blueprints[other].relations.values()
    )


def _held(within: Transaction, key: Key) -> bool:
    """Whether an entity of another blueprint requires it, or requires what requires it, and so on."""
    seen: set[Key] = set()
    found = {key}
    while found:
        if any(one.blueprint != key.blueprint for one in found):
            return True
        seen |= found
        found = {holder.key for one in found for holder in entities.requiring(within, one)} - seen
    return False
