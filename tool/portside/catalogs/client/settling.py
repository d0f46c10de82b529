"""A write, and its fate where the answer was lost: settled by reading, never by hoping.

The rule: what may have been written is read before it is sent again; as it was before, it may be; as it was sent, it is
done; anything else is somebody's, and stays.
"""

from __future__ import annotations

from collections.abc import Callable

from portside.catalogs.client.answers import Answer
from portside.catalogs.client.session import Deadline, Request, Session, Unknown
from portside.errors import PortsideError, StalePlan
from portside.model.resource import JSON, Ref, Resource
from portside.plans.diff import MISSING, compared, differences
from portside.plans.kept import by_schemas

Found = tuple[JSON, Resource | None]
"""A document as Port gives it, and in normal form; (None, None) where there is none."""


def settled(
    session: Session, request: Request, ref: Ref, before: Found, wanted: Resource | None, read: Callable[[], Found]
) -> Answer | None:
    """The answer to a write; None where there was none and the catalog holds what was wanted all the same.

    Raises StalePlan when it holds something else than before and than was wanted, Unknown when that cannot be read,
    CatalogUnreachable when patience ends.
    """
    deadline, attempt = Deadline(session.patience), 1
    while True:
        try:
            answer = session.send(request, deadline)
        except Unknown as error:
            lost = str(error)
        else:
            late = attempt > 1 and not answer.good and _holds(wanted, _read(read, f"{request}: {answer.status}")[1])
            return None if late else answer  # an earlier attempt may have come through after it was given up
        now = _read(read, lost)
        if not _untouched(before, now):
            if _holds(wanted, now[1]):
                return None
            if not _equal(before[1], now[1]):
                raise StalePlan(f"{lost}; and {ref} is now neither as it was nor as it should be; plan again")
        session.pause(attempt, deadline, lost)
        attempt += 1


def _read(read: Callable[[], Found], lost: str) -> Found:
    try:
        return read()
    except PortsideError as error:
        raise Unknown(f"{lost}; whether it was written cannot be read: {error}") from error


def _untouched(before: Found, now: Found) -> bool:
    """Whether nobody wrote, not even the same once more."""
    return _equal(before[1], now[1]) and _stamp(before[0]) == _stamp(now[0])


def _stamp(document: JSON) -> JSON:
    return document.get("updatedAt") if isinstance(document, dict) else None


def _equal(one: Resource | None, other: Resource | None) -> bool:
    return one.fingerprint == other.fingerprint if one and other else one is other


def _holds(wanted: Resource | None, held: Resource | None) -> bool:
    """Whether the catalog holds what was sent, whatever it adds of its own."""
    if wanted is None or held is None:
        return wanted is held
    fields = differences(compared(wanted), compared(held))
    return all(field.before is MISSING and not by_schemas(wanted.ref.kind, field.route) for field in fields)
