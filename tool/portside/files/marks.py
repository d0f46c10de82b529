"""Where the routes of a document are written: the text is parsed again the first time somebody asks. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from portside.files.written import ALIAS, MAPPING, SEQUENCE, Node, Text
from portside.problems import Route


@dataclass(frozen=True)
class Written:
    """The marks of one document of a text (`index` counts those of the stream); they satisfy problems.Marks."""

    text: Text
    index: int

    def at(self, route: Route) -> tuple[int, int] | None:
        """Line and column of a scalar, or of the key of a list or object; None when the route is not written."""
        if (found := self._entry(route)) is None:
            return None
        key, node = found
        return self.text.position(key.start if key is not None and node.style in (MAPPING, SEQUENCE) else node.body)

    def key(self, route: Route) -> tuple[int, int] | None:
        """Line and column of the key itself; None when the route is not written or ends in a list index."""
        found = self._entry(route)
        return self.text.position(found[0].body) if found and found[0] is not None else None

    def inside(self, route: Route, index: int) -> tuple[int, int] | None:
        """Line and column of character `index` of the string at the route; the length gives where it ends."""
        found = self._entry(route)
        node = _meant(found[1]) if found else None
        if node is None or node.style in (MAPPING, SEQUENCE) or not 0 <= index <= len(node.value):
            return None
        from portside.files.characters import offsets  # only for a place inside a string

        places = offsets(self.text.text, node)
        return self.text.position(places[index]) if places is not None else None

    def node(self) -> Node | None:
        """The document's tree."""
        return self.text.roots[self.index] if self.index < len(self.text.roots) else None

    def _entry(self, route: Route) -> tuple[Node | None, Node] | None:
        """Key and value at a route; of a key that stands twice, the last, as in the value."""
        if (node := self.node()) is None:
            return None
        found: tuple[Node | None, Node] = (None, node)
        for step in route:
            if (next_found := _below(_meant(found[1]), step)) is None:
                return None
            found = next_found
        return found


def _meant(node: Node) -> Node:
    return node.target if node.style == ALIAS and node.target is not None else node


def _below(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if node.style == MAPPING:
        entries = [(key, member) for key, member in node.entries() if key is not None and _meant(key).value == step]
        return entries[-1] if entries else None
    if node.style == SEQUENCE and isinstance(step, int) and 0 <= step < len(node.members):
        return None, node.members[step]
    return None
