"""Plan and apply over HTTP: Port's client against the served catalog, in requests and in the server's own time."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks import catalogs
from benchmarks.ingest import serving
from benchmarks.timing import BIN, Command, Result, seconds

COUNT = 1_000
PORTSIDE = str(BIN / "portside")
A_STEP = 3
"""One read, one write, one read back."""
AROUND = 1 + 2 + 2 + 2 + 2
"""A token; the catalog's two lists for the plan, for apply's own plan, right before the first step, and at the end."""


def applying(_corpus: Path | None) -> Iterator[Result]:
    """A thousand blueprints, planned and applied onto an empty catalog."""
    os.environ |= {"PORT_CLIENT_ID": "bench", "PORT_CLIENT_SECRET": "bench"}  # the server takes any
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        catalogs.write(root, COUNT)
        with serving([sys.executable, "-m", "benchmarks.timed", str(root / "served.db")]) as port:
            settings = {"catalogs": {"remote": {"url": f"http://127.0.0.1:{port}"}}}
            (root / "portside.yaml").write_text(json.dumps(settings))
            began = time.perf_counter()
            for arguments in (["plan"], ["apply", "--yes"]):
                seconds(Command([PORTSIDE, *arguments, "--quiet", "--root", str(root)]))
            took = time.perf_counter() - began
            yield from _compared(took, _timings(port), steps=_steps(root))


def _compared(took: float, timings: dict[str, Any], *, steps: int) -> Iterator[Result]:
    handled = timings["seconds"]
    yield Result("apply over HTTP", took / handled, 2.0, f"{took:.1f} s, of which the server handled {handled:.1f} s")
    sent, least = sum(timings["requests"].values()), A_STEP * steps + 2 * AROUND
    yield Result("apply over HTTP, requests", sent / least, 1.0, f"{sent} requests for {steps} steps")


def _steps(root: Path) -> int:
    """How many writes the run's journal announced."""
    (journal,) = (root / ".portside" / "runs").iterdir()
    return len(json.loads(journal.read_text().splitlines()[0])["steps"])


def _timings(port: int) -> dict[str, Any]:
    with urlopen(f"http://127.0.0.1:{port}/timings", timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found
