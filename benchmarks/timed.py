"""`python -m benchmarks.timed FILE`: the served catalog, telling what it handled: GET /timings → {requests, seconds}.

The seconds are the processor's: those of the clock would count requests that wait for each other several times.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from portside.catalogs.local import LocalCatalog
from portside.server.app import build
from portside.server.listening import Server, bind


def main(path: str) -> None:
    """Serve until told to end; says where, first."""
    with LocalCatalog.open(Path(path)) as catalog, bind("127.0.0.1", 0) as bound:
        catalog.prepare()
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        app, requests, began = build(catalog, base=address), Counter[str](), time.process_time()

        async def timed(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"] == "/timings":
                await _told(send, {"requests": requests, "seconds": time.process_time() - began})
                return
            await app(scope, receive, send)
            if scope["type"] == "http":
                requests[scope["method"]] += 1

        Server(timed, bound, ready=lambda: print(f"Serving at {address};", flush=True)).serve_until_told()


async def _told(send: Any, value: Any) -> None:
    body = json.dumps(value).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    main(sys.argv[1])
