"""Make what the mappings do today what the goldens say. The one module of this room that writes.

The rule: somebody said so, by name or for all; what goes against an intent or a blueprint, or was cut short by a
limit, is refused, and then nothing is written at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from portside.errors import AcceptRefused, Unwritable, Usage
from portside.files import writer
from portside.goldens import golden
from portside.goldens.verdicts import Kind, Verdict


@dataclass(frozen=True)
class Accepted:
    """The goldens that were written, and those that were deleted because their payload is gone."""

    written: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()


def accept(verdicts: Sequence[Verdict], names: Sequence[str] = (), *, ci: bool = False) -> Accepted:
    """Write the goldens of the named cases, of all when none is named; one that says the same is left alone.

    A name is an identifier (pagerdutyMapper/service.created), a webhook's, a case's own, or the path of a file of the
    case. Raises Usage under CI and for a name of no case, AcceptRefused for a case that cannot be accepted, and
    Unwritable when the disk refuses; then no golden has changed.
    """
    if ci:
        raise Usage("goldens are not accepted under CI (the environment says CI): accept them where they are reviewed")
    changed = [verdict for verdict in chosen(verdicts, names) if verdict.kind is not Kind.SAME]
    _refuse([verdict for verdict in changed if verdict.objections])
    texts = {verdict.case.golden: golden.write(verdict.golden).encode() for verdict in changed if verdict.golden}
    writer.write_all(texts)
    return Accepted(tuple(texts), tuple(_deleted(verdict.case.golden) for verdict in changed if not verdict.golden))


def chosen(verdicts: Sequence[Verdict], names: Sequence[str]) -> tuple[Verdict, ...]:
    """The verdicts on the named cases, on all when none is named. Raises Usage for a name of no case."""
    for name in names:
        if not any(_called(verdict, name) for verdict in verdicts):
            near = get_close_matches(name, [verdict.case.identifier for verdict in verdicts], 1)
            raise Usage(f"there is no case '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    return tuple(verdict for verdict in verdicts if not names or any(_called(verdict, name) for name in names))


def _deleted(path: Path) -> Path:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise Unwritable(f"{path} cannot be deleted: {error.strerror}") from error
    return path


def _called(verdict: Verdict, name: str) -> bool:
    case = verdict.case
    paths = {path.absolute() for path in case.paths}
    return name in (case.identifier, case.name, case.webhook) or Path(name).absolute() in paths


def _refuse(refused: Sequence[Verdict]) -> None:
    if not refused:
        return
    told = "; ".join(f"{verdict.case.identifier} {verdict.objections[0]}" for verdict in refused[:3])
    more = f"; and {len(refused) - 3} more" if len(refused) > 3 else ""
    raise AcceptRefused(f"nothing is accepted, because {told}{more}")
