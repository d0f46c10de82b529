"""What the catalog did with a delivery that was handed to it for good. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from portside.catalogs.entities import Written
from portside.catalogs.ingest import Failure, Received, Status
from portside.model.resource import JSON
from portside.report.outcome import named
from portside.report.problems import Paint

_STYLE = {Status.ACCEPTED: "added", Status.DUPLICATE: "quiet", Status.DROPPED: "warning", Status.REFUSED: "error"}


def text(received: Received, paint: Paint) -> str:
    """What became of each entity, then of the delivery."""
    number = f" as delivery {received.id}" if received.id is not None else ""
    reason = f" [{received.reason}]" if received.reason else ""
    last = f"{received.status}{number}{_because(received)}{reason}"
    return "\n".join([*_entities(received, paint), paint(last, _STYLE[received.status])])


def _because(received: Received) -> str:
    if received.because:
        return f": {received.because}"
    nothing = received.status is Status.ACCEPTED and not received.written and not received.failures
    return ": it changes nothing" if nothing else ""


def _entities(received: Received, paint: Paint) -> Iterator[str]:
    for written in received.written:
        also = f", and with it {', '.join(str(key) for key in written.also)}" if written.also else ""
        yield f"{written.effect} {written.key}{also}"
    for failure in received.failures:
        yield paint(f"refused {named(failure.change)}: {failure.message} [{failure.reason}]", "error")


def exit_code(received: Received) -> int:
    """0 for a delivery that is taken, 1 when an entity was refused, 3 when the delivery was."""
    if received.status is Status.REFUSED:
        return 3
    return int(bool(received.failures))


def row(received: Received) -> dict[str, JSON]:
    """The same for programs."""
    return {
        "delivery": received.id,
        "status": str(received.status),
        "because": received.because,
        "reason": received.reason,
        "entities": [_written(written) for written in received.written],
        "failures": [_failure(failure) for failure in received.failures],
    }


def _written(written: Written) -> dict[str, JSON]:
    return {**written.key._asdict(), "effect": str(written.effect), "also": [str(key) for key in written.also]}


def _failure(failure: Failure) -> dict[str, JSON]:
    change = failure.change
    return {
        "blueprint": change.blueprint,
        "identifier": change.identifier,
        "reason": failure.reason,
        "message": failure.message,
    }
