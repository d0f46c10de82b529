"""jq text to tokens, exactly as jq 1.8 cuts it, each with its place. Reads everything, judges nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

KEYWORDS = frozenset(
    {
        "and", "as", "break", "catch", "def", "elif", "else", "end", "foreach", "if", "import", "include", "label",
        "module", "or", "reduce", "then", "try", "__loc__",
    }
)  # fmt: skip


class Kind(StrEnum):
    """What a token is. A string is START, then TEXT and interpolations (INTO … OUT), then END."""

    FIELD = "field"
    NAME = "name"
    KEYWORD = "keyword"
    VARIABLE = "variable"
    FORMAT = "format"
    NUMBER = "number"
    OPERATOR = "operator"
    OPEN = "open"
    CLOSE = "close"
    START = "string start"
    TEXT = "string text"
    INTO = "interpolation start"
    OUT = "interpolation end"
    END = "string end"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text; `index` is its first character."""

    kind: Kind
    text: str
    index: int

    @property
    def end(self) -> int:
        """The index after its last character."""
        return self.index + len(self.text)


class Lexed(NamedTuple):
    """All tokens of a text; `unclosed` are the brackets and strings still open at its end, outermost first."""

    tokens: tuple[Token, ...]
    unclosed: tuple[Token, ...]
    comments: tuple[Token, ...]

    @property
    def whole(self) -> bool:
        """Nothing reaches out of the text: every bracket and string that it opens it closes, and no other."""
        return not self.unclosed and not any(token.kind is Kind.INVALID for token in self.tokens)


_NAME = r"(?:[A-Za-z_][A-Za-z0-9_]*::)*[A-Za-z_][A-Za-z0-9_]*"
_COMMENT = r"\#(?:[^\\\n]|\\(?:\\|\r?\n)?)*"
"""To the end of the line, and on to the next one after an odd number of backslashes (jq 1.7.1)."""

_CODE = re.compile(
    rf"""
      (?P<space>[ \t\r\n]+)
    | (?P<comment>{_COMMENT})
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<field>\.[A-Za-z_][A-Za-z0-9_]*)
    | (?P<variable>\${_NAME})
    | (?P<name>{_NAME})
    | (?P<format>@[A-Za-z0-9_]+)
    | (?P<operator>\?//=?|//=|\.\.|!=|==|//|\|=|\+=|-=|\*=|/=|%=|<=|>=|[.?=;,:|+\-*/%$<>])
    | (?P<open>[(\[{{])
    | (?P<close>[)\]}}])
    | (?P<start>")
    | (?P<invalid>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING = re.compile(
    r"""
      (?P<into>\\\()
    | (?P<end>")
    | (?P<text>(?:[^\\"]|\\[^u(]|\\u[A-Za-z0-9]{0,4})+)
    | (?P<invalid>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = {
    "field": Kind.FIELD, "variable": Kind.VARIABLE, "name": Kind.NAME, "format": Kind.FORMAT, "number": Kind.NUMBER,
    "operator": Kind.OPERATOR, "open": Kind.OPEN, "close": Kind.CLOSE, "start": Kind.START, "into": Kind.INTO,
    "text": Kind.TEXT, "end": Kind.END, "invalid": Kind.INVALID,
}  # fmt: skip
_CLOSES = {"(": ")", "[": "]", "{": "}", "\\(": ")"}


def lex(text: str) -> Lexed:
    """Cut a text (after the quote rewriting) into tokens; a closing bracket that closes nothing is INVALID."""
    found: list[Token] = []
    comments: list[Token] = []
    open_: list[Token] = []
    at = 0
    while at < len(text):
        inside = bool(open_) and open_[-1].kind is Kind.START
        match = (_STRING if inside else _CODE).match(text, at)
        assert match and match.lastgroup  # both patterns end in "any character"
        at = match.end()
        if match.lastgroup == "comment":
            comments.append(Token(Kind.TEXT, match[0], match.start()))
        elif match.lastgroup != "space":
            found.append(_placed(_token(match), open_))
    return Lexed(tuple(found), tuple(open_), tuple(comments))


def _token(match: re.Match[str]) -> Token:
    kind = _KINDS[str(match.lastgroup)]
    if kind is Kind.NAME and match[0] in KEYWORDS:
        kind = Kind.KEYWORD
    return Token(kind, match[0], match.start())


def _placed(token: Token, open_: list[Token]) -> Token:
    """The token as its surroundings make it; keeps the stack of what is open."""
    match token.kind:
        case Kind.OPEN | Kind.START | Kind.INTO:
            open_.append(token)
        case Kind.END:
            open_.pop()
        case Kind.CLOSE if open_ and _CLOSES[open_[-1].text] == token.text:
            opened = open_.pop()
            return replace(token, kind=Kind.OUT) if opened.kind is Kind.INTO else token
        case Kind.CLOSE:
            return replace(token, kind=Kind.INVALID)
    return token


_STEADY_NAMES = frozenset(
    {
        "abs", "add", "all", "any", "ascii_downcase", "ascii_upcase", "ceil", "contains", "empty", "endswith",
        "error", "explode", "false", "floor", "fromdate", "fromdateiso8601", "fromjson", "from_entries", "gmtime",
        "has", "implode", "index", "inside", "isempty", "join", "keys", "length", "ltrim", "ltrimstr", "map",
        "map_values", "max", "min", "mktime", "not", "now", "null", "reverse", "rindex", "round", "rtrim", "rtrimstr",
        "select", "sort", "startswith", "strftime", "strptime", "test", "todate", "todateiso8601", "tojson",
        "tonumber", "tostring", "trim", "true", "type", "unique", "utf8bytelength", "values",
    }
)  # fmt: skip
_STEADY_KEYWORDS = frozenset({"and", "elif", "else", "end", "if", "or", "then"})
_STEADY_KINDS = frozenset(
    {
        Kind.FIELD, Kind.FORMAT, Kind.NUMBER, Kind.OPERATOR, Kind.OPEN, Kind.CLOSE, Kind.START, Kind.TEXT, Kind.INTO,
        Kind.OUT, Kind.END,
    }
)  # fmt: skip


def single(tokens: tuple[Token, ...]) -> bool:
    """Whether an expression, by its words alone, can never give more than one value.

    True is certain; False says only that it might. `any` and `all` may carry a stream in their arguments and still
    give one value, which makes them, and `map`, welcome here.
    """
    return all(map(_steady, tokens)) and not any(
        first.text == "[" and then.text == "]" for first, then in pairwise(tokens)
    )


def _steady(token: Token) -> bool:
    if token.kind is Kind.NAME:
        return token.text in _STEADY_NAMES
    if token.kind is Kind.KEYWORD:
        return token.text in _STEADY_KEYWORDS
    return token.kind in _STEADY_KINDS and token.text not in {",", "..", "?//", "?//="}
