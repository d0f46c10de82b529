"""A new value into a text that holds an old one: only what differs is written anew. Pure.

The rule: what is not touched keeps its spelling and its comments, character by character. A comment right above an
entry goes when the entry goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from portside.files import spelling
from portside.files.comments import Comment, comments
from portside.files.written import BLANK, MAPPING, SEQUENCE, Node, Text, last_character
from portside.model.resource import JSON

_FLOW_WIDTH = 100
_ROOT = -1
"""Where a whole document begins: behind no colon and no dash."""


class Edit(NamedTuple):
    """Characters `start` to `end` of the text become `text`."""

    start: int
    end: int
    text: str


def edited(text: Text, changes: Mapping[int, tuple[JSON, JSON]]) -> str:
    """The text with documents changed: number in the stream → old value and new. The caller reads it to be sure."""
    found = [
        edit
        for number, (old, new) in changes.items()
        for edit in _Editing(text).edits(text.roots[number], old, new, _ROOT)
    ]
    result = text.text
    for edit in sorted(found, reverse=True):
        result = result[: edit.start] + edit.text + result[edit.end :]
    return result


def same(one: JSON, other: JSON) -> bool:
    """Equal as JSON, the order of keys aside; 1, 1.0 and true are three values."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


class _Editing:
    """The edits of one document."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.raw = text.text

    def edits(self, node: Node, old: JSON, new: JSON, after: int, *, within: bool = False) -> Iterator[Edit]:
        """`after` is where the value's text may begin, behind the colon or the dash; `within`: in a flow container."""
        if same(old, new):
            return
        if node.style == MAPPING and isinstance(old, dict) and isinstance(new, dict) and self.can_keep(node, old, new):
            yield from self.mapping(node, old, new)
        elif node.style == SEQUENCE and isinstance(old, list) and isinstance(new, list) and self.stays(node, old, new):
            yield from self.sequence(node, old, new)
        elif within:
            space = " " if self.raw[node.body - 1] in ":," else ""
            yield Edit(node.body, self.end(node), space + spelling.flow(new, within=True))
        else:
            yield self.replaced(node, new, after)

    def can_keep(self, node: Node, old: Mapping[str, JSON], new: Mapping[str, JSON]) -> bool:
        return old.keys() == new.keys() if node.flow else any(key in new for key in old)

    def stays(self, node: Node, old: Sequence[JSON], new: Sequence[JSON]) -> bool:
        if node.flow:
            return len(old) == len(new)
        own_lines = all(self.dash(node, member) is not None for member in node.members)
        return own_lines and bool(new) and (len(old) == len(new) or any(same(a, b) for a in old for b in new))

    def mapping(self, node: Node, old: Mapping[str, JSON], new: Mapping[str, JSON]) -> Iterator[Edit]:
        pairs = list(zip(node.keys, node.members, strict=True))
        for number, (key, member) in enumerate(pairs):
            if key.value not in new:
                yield self.removed(key, member, pairs[number + 1][0] if number + 1 < len(pairs) else None)
            else:
                yield from self.edits(member, old[key.value], new[key.value], self.colon(key), within=node.flow)
        added = [line for key in new if key not in old for line in spelling.entry(key, new[key], self.indent(node))]
        if added:
            yield self.inserted(self.line_end(node), added)

    def sequence(self, node: Node, old: Sequence[JSON], new: Sequence[JSON]) -> Iterator[Edit]:
        if node.flow:
            for member, before, after in zip(node.members, old, new, strict=True):
                yield from self.edits(member, before, after, member.start, within=True)
            return
        for a, b, c, d in _differences(old, new):
            both = min(b - a, d - c)
            for member, before, after in zip(node.members[a : a + both], old[a:], new[c : c + both], strict=False):
                yield from self.edits(member, before, after, self.dash_of(node, member) + 1)
            for member in node.members[a + both : b]:
                start = self.line_start(self.dash_of(node, member))
                yield Edit(self.with_comments(start), self.line_end(member), "")
            if c + both < d:
                yield self.inserted_items(node, b, new[c + both : d])

    def inserted_items(self, node: Node, before: int, values: Sequence[JSON]) -> Edit:
        """New items in front of the one with a number, behind the line of the one that it follows."""
        lines = [line for value in values for line in spelling.item(value, self.indent(node))]
        if before:
            return self.inserted(self.line_end(node.members[before - 1]), lines)
        return self.inserted(self.line_start(self.dash_of(node, node.members[0])), lines)

    def dash_of(self, node: Node, member: Node) -> int:
        """The dash of an item that has one of its own (see `stays`)."""
        return self.dash(node, member) or 0

    def removed(self, key: Node, member: Node, following: Node | None) -> Edit:
        start = self.line_start(key.start)
        if self.raw[start : key.start].strip(BLANK) and following is not None:
            return Edit(key.start, following.start, "")  # the first key behind a dash
        return Edit(self.with_comments(start), self.line_end(member), "")

    def with_comments(self, start: int) -> int:
        """Where the comments right above a line begin that are indented as it is."""
        indent = re.match(r"[ \t]*", self.raw[start:])
        while start and indent:
            above = self.line_start(start - 1)
            if not self.raw[above:start].startswith(f"{indent[0]}#"):
                break
            start = above
        return start

    def inserted(self, at: int, lines: list[str]) -> Edit:
        broken = not at or self.raw[at - 1] in "\r\n"
        return Edit(at, at, ("" if broken else "\n") + "".join(f"{line}\n" for line in lines))

    def replaced(self, node: Node, new: JSON, after: int) -> Edit:
        end = self.end(node)
        if after == _ROOT:
            return Edit(node.start, end, "\n".join(spelling.lines(new)) + self.last_break(end))
        if self.fits(node, new):
            return Edit(node.body, end, spelling.flow(new) + self.comments_in(node))
        if isinstance(new, dict | list) and new and node.style in (MAPPING, SEQUENCE) and not node.flow:
            after = max(after, min(node.start, self.line_break(after)))  # behind the comment beside the key
        whole = self.whole(new, self.indent_of_line(after))
        return Edit(after, max(end, after), whole + self.last_break(max(end, after)))

    def fits(self, node: Node, new: JSON) -> bool:
        """Whether a new value can stand exactly where the old one stands, on its line."""
        if isinstance(new, str) and spelling.block_header(new):
            return False
        if node.flow:
            return len(spelling.flow(new)) <= _FLOW_WIDTH
        scalar = node.style in ("", "'", '"') and node.end > node.start
        return scalar and not (isinstance(new, dict | list) and new)

    def comments_in(self, node: Node) -> str:
        """The comments that stood within a flow container, to stand behind it."""
        found = (one.text for one in self.comments if node.start < one.start < node.end) if node.flow else ()
        return "".join(f"  {text}" for text in found)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        return tuple(comments(self.text))

    def whole(self, new: JSON, indent: int) -> str:
        first, *rest = spelling.entry("x", new, indent)
        return "\n".join([first.strip(BLANK).removeprefix("x:"), *rest])

    def last_break(self, end: int) -> str:
        """A line break where the text ends without one: a block without its last break is another text."""
        return "\n" if end == len(self.raw) else ""

    def line_break(self, offset: int) -> int:
        found = re.compile(r"[\r\n]|$").search(self.raw, offset)
        return found.start() if found else len(self.raw)

    def colon(self, key: Node) -> int:
        return self.raw.index(":", key.end) + 1

    def dash(self, node: Node, member: Node) -> int | None:
        """Where the dash of an item stands; None when something else stands on its line before it."""
        column = self.text.position(node.body)[1] - 1
        for line in range(self.text.position(member.start)[0], 0, -1):
            start = self.text.line_starts[line - 1]
            if self.raw[start : start + column + 1] == " " * column + "-":
                return start + column
            if self.raw[start : start + column + 1].strip(BLANK):
                return None
        return None

    def indent(self, node: Node) -> int:
        return self.text.position(node.body)[1] - 1

    def indent_of_line(self, offset: int) -> int:
        """The column of the key, or of the dash, whose value stands at an offset."""
        line = self.raw[self.line_start(offset) : offset]
        found = re.match(r"(?:[ ]*-(?=[ ]+[^ ]))*[ ]*", line)
        return found.end() if found else 0

    def end(self, node: Node) -> int:
        last = last_character(node)
        return len(self.raw[:last].rstrip(BLANK)) if last > node.start else last

    def line_start(self, offset: int) -> int:
        return self.text.line_starts[self.text.position(offset)[0] - 1]

    def line_end(self, node: Node) -> int:
        """Where the line after a node begins."""
        line = self.text.position(max(self.end(node) - 1, node.start))[0]
        return self.text.line_starts[line] if line < len(self.text.line_starts) else len(self.raw)


def _differences(old: Sequence[JSON], new: Sequence[JSON]) -> Iterator[tuple[int, int, int, int]]:
    """Which runs of old items became which runs of new ones."""
    from difflib import SequenceMatcher  # late: only a list that changes needs it

    before, after = ([json.dumps(value, sort_keys=True) for value in values] for values in (old, new))
    for name, *run in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if name != "equal":
            yield run[0], run[1], run[2], run[3]
