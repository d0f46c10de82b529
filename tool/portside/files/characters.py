"""Where each character of a text value is written, whatever its quoting. Pure.

The rule: what is not understood exactly is not told at all. The value is rebuilt from the file, and unless it comes
out as the parser read it, there are no places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from portside.files.written import Node

Pair = tuple[str, int]
"""A character of a value and the offset in the file where it is written."""

_BREAK = re.compile(r"\r\n|\r|\n")
_BLANKS = re.compile(r"[ \t\r\n]+")
_HEADER = re.compile(r"[|>][-+0-9]*[^\r\n]*(?:\r\n|\r|\n)?")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX = {"x": 2, "u": 4, "U": 8}


def offsets(text: str, node: Node) -> Sequence[int] | None:
    """The offset of every character of a scalar, and last where the text ends; None when that cannot be said."""
    if node.style in ("|", ">"):
        pairs, end = list(_block(text, node)), node.end
    elif node.style:
        pairs, end = list(_quoted(text, node)), node.end - 1
    else:
        pairs, end = list(_folded(text, node.body, node.end, "")), node.end
    pairs = pairs[: len(node.value)] if node.style in ("|", ">") else pairs
    if "".join(character for character, _ in pairs) != node.value:
        return None
    found = [offset for _, offset in pairs]
    return [*found, found[-1] + 1 if found and node.style in ("|", ">") else end]


def _quoted(text: str, node: Node) -> Iterator[Pair]:
    return _folded(text, node.body + 1, node.end - 1, node.style)


def _folded(text: str, start: int, end: int, quote: str) -> Iterator[Pair]:
    """Plain and quoted text: a line break is a space, every further one a line break."""
    while start < end:
        if blanks := _BLANKS.match(text, start, end):
            yield from _unfolded(text, blanks)
            start = blanks.end()
        elif quote == '"' and text[start] == "\\":
            found, after = _escape(text, start)
            if not found and (blanks := _BLANKS.match(text, after, end)):
                yield from ((character, at) for character, at in _breaks(text, blanks))
                after = blanks.end()
            yield from ((character, start) for character in found)
            start = after
        else:
            yield text[start], start
            start += 2 if quote == "'" and text[start] == "'" else 1


def _unfolded(text: str, blanks: re.Match[str]) -> Iterator[Pair]:
    breaks = list(_breaks(text, blanks))
    if not breaks:
        yield from ((text[at], at) for at in range(*blanks.span()))
    elif len(breaks) == 1:
        yield " ", breaks[0][1]
    else:
        yield from breaks[1:]


def _breaks(text: str, blanks: re.Match[str]) -> Iterator[Pair]:
    return (("\n", found.start()) for found in _BREAK.finditer(text, *blanks.span()))


def _escape(text: str, start: int) -> Pair:
    """What an escape in double quotes stands for (nothing, for an escaped line break), and where it ends."""
    if both := _PAIR.match(text, start):
        halves = bytes.fromhex(both[1] + both[2])
        return halves.decode("utf-16-be"), both.end()
    if line := _BREAK.match(text, start + 1):
        return "", line.end()
    sign = text[start + 1]
    if width := _HEX.get(sign):
        return chr(int(text[start + 2 : start + 2 + width], 16)), start + 2 + width
    return _ESCAPES.get(sign, sign), start + 2


class Block(NamedTuple):
    """A block as it is written: the line of its sign, and each line's text without the indentation, as offsets."""

    header: str
    lines: tuple[tuple[int, int], ...]


def block(text: str, node: Node) -> Block:
    """The lines of a literal or folded block."""
    header = _HEADER.match(text, node.body, node.end)
    start = header.end() if header else node.end
    lines = list(_lines(text, start, node.end))
    indent = _indentation(text, node, lines)
    return Block(text[node.body : start].rstrip(), tuple((min(begin + indent, end), end) for begin, end in lines))


def _block(text: str, node: Node) -> Iterator[Pair]:
    """A block in either style, without chomping."""
    leading: list[Pair] = []
    trailing: list[Pair] = []
    indented = False
    for start, end in block(text, node).lines:
        if start == end:
            trailing.append(("\n", end))
            continue
        was_indented, indented = indented, text[start] in " \t"
        if node.style == ">" and leading and not was_indented and not indented:
            leading = [] if trailing else [(" ", leading[0][1])]
        yield from [*leading, *trailing, *((text[at], at) for at in range(start, end))]
        leading, trailing = [("\n", end)], []
    yield from [*leading, *trailing]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        found = _BREAK.search(text, start)
        yield start, found.start() if found else len(text)
        start = found.end() if found else len(text)


def _indentation(text: str, node: Node, lines: Sequence[tuple[int, int]]) -> int:
    """How many spaces of each line of a block are no part of its text: by the first line that is more than spaces."""
    written = next((text[start:end] for start, end in lines if text[start:end].strip(" ")), "")
    read = next((line for line in node.value.split("\n") if line.strip(" ")), "")
    if not written or not read:
        return max((end - start for start, end in lines), default=0)
    return _spaces(written) - _spaces(read)


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
