"""What an apply began and finished: one file of JSON lines a run, under .portside/runs/.

The rule: a line is on the disk before the write it announces, so that whatever ends a run, a kill or a power cut
included, its file can tell what is done, what is unknown, and what was not begun. Names and times, never bodies.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from portside.errors import Unreadable, Unwritable, Usage
from portside.model.resource import JSON

RUNS = Path(".portside/runs")
LAST = "last"
_FORMAT = 1


class Fate(StrEnum):
    """What became of one step. FAILED: the catalog refused it, it was not done; UNKNOWN: begun, and no word since."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True)
class Entry:
    """One step of a run. `fingerprint` is that of the body it writes; None for a delete."""

    number: int
    action: str
    ref: str
    because: str = ""
    fingerprint: str | None = None


@dataclass(frozen=True)
class Run:
    """One apply, as far as it got. Times are ISO 8601 in UTC; `outcome` is "" for a run that never said its end."""

    id: str
    catalog: str
    started: str
    entries: tuple[Entry, ...] = ()
    fates: Mapping[int, Fate] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    ended: str = ""
    outcome: str = ""

    def of(self, fate: Fate) -> tuple[Entry, ...]:
        """The steps with this fate, in order."""
        return tuple(entry for entry in self.entries if self.fates[entry.number] is fate)


class Log:
    """A run being written. Each method returns once its line is on the disk; raises Unwritable when it cannot be."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.id = path.stem
        self._path = path
        self._descriptor = descriptor

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def began(self, number: int) -> None:
        """A step is about to be written."""
        self._append({"began": number, "at": _now()})

    def done(self, number: int, fingerprint: str | None = None) -> None:
        """A step was written and read back."""
        self._append({"done": number, "at": _now(), "fingerprint": fingerprint})

    def failed(self, number: int, reason: str) -> None:
        """The catalog refused a step; where that is not certain, say nothing, and it counts as unknown."""
        self._append({"failed": number, "at": _now(), "reason": reason})

    def ended(self, outcome: str) -> None:
        """The run is over: "applied", "failed", "interrupted", …"""
        self._append({"ended": outcome, "at": _now()})

    def _append(self, record: Mapping[str, JSON]) -> None:
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        size = os.fstat(self._descriptor).st_size
        try:
            _write(self._descriptor, line)
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, size)  # half a line would spoil the one after it
            raise _unwritable(self._path, error) from error


def begin(root: Path, catalog: str, entries: Iterable[Entry]) -> Log:
    """Begin a run's file; close it by leaving its `with`. Raises Unwritable."""
    steps = [asdict(entry) for entry in entries]
    folder = root / RUNS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log = _created(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        log._append({"portside": _FORMAT, "catalog": catalog, "started": _now(), "steps": steps})
    except Unwritable:
        (folder / f"{log.id}.jsonl").unlink()
        os.close(log._descriptor)
        raise
    return log


def listed(root: Path) -> tuple[str, ...]:
    """The ids of all runs, the oldest first. Raises Unreadable for a folder that may not be read."""
    folder = root / RUNS
    try:
        return tuple(sorted(path.stem for path in folder.iterdir() if path.suffix == ".jsonl"))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise Unreadable(f"'{folder}' cannot be read: {(error.strerror or str(error)).lower()}") from error


def read(root: Path, run: str = LAST) -> Run:
    """A run by its id, or the last one. Raises Usage when there is none, Unreadable when its file is not one."""
    known = listed(root)
    wanted = known[-1] if run == LAST and known else run
    if wanted not in known:
        raise Usage(f"there is no run '{run}'; 'portside runs' lists them" if known else "nothing was applied here yet")
    path = root / RUNS / f"{wanted}.jsonl"
    try:
        return _run(wanted, _records(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"'{path}' is not the journal of a run") from error


def _records(data: bytes) -> list[dict[str, JSON]]:
    """The lines of a journal; a last one that is torn was never finished, and says nothing."""
    *lines, _torn = data.split(b"\n")
    return [json.loads(line) for line in lines]


def _run(name: str, records: list[dict[str, JSON]]) -> Run:
    if not records:
        return Run(name, "", "")
    head, *events = records
    entries = tuple(Entry(**step) for step in head["steps"])
    fates = dict.fromkeys((entry.number for entry in entries), Fate.NOT_BEGUN)
    reasons: dict[int, str] = {}
    ended: dict[str, JSON] = {}
    for event in events:
        match event:
            case {"began": number}:
                fates[number] = Fate.UNKNOWN
            case {"done": number}:
                fates[number] = Fate.DONE
            case {"failed": number, "reason": reason}:
                fates[number], reasons[number] = Fate.FAILED, reason
            case {"ended": _}:
                ended = event
    return Run(
        name, head["catalog"], head["started"], entries, fates, reasons, ended.get("at", ""), ended.get("ended", "")
    )


def _created(folder: Path) -> Log:
    """A new file under a name that sorts by time and that no other process has."""
    from datetime import UTC, datetime

    while True:
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.jsonl"
        try:
            descriptor = os.open(
                path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o644
            )
        except FileExistsError:
            continue
        return Log(path, descriptor)


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _unwritable(path: Path, error: OSError) -> Unwritable:
    return Unwritable(f"'{path}' cannot be written: {(error.strerror or str(error)).lower()}")
