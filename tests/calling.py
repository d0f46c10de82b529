"""Port's operations called as the server calls them, without HTTP."""

from __future__ import annotations

from typing import Any

from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.server.calls import Answer, Call, status
from portside.server.operations import operation

DATES = ("createdAt", "createdBy", "updatedAt", "updatedBy")


class Caller:
    """`caller("get /v1/blueprints/{identifier}", identifier="service")` → what the operation answers."""

    def __init__(self, catalog: LocalCatalog, by: str = "ana") -> None:
        catalog.prepare()
        self.catalog = catalog
        self.by = by

    def __call__(self, key: str, body: Any = None, *, query: Any = None, agent: str = "", **path: str) -> Answer:
        return operation(key)(Call(self.catalog, path, query or {}, body, self.by, agent))

    def refused(self, key: str, body: Any = None, **more: Any) -> tuple[int, str, str]:
        """Status, code and sentence of what must be a refusal."""
        try:
            answer = self(key, body, **more)
        except CatalogRefused as error:
            return status(error.reason), error.reason, str(error)
        raise AssertionError(f"{key} was not refused: {answer}")


def undated(body: dict[str, Any]) -> dict[str, Any]:
    """The body without what the server sets."""
    return {key: value for key, value in body.items() if key not in DATES}
