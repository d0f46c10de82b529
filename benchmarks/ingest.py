"""Deliveries at the endpoint of `portside serve`, against a bare endpoint that commits one row.

The rounds of a pair are taken in turns, and the best of each counts: what else runs on the machine makes a round
slower, never faster.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.senders import SECRET
from benchmarks.timing import BIN, Command, Result, seconds
from portside.catalogs import deliveries
from portside.catalogs.local import LocalCatalog
from portside.files import settings
from portside.model.resource import Kind, Ref

PROJECT = Path(__file__).parent.parent
PORTSIDE = str(BIN / "portside")
ROUNDS = 3
PATIENCE = 5.0
"""Seconds that PagerDuty waits for an answer."""


def ingesting(_corpus: Path | None) -> Iterator[Result]:
    """Signed PagerDuty deliveries: how many a second, whether they are carried out as they come, how long one waits."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        path = _prepared(root)
        bare = [sys.executable, "-m", "benchmarks.bare", str(root / "bare.db")]
        ours = [PORTSIDE, "serve", "--root", str(root), "--port", "0"]
        with serving(bare) as there, serving(ours, PAGERDUTY_WEBHOOK_SECRET=SECRET) as here:
            pairs = [(_load(here, path), _backlog(root), _load(there, path)) for _ in range(ROUNDS)]
            yield from _compared(pairs)
            yield from _at_half_load(here, path, max(one["rate"] for one, _, _ in pairs))


def _compared(pairs: list[tuple[dict[str, float], tuple[int, float], dict[str, float]]]) -> Iterator[Result]:
    ours, theirs = (max(found["rate"] for found in side) for side in ([p[0] for p in pairs], [p[2] for p in pairs]))
    detail = f"{ours:.0f} deliveries a second against {theirs:.0f} for a bare endpoint"
    yield Result("ingest", theirs / ours, 2.0, detail)
    taken = sum(one["count"] for one, _, _ in pairs)
    left, took = max(backlog for _, backlog, _ in pairs)
    detail = f"{left} of {taken / len(pairs):.0f} not carried out at the end of a round, and {took:.2f} s later all"
    yield Result("ingest, keeping up", left / taken * len(pairs), 0.1, detail)


def _at_half_load(port: int, path: str, rate: float) -> Iterator[Result]:
    found = min((_load(port, path, rate / 2) for _ in range(ROUNDS)), key=lambda one: one["p99"] / one["p50"])
    detail = f"p50 {found['p50'] * 1000:.1f} ms, p99 {found['p99'] * 1000:.1f} ms at {found['rate']:.0f} a second"
    yield Result("ingest, half load", found["p99"] / found["p50"], 10.0, detail)
    yield Result("ingest, slowest", found["most"] / PATIENCE, 0.1, f"{found['most'] * 1000:.0f} ms of PagerDuty's 5 s")


def _prepared(root: Path) -> str:
    """A catalog with our own webhooks; gives the path of pagerdutyMapper."""
    for name in ("catalog", "mappings", "portside.yaml"):
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    seconds(Command([PORTSIDE, "apply", "--yes", "--quiet", "--root", str(root)]))
    with _opened(root) as catalog:
        document = catalog.document(Ref(Kind.WEBHOOK, "pagerdutyMapper")) or {}
    return f"/{document['webhookKey']}"


def _opened(root: Path) -> LocalCatalog:
    return LocalCatalog.open(settings.read(root)[0].file())


@contextmanager
def serving(command: list[str], **more: str) -> Iterator[int]:
    """The port of a server that runs as long as this lasts."""
    import os

    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, env={**os.environ, **more})
    try:
        said = server.stdout.readline() if server.stdout else ""
        yield urlsplit(next(word for word in said.split() if word.startswith("http")).rstrip(";,.")).port or 0
    finally:
        server.terminate()
        server.wait()


def _load(port: int, path: str, rate: float | None = None) -> dict[str, float]:
    """One round."""
    run = str(time.time_ns())
    command = [sys.executable, "-m", "benchmarks.senders", "--port", str(port), "--path", path, "--run", run]
    done = subprocess.run(
        [*command, *(["--rate", str(rate)] if rate else [])], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _backlog(root: Path) -> tuple[int, float]:
    """How many deliveries are not carried out yet, and the seconds until all are."""
    began = time.perf_counter()
    with _opened(root) as catalog:
        first = left = _pending(catalog)
        while left:
            time.sleep(0.01)  # a look at the database costs the server something too
            left = _pending(catalog)
    return first, time.perf_counter() - began


def _pending(catalog: LocalCatalog) -> int:
    with catalog.reading() as reading:
        return deliveries.count_pending(reading.connection)
