"""A text as it is written: a tree of nodes with the span of each in the text. Pure.

Slower than reading values, so it is made only when a place is shown or a file is changed. Offsets count characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import yaml

from portside.files.events import next_event

MAPPING, SEQUENCE, ALIAS = "map", "seq", "alias"
JSON_STRING = '"'
BLANK = " \t\r\n"
"""What YAML takes for blank; Python's own idea of it has a no-break space, which may be all that a text holds."""

_BREAK = re.compile(r"\r\n|\r|\n")
_PROPERTIES = r"(?:[&!]\S*(?:[ \t\r\n]|#[^\r\n]*)*)*"
_JSON_TOKEN = r'(?s)[ \t\r\n]*("(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^ \t\r\n{}\[\]:,"]+)'


@dataclass(slots=True)
class Node:
    """One value: `style` is '' (plain), ' " | > for a scalar, else MAPPING, SEQUENCE or ALIAS.

    `body` is where its text begins, after an anchor or a tag. `keys` runs beside `members` in a mapping.
    """

    start: int
    end: int
    style: str
    value: str = ""
    flow: bool = False
    body: int = 0
    keys: list[Node] = field(default_factory=list)
    members: list[Node] = field(default_factory=list)
    target: Node | None = None

    def entries(self) -> Iterator[tuple[Node | None, Node]]:
        """Key and value of each entry; items of a sequence have no key."""
        if self.style == MAPPING:
            yield from zip(self.keys, self.members, strict=True)
        else:
            yield from ((None, member) for member in self.members)


class Duplicate(NamedTuple):
    """A key that stands twice in one object: where it stands first, and where again."""

    key: str
    first: int
    again: int


class Text:
    """A text and, once somebody asks, its tree: `roots` has one node per document of the stream."""

    def __init__(self, text: str, *, json: bool) -> None:
        self.text = text
        self.json = json

    @cached_property
    def roots(self) -> tuple[Node, ...]:
        """Stops where the text stops being YAML or JSON."""
        return tuple(_json_roots(self.text) if self.json else _yaml_roots(self.text))

    @cached_property
    def line_starts(self) -> Sequence[int]:
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of a character of the text."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def duplicates(self) -> Iterator[Duplicate]:
        """Keys that stand twice in their object, in the order of the text."""
        for root in self.roots:
            yield from _duplicates(root)


def _duplicates(node: Node) -> Iterator[Duplicate]:
    first: dict[str, int] = {}
    for key, member in node.entries():
        if key is not None and key.style in _SCALARS:
            if key.value in first:
                yield Duplicate(key.value, first[key.value], key.start)
            first.setdefault(key.value, key.start)
        yield from _duplicates(member)


_SCALARS = frozenset(["", "'", '"', "|", ">"])


def _yaml_roots(text: str) -> Iterator[Node]:
    tree = _Tree(text)
    try:
        for event in iter(tree.next, None):
            if type(event) is yaml.DocumentStartEvent:
                tree.anchors = {}
                yield tree.node(tree.next())
    except (yaml.YAMLError, RecursionError, UnicodeEncodeError):
        return  # whoever read the values has told


class _Tree:
    """Events to nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.next = next_event(text)
        self.anchors: dict[str, Node] = {}

    def node(self, event: Any) -> Node:
        node = self._opened(event)
        if event.anchor and node.style != ALIAS:
            self.anchors[event.anchor] = node
        if node.style == MAPPING:
            self._fill(node, yaml.MappingEndEvent)
        elif node.style == SEQUENCE:
            self._fill(node, yaml.SequenceEndEvent)
        return node

    def _opened(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        match event:
            case yaml.ScalarEvent():
                return Node(start, end, event.style or "", str(event.value), body=self._body(start, end))
            case yaml.AliasEvent():
                name = str(event.anchor)
                return Node(start, end, ALIAS, name, body=start, target=self.anchors.get(name))
        style = MAPPING if type(event) is yaml.MappingStartEvent else SEQUENCE
        return Node(start, end, style, flow=bool(event.flow_style), body=self._body(start, len(self.text)))

    def _body(self, start: int, end: int) -> int:
        found = re.compile(_PROPERTIES).match(self.text, start, end)
        return found.end() if found else start

    def _fill(self, node: Node, ends: Any) -> None:
        while type(event := self.next()) is not ends:
            if node.style == MAPPING:
                node.keys.append(self.node(event))
                event = self.next()
            node.members.append(self.node(event))
        node.end = max(event.end_mark.index if node.flow else last_character(node), node.start)


def last_character(node: Node) -> int:
    """Where the last thing that is written in a node ends: not the white space and comments after it."""
    while not node.flow and node.members:
        node = node.members[-1]
    return node.end


def _json_roots(text: str) -> Iterator[Node]:
    """The tree of a text that is JSON."""
    token = iter(re.finditer(_JSON_TOKEN, text)).__next__
    yield _json_node(token, token())


def _json_node(token: Callable[[], re.Match[str]], found: re.Match[str]) -> Node:
    start, end, text = found.start(1), found.end(1), found[1]
    if text == "{":
        return _json_filled(token, Node(start, end, MAPPING, flow=True, body=start), "}")
    if text == "[":
        return _json_filled(token, Node(start, end, SEQUENCE, flow=True, body=start), "]")
    return Node(start, end, JSON_STRING if text[0] == '"' else "", _json_text(text), body=start)


def _json_text(text: str) -> str:
    from json import loads

    return str(loads(text)) if text[0] == '"' else text


def _json_filled(token: Callable[[], re.Match[str]], node: Node, close: str) -> Node:
    while (found := token())[1] != close:
        if found[1] == ",":
            continue
        if node.style == MAPPING:
            node.keys.append(_json_node(token, found))
            token()  # the colon
            found = token()
        node.members.append(_json_node(token, found))
    node.end = found.end(1)
    return node
