"""YAML text in one spelling, every comment kept. Pure.

The text's tree is laid out anew: each entry with the comments above it and beside it. A comment belongs to the entry
below it; one that is indented further belongs to the end of what stands above.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml

from portside.files import order, spelling, words
from portside.files.characters import block, offsets
from portside.files.comments import COMMENT, Comment, comments, tokens
from portside.files.written import ALIAS, BLANK, MAPPING, SEQUENCE, Node, Text, last_character
from portside.model.resource import Kind
from portside.problems import Route

_PROPERTY = re.compile(r"[&!]\S*")
_GAP = "\n"
"""An empty line between two entries; no line of text can be this."""


class Unspeakable(Exception):
    """The text has something that this spelling does not have: directives, documents that are no list or object."""


@dataclass
class Entry:
    """A key and its value, or an item, with the comments that go where it goes; `lead` has a gap for an empty line."""

    key: Node | None
    node: Node
    lead: list[str] = field(default_factory=list)
    beside: str = ""
    below: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def laid_out(text: Text, kind: Kind | None) -> str:
    """The text in one spelling. Raises Unspeakable."""
    found = list(tokens(text))
    if any(isinstance(token, yaml.DirectiveToken | yaml.DocumentEndToken) for token in found):
        raise Unspeakable("it has directives, or ends documents with '...'")
    starts = [token.start_mark.index for token in found if isinstance(token, yaml.DocumentStartToken)]
    return "\n".join(_settled(_Layout(text, comments(text), kind).stream(starts))) + "\n"


def _head(root: Entry) -> None:
    """Comments at the top that an empty line parts from the first entry belong to the document."""
    first = root.entries[0] if root.entries else root
    if _GAP in first.lead[1:]:
        end = len(first.lead) - first.lead[::-1].index(_GAP)
        root.lead, first.lead = first.lead[:end], first.lead[end:]


class _Layout:
    """One stream: comments are taken in the order of the text, then entries are written in the order of their keys."""

    def __init__(self, text: Text, found: Iterable[Comment], kind: Kind | None) -> None:
        self.text = text
        self.comments = deque(found)
        self.kind = kind

    def stream(self, starts: list[int]) -> Iterator[str]:
        marks = deque(starts)
        for number, root in enumerate(self.text.roots):
            if root.style not in (MAPPING, SEQUENCE):
                raise Unspeakable("a document in it is no list or object")
            if marks and marks[0] <= root.start:
                yield from self.marker(marks.popleft())
            elif number:
                raise Unspeakable("a document in it does not begin with '---'")
            entry = Entry(None, root)
            entry.entries = self.entries(root)
            self.rest(entry, marks[0] if marks else len(self.text.text))
            _head(entry)
            yield from self.document(entry)
        if marks:
            raise Unspeakable("a document in it is empty")

    def marker(self, start: int) -> Iterator[str]:
        yield from (comment.text for comment in self.taken(start))
        line = self.text.position(start)[0]
        yield "---" + self.beside(line, len(self.text.text))

    def document(self, entry: Entry) -> Iterator[str]:
        if self.properties(entry.node):
            raise Unspeakable("an anchor or a tag stands before a whole document")
        if not entry.entries:
            yield from [*entry.lead, "{}" if entry.node.style == MAPPING else "[]"]
        yield from [*(entry.lead if entry.entries else ()), *self.container(entry, (), 0)]

    def taken(self, before: int) -> Iterator[Comment]:
        while self.comments and self.comments[0].start < before:
            yield self.comments.popleft()

    def beside(self, line: int, before: int) -> str:
        """The comment at the end of a line, with what parts it from the text, if it stands before an offset."""
        if self.comments and self.comments[0].line == line and self.comments[0].start < before:
            return f"  {self.comments.popleft().text}" if not self.comments[0].own else ""
        return ""

    def rest(self, entry: Entry, before: int) -> None:
        """Comments after the last entry of a container."""
        for comment in self.taken(before):
            self.end_of(entry, comment).extend(_lines(comment))

    def end_of(self, entry: Entry, comment: Comment) -> list[str]:
        """The end of the innermost container whose entries are not further in than a comment."""
        inner = entry
        while inner.entries and self.fits(inner.entries[-1], comment):
            inner = inner.entries[-1]
        return inner.below if inner.entries else inner.lead

    def fits(self, entry: Entry, comment: Comment) -> bool:
        least = self.text.position(entry.key.start)[1] + 1 if entry.key is not None else 1
        return bool(entry.entries) and not entry.node.flow and max(self.column(entry.node), least) <= comment.column

    def column(self, node: Node) -> int:
        return self.text.position(node.body)[1]

    def entries(self, node: Node) -> list[Entry]:
        found: list[Entry] = []
        pairs = list(node.entries())
        for number, (key, member) in enumerate(pairs, start=1):
            end = _next_start(pairs[number:], node) if node.flow else len(self.text.text)
            entry = Entry(key, member)
            self.lead(entry, found, key or member, self.column(node))
            if member.style in (MAPPING, SEQUENCE):
                self.inner(entry)
            else:
                entry.lead += [line for comment in self.taken(member.body) for line in _lines(comment)]
            entry.beside = entry.beside or self.beside(self.text.position(max(self.end(member) - 1, 0))[0], end)
            found.append(entry)
        return found

    def lead(self, entry: Entry, before: list[Entry], first: Node, column: int) -> None:
        """The comments above an entry; those further in than it belong to the end of the one before."""
        for comment in self.taken(first.start):
            ending = comment.own and comment.column > column and not entry.lead and before
            if ending and self.fits(before[-1], comment):
                self.end_of(before[-1], comment).extend(_lines(comment))
            else:
                entry.lead += _lines(comment)
        if _follows_blank(self.text, first.start):
            entry.lead.append(_GAP)

    def inner(self, entry: Entry) -> None:
        node, key = entry.node, entry.key
        first = node.members[0].start if node.members else node.end
        if key is not None and self.comments and self.comments[0].start < first:
            entry.beside = self.beside(self.text.position(key.start)[0], first)
        entry.entries = self.entries(node)
        if node.flow:
            target = entry.below if entry.entries else entry.lead
            target += [line for comment in self.taken(node.end) for line in _lines(comment)]

    def end(self, node: Node) -> int:
        return (
            len(self.text.text[: last_character(node)].rstrip(BLANK))
            if node.style in ("|", ">")
            else last_character(node)
        )

    def container(self, entry: Entry, route: Route, indent: int) -> Iterator[str]:
        """The lines of a container's entries, and of the comments at its end."""
        pad, first = " " * indent, True
        for number, member in self.in_order(entry, route):
            step = member.key.value if member.key is not None else number
            yield from (line if line == _GAP else pad + line for line in _topped(member.lead, first))
            yield from self.entry(member, (*route, step), indent)
            first = False
        yield from (line if line == _GAP else pad + line for line in entry.below)

    def in_order(self, entry: Entry, route: Route) -> list[tuple[int, Entry]]:
        numbered = list(enumerate(entry.entries))
        if entry.node.style == MAPPING:
            numbered.sort(key=lambda item: order.rank(self.kind, route, item[1].key.value if item[1].key else ""))
        return numbered

    def entry(self, entry: Entry, route: Route, indent: int) -> Iterator[str]:
        start = " " * indent + (self.key(entry.key) if entry.key is not None else "-")
        start += "".join(f" {name}" for name in self.properties(entry.node))
        if not entry.entries:
            yield from self.scalar(entry, start, indent + spelling.STEP)
            return
        inner = list(self.container(entry, route, indent + spelling.STEP))
        if (
            entry.key is None
            and start.endswith("-")
            and not entry.beside
            and not inner[0].lstrip(BLANK).startswith("#")
        ):
            yield f"{start} {inner[0].lstrip(BLANK)}"
            yield from inner[1:]
        else:
            yield from [start + entry.beside, *inner]

    def scalar(self, entry: Entry, start: str, indent: int) -> Iterator[str]:
        """The lines of an entry without entries of its own; no comment may stand within a text of several lines."""
        if self.several_lines(entry.node):
            first, *rest = self.rewrapped(entry.node, indent)
            yield from [f"{start} {first}", *rest[:-1], rest[-1] + entry.beside]
        else:
            first, *rest = self.value(entry.node, indent)
            yield from [f"{start} {first}{entry.beside}", *rest]

    def several_lines(self, node: Node) -> bool:
        """Whether a plain or quoted text goes over several lines."""
        written = self.text.text[node.body : node.end]
        return node.style in ("", "'", '"') and len(written.splitlines()) > 1

    def rewrapped(self, node: Node, indent: int) -> list[str]:
        """Its lines as they are broken; white space around a line break means nothing."""
        first, *rest = (line.strip(" \t") for line in self.text.text[node.body : node.end].splitlines())
        return [first, *(" " * indent + line if line else "" for line in rest)]

    def key(self, key: Node) -> str:
        if key.style in (MAPPING, SEQUENCE, ALIAS):
            raise Unspeakable("a key in it is not plain text")
        spelt = spelling.scalar(key.value)
        if len(spelt) > spelling.KEY_LIMIT:
            raise Unspeakable("a key in it is very long")
        return f"{spelt}:"

    def properties(self, node: Node) -> list[str]:
        return _PROPERTY.findall(self.text.text[node.start : node.body]) if node.body > node.start else []

    def value(self, node: Node, indent: int) -> list[str]:
        """The lines of a scalar, an alias, or an empty container; the first without its indentation."""
        if node.style in (MAPPING, SEQUENCE):
            return ["{}" if node.style == MAPPING else "[]"]
        if node.style == ALIAS:
            return [f"*{node.value}"]
        if node.style in ("|", ">"):
            return self.block(node, indent)
        if self.properties(node):
            return [self.text.text[node.body : node.end]]
        value = node.value if node.style else words.plain(node.value)
        return spelling.scalar_lines(value, indent - spelling.STEP)

    def block(self, node: Node, indent: int) -> list[str]:
        """A block keeps its style and its line breaks; only its indentation changes."""
        text = self.text.text
        content = node.value.rstrip("\n")
        found = block(text, node)
        comment = COMMENT.search(found.header)
        beside = f"  {comment[0]}" if comment else ""
        if not content:
            return [spelling.scalar(node.value) + beside]
        if offsets(text, node) is None:
            raise Unspeakable("a block in it is indented in a way of its own")
        lines = "\n".join(text[start:end] for start, end in found.lines).rstrip("\n").split("\n")
        ends = len(node.value) - len(content)
        first = lines[0][:1]
        indicator = str(spelling.STEP) if first in ("", " ", "\t") else ""
        sign = f"{node.style}{indicator}{'-' if ends == 0 else '+' if ends > 1 else ''}"
        body = [" " * indent + line if line else "" for line in [*lines, *[""] * (ends - 1)]]
        return [sign + beside, *body]


def _settled(lines: Iterable[str]) -> Iterator[str]:
    """Gaps become empty lines where there is none yet: a block may end with some of its own."""
    before = ""
    for line in lines:
        if line != _GAP:
            yield line
        elif before:
            yield ""
        before = line if line != _GAP else ""


def _lines(comment: Comment) -> list[str]:
    return [_GAP, comment.text] if comment.blank and comment.own else [comment.text]


def _next_start(following: list[tuple[Node | None, Node]], node: Node) -> int:
    """Where the next entry begins, or the container ends."""
    return (following[0][0] or following[0][1]).start if following else node.end


def _topped(lead: list[str], first: bool) -> list[str]:
    """No gap at the top of a list or object."""
    return lead[1:] if first and lead[:1] == [_GAP] else lead


def _follows_blank(text: Text, start: int) -> bool:
    """Whether an empty line stands above the line that begins with a character."""
    line = text.position(start)[0]
    alone = not text.text[text.line_starts[line - 1] : start].strip(" \t-")
    return alone and line > 1 and not text.text[text.line_starts[line - 2] : text.line_starts[line - 1]].strip(BLANK)
