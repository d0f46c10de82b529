"""`python -m benchmarks.bare FILE`: what a delivery costs at least, and a bulk of entities.

Bare Starlette endpoints that read the body and commit one row, or the row of each entity, on the server and with the
settings of SQLite that portside has.
"""

from __future__ import annotations

import sqlite3
import sys
from typing import Any

import orjson
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from portside.catalogs import tables
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

    columns = tables.entities.columns.keys()
    connection.execute(str(CreateTable(tables.entities).compile(dialect=sqlite.dialect())))
    for index in tables.entities.indexes:
        connection.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
    insert = f"INSERT OR REPLACE INTO entities ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"

    async def bulk(request: Request) -> JSONResponse:
        rows = [_row(one) for one in orjson.loads(await request.body())["entities"]]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, rows)
        connection.execute("COMMIT")
        return JSONResponse({"ok": True})

    with bind("127.0.0.1", 0) as bound:
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        app = Starlette(routes=[Route("/bulk", bulk, methods=["POST"]), Route("/{key}", take, methods=["POST"])])
        Server(app, bound, ready=lambda: print(f"Serving at {address};", flush=True)).serve_until_told()


def _row(one: dict[str, Any]) -> tuple[str | bytes | None, ...]:
    """The row that the embedded catalog has for an entity."""
    properties, relations = orjson.dumps(one["properties"]), orjson.dumps(one["relations"])
    at = "2026-01-02T03:04:05.000Z"
    return ("service", one["identifier"], one["title"], None, b"[]", properties, relations, None, at, "me", at, "me")


if __name__ == "__main__":
    main(sys.argv[1])
