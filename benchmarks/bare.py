"""`python -m benchmarks.bare FILE`: what a delivery costs at least.

A bare Starlette endpoint that reads the body and commits one row, on the server and with the settings of SQLite that
portside has.
"""

from __future__ import annotations

import sqlite3
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from portside.server.listening import Server, bind


def main(path: str) -> None:
    """Serve until told to end; says where, first."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE deliveries (id INTEGER PRIMARY KEY, raw BLOB NOT NULL)")

    async def take(request: Request) -> JSONResponse:
        raw = await request.body()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO deliveries (raw) VALUES (?)", (raw,))
        connection.execute("COMMIT")
        return JSONResponse({"ok": True}, 202)

    with bind("127.0.0.1", 0) as bound:
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        app = Starlette(routes=[Route("/{key}", take, methods=["POST"])])
        Server(app, bound, ready=lambda: print(f"Serving at {address};", flush=True)).serve_until_told()


if __name__ == "__main__":
    main(sys.argv[1])
