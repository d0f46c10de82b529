"""A request for a page, and what a page is made of: plain values, so that pages know nothing of HTTP.

The rule: a page that leads nowhere raises CatalogRefused with `not_found`, and its sentence is what people read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from portside.catalogs.listing import Turn
from portside.catalogs.local import LocalCatalog
from portside.errors import CatalogRefused
from portside.model.resource import Body


@dataclass(frozen=True)
class Asked:
    """`path` holds the names in the address after the page's own: ("service", "checkout").

    `base` is the address that the world reaches webhooks by. `query` and `form` have one value for each name; `form`
    is what was posted.
    """

    catalog: LocalCatalog
    base: str = ""
    path: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    def asks(self, name: str) -> str:
        """A part of the query without the spaces around it; "" where it is not there."""
        return self.query.get(name, "").strip()

    @property
    def turn(self) -> Turn:
        """Which page of a list."""
        return Turn(self.query.get("after", ""), self.query.get("before", ""))


class Page(NamedTuple):
    """A template, and what it shows."""

    template: str
    values: Body
    status: int = 200


class Plain(NamedTuple):
    """Text as it is: a browser shows it and does nothing with it."""

    text: str


View = Callable[[Asked], Page | Plain]


def number(text: str) -> int | None:
    """A number of a delivery or an event; None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def nowhere(what: str) -> CatalogRefused:
    """`blueprint service` → the error that becomes a page with status 404."""
    return CatalogRefused(f"{what} is not there", reason="not_found")
