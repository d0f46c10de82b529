"""Port's client in front of a served embedded catalog: what speaks to Port, and what stands in for it, in one piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portside.catalogs.client.credentials import Credentials
from portside.catalogs.client.session import Session
from portside.catalogs.local import LocalCatalog
from portside.catalogs.port import PortCatalog
from portside.model.resource import State
from portside.plans.kept import is_system
from served import served, serving


class OverHTTP(PortCatalog):
    """What is not Port's own: its blueprints are always there, and no state of ours names them."""

    def read(self) -> State:
        return State(resource for ref, resource in super().read().items() if not is_system(ref))


@contextmanager
def port_served(folder: Path, secrets: Mapping[str, str] | None = None) -> Iterator[OverHTTP]:
    """A new, empty catalog in a folder, served, and Port's client before it."""
    with served(folder) as found, _client(found.base, folder, secrets) as catalog:
        yield catalog


@contextmanager
def port_serving(local: LocalCatalog, folder: Path) -> Iterator[OverHTTP]:
    """Port's client before a catalog that is open already."""
    with serving(local) as found, _client(found.base, folder, {}) as catalog:
        yield catalog


def _client(base: str, folder: Path, secrets: Mapping[str, str] | None) -> OverHTTP:
    session = Session(f"{base}/v1/", lambda: Credentials("tests", "secret"), patience=30)
    return OverHTTP(session, "port", held_at=folder / "port.lock", secrets=secrets or {})
