"""What was worked out before, kept by what it was worked out from, in the user's own cache folder.

The one rule: nothing depends on it. What cannot be read or written is worked out again, and as it lies outside of the
repository, no pull request can bring one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from portside import __version__
from portside.model.resource import JSON

_HERE = Path(__file__).parents[1]
_ROOMS = ("checks", "jq", "jq/inference", "jq/python", "jq/values", "mappings", "model")
_MOST = 200
"""Entries that are kept; the oldest go."""


def recalled(about: JSON, work: Callable[[], list[JSON]], *, lasting: Callable[[list[JSON]], bool]) -> list[JSON]:
    """What `work` gives, which must depend on `about` alone; kept when it is `lasting`."""
    place = _place(about)
    if place is None:
        return work()
    with suppress(OSError, ValueError):
        if isinstance(kept := json.loads(place.read_bytes()), list):
            return kept
    found = work()
    if lasting(found):
        with suppress(OSError, ValueError):
            _keep(place, json.dumps(found).encode())
    return found


def _place(about: JSON) -> Path | None:
    """The file of an entry; None where there is no folder to keep one."""
    folder = _folder()
    spelled = json.dumps([__version__, _code(), about], sort_keys=True).encode()
    return folder / f"{sha256(spelled).hexdigest()}.json" if folder else None


def _code() -> int:
    """The time of the newest module that has a say: a version in the making has one name for many states."""
    rooms = (entry for room in _ROOMS for entry in os.scandir(_HERE / room))
    return max(entry.stat().st_mtime_ns for entry in rooms if entry.name.endswith(".py"))


def _folder() -> Path | None:
    """As the XDG base directories have it."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "portside"
    home = os.environ.get("HOME", "")
    return Path(home) / ".cache" / "portside" if home and Path(home).is_dir() else None


def _keep(place: Path, data: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_suffix(f".{os.getpid()}")
    part.write_bytes(data)
    part.replace(place)
    kept = sorted(place.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)
    for old in kept[:-_MOST]:
        old.unlink(missing_ok=True)
