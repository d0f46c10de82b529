"""Which operation a method and a path mean.

The rule: a path is taken apart before it is decoded, so that an identifier may hold a slash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from portside.errors import CatalogRefused
from portside.server.api import Endpoint


class Found(NamedTuple):
    """An operation, with the values that stand for the names in its path."""

    endpoint: Endpoint
    values: Mapping[str, str]


@dataclass
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    named: _Node | None = None
    endpoints: dict[str, Endpoint] = field(default_factory=dict)


class Paths:
    """The paths of some operations, as a tree of their parts."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._root = _Node()
        for endpoint in endpoints:
            self._add(endpoint)

    def find(self, method: str, raw_path: bytes) -> Found:
        """The operation. Raises CatalogRefused: there is no such path, or not with this method."""
        parts = segments(raw_path)
        there = list(_reached(self._root, parts, ()))
        for node, values in there:
            endpoint = node.endpoints.get("get" if method == "HEAD" else method.lower())
            if endpoint:
                return Found(endpoint, dict(zip(endpoint.names, values, strict=True)))
        shown = "/" + "/".join(parts)
        if not there:
            raise CatalogRefused(f"portside knows no '{shown}' of Port's API", reason="not_found")
        allowed = ", ".join(_allowed(there))
        raise CatalogRefused(f"'{shown}' takes {allowed}, not {method}", reason="method_not_allowed")

    def methods(self, raw_path: bytes) -> list[str]:
        """The methods of a path, `GET` and so on; empty: there is no such path."""
        return _allowed(list(_reached(self._root, segments(raw_path), ())))

    def _add(self, endpoint: Endpoint) -> None:
        node = self._root
        for part in endpoint.path.strip("/").split("/"):
            if part.startswith("{"):
                node.named = node.named or _Node()
                node = node.named
            else:
                node = node.literal.setdefault(part, _Node())
        node.endpoints[endpoint.method] = endpoint


def segments(raw_path: bytes) -> list[str]:
    """The parts of a path, decoded one by one. Raises CatalogRefused for what no identifier can be."""
    try:
        parts = [unquote_to_bytes(part).decode() for part in raw_path.split(b"/")[1:]]
    except UnicodeDecodeError:
        raise CatalogRefused("the path is not UTF-8", reason="not_found") from None
    if any("\0" in part for part in parts):
        raise CatalogRefused("the path holds a NUL", reason="not_found")
    return parts


def _reached(node: _Node, parts: list[str], values: tuple[str, ...]) -> Iterator[tuple[_Node, tuple[str, ...]]]:
    """The nodes at the end of a path, those that are written out first: an entity may be called 'search'."""
    if not parts:
        if node.endpoints:
            yield node, values
        return
    first, *rest = parts
    if first in node.literal:
        yield from _reached(node.literal[first], rest, values)
    if node.named and first:
        yield from _reached(node.named, rest, (*values, first))


def _allowed(there: list[tuple[_Node, tuple[str, ...]]]) -> list[str]:
    found = {method.upper() for node, _ in there for method in node.endpoints}
    return sorted(found | ({"HEAD"} if "GET" in found else set()) | ({"OPTIONS"} if found else set()))
