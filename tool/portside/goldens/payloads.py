"""The payloads of the cases alone, as deliveries that a webhook is known to get: what the checks hold its jq against.

The one rule: it tells of nothing wrong and is quick; what cannot be read here is told by whoever runs the cases.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from portside.errors import Unreadable
from portside.files import content
from portside.model.resource import JSON, Body
from portside.model.webhook import DELIVERY_LIMIT

_PAYLOAD = ".json"


def payloads(folder: Path, *, within: Path, whole: bool) -> Iterator[tuple[str, Body]]:
    """Every payload among the cases beside a webhook's file, by its path, as jq sees it.

    `whole`: with the headers and the query that its case gives it. A link out of `within` is not followed.
    """
    from portside.mappings import delivery  # late: it brings what runs jq

    for path in _paths(folder / "cases"):
        try:
            raw = content.content(path, within=within, limit=DELIVERY_LIMIT)
            yield str(path), delivery.kept(raw, *(_said(path) if whole else ())).input
        except (content.Refused, Unreadable):
            continue


def stamps(folder: Path) -> list[JSON]:
    """What tells whether a payload, or what its case says of it, has changed: path, size and time of every file."""
    return [[str(path), *_stamp(path)] for path in _files(folder / "cases")]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _files(folder: Path) -> Iterator[Path]:
    for name in _names(folder):
        yield folder / name
        yield from (folder / name / one for one in _names(folder / name) if "." not in name)


def _paths(folder: Path) -> Iterator[Path]:
    """Files of payloads, those of sequences too, in order."""
    names = _names(folder)
    yield from (folder / name for name in names if name.endswith(_PAYLOAD))
    for name in names:
        if not name.endswith((_PAYLOAD, ".yaml", ".md")):
            yield from (folder / name / one for one in _names(folder / name) if one.endswith(_PAYLOAD))


def _names(folder: Path) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208 - names, no paths
    except OSError:
        return []


def _said(path: Path) -> Collection[dict[str, str]]:
    from portside.goldens import cases  # late: few mappings read headers

    step, _ = cases.at(path)
    return (dict(step.delivery.headers), dict(step.delivery.query)) if step else ()
