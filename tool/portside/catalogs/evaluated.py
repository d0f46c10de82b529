"""What a delivery does, as JSON: kept with one that came with credentials, which are not kept.

The rule: what comes back does what went in; the values of expressions are left out.
"""

from __future__ import annotations

from portside.model.entity import EntityChange, MappingOutcome, Outcome, Remove, Swallowed, Upsert, Verdict
from portside.model.resource import Body


def document(outcome: Outcome) -> Body:
    """The outcome as JSON."""
    return {
        "mappings": [vars(one) for one in outcome.mappings],
        "changes": [[isinstance(one, Remove), vars(one)] for one in outcome.changes],
        "swallowed": [vars(one) for one in outcome.swallowed],
    }


def read(found: Body) -> Outcome:
    """The outcome of a document."""
    return Outcome(
        tuple(MappingOutcome(**{**one, "verdict": Verdict(one["verdict"])}) for one in found["mappings"]),
        tuple(_change(one, removes=removes) for removes, one in found["changes"]),
        tuple(Swallowed(**_routed(one)) for one in found["swallowed"]),
    )


def _change(found: Body, *, removes: bool) -> EntityChange:
    return Remove(**_routed(found)) if removes else Upsert(**_routed(found))


def _routed(found: Body) -> Body:
    return {**found, "route": tuple(found["route"])}
