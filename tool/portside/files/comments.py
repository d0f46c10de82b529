"""The comments of a YAML text: what stands between its tokens and is no white space. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from portside.files.written import BLANK, Text

COMMENT = re.compile(r"#[^\r\n]*")


@dataclass(frozen=True)
class Comment:
    """`own`: alone on its line; `blank`: with an empty line above it."""

    start: int
    line: int
    column: int
    text: str
    own: bool
    blank: bool


def tokens(text: Text) -> Iterator[Any]:
    """The tokens of a text; raises yaml.YAMLError where it is no YAML."""
    return iter(yaml.scan(text.text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))


def comments(text: Text) -> Iterator[Comment]:
    """Every comment that stands between the tokens of a text; the one beside a block's sign is part of the block."""
    end = 0
    for token in tokens(text):
        for found in COMMENT.finditer(text.text, end, max(end, token.start_mark.index)):
            line, column = text.position(found.start())
            before = text.text[text.line_starts[line - 1] : found.start()]
            own = not before.strip(" \t")
            blank = (
                own and line > 1 and not text.text[text.line_starts[line - 2] : text.line_starts[line - 1]].strip(BLANK)
            )
            yield Comment(found.start(), line, column, found[0].rstrip(BLANK), own, blank)
        end = max(end, token.end_mark.index)


def texts(text: Text) -> list[str]:
    """All comments of a text, sorted, those beside the sign of a block too."""
    blocks = (token for token in tokens(text) if getattr(token, "style", None) in ("|", ">"))
    headers = (text.text[block.start_mark.index :].splitlines()[0] for block in blocks)
    beside = [found[0].rstrip(BLANK) for header in headers if (found := COMMENT.search(header))]
    return sorted([comment.text for comment in comments(text)] + beside)
