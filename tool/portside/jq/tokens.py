"""jq text to tokens, exactly as jq 1.8 cuts it, each with its place. Reads everything, judges nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import NamedTuple

KEYWORDS = frozenset(
    {
        "and", "as", "break", "catch", "def", "elif", "else", "end", "foreach", "if", "import", "include", "label",
        "module", "or", "reduce", "then", "try",
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


class Token(NamedTuple):
    """One piece of a text; `index` is its first character."""

    kind: Kind
    text: str
    index: int  # type: ignore[assignment]  # the method of tuples is not needed

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

_CODE = rf"""[ \t\r\n]*(?:
      (?P<field>\.[A-Za-z_][A-Za-z0-9_]*)
    | (?P<name>{_NAME})
    | (?P<start>")
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<operator>\?//=?|//=|\.\.|!=|==|//|\|=|\+=|-=|\*=|/=|%=|<=|>=|[.?=;,:|+\-*/%<>]|\$(?![A-Za-z_]))
    | (?P<open>[(\[{{])
    | (?P<close>[)\]}}])
    | (?P<variable>\${_NAME})
    | (?P<format>@[A-Za-z0-9_]+)
    | (?P<comment>{_COMMENT})
    | (?P<nothing>\Z)
    | (?P<invalid>.)
    )"""
_STRING = r"""
      (?P<into>\\\()
    | (?P<end>")
    | (?P<text>(?:[^\\"]|\\[^u(]|\\u[A-Za-z0-9]{0,4})+)
    | (?P<invalid>.)
    """


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """For code and inside of strings: two milliseconds, and texts that are plain paths do without."""
    return re.compile(_CODE, re.VERBOSE | re.DOTALL), re.compile(_STRING, re.VERBOSE | re.DOTALL)


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
    code, string = _patterns()
    pattern = code
    at = 0
    while at < len(text):
        match = pattern.match(text, at)
        assert match and match.lastgroup  # both patterns end in "any character"
        at = match.end()
        kind = _KINDS.get(match.lastgroup)
        if kind:
            token = Token(kind, match[match.lastgroup], match.start(match.lastgroup))
            found.append(_PLACES[kind](token, open_) if kind in _PLACES else token)
            pattern = string if open_ and open_[-1].kind is Kind.START else code
        elif match.lastgroup == "comment":
            comments.append(Token(Kind.TEXT, match["comment"], match.start("comment")))
    return Lexed(tuple(found), tuple(open_), tuple(comments))


def _named(token: Token, _open: list[Token]) -> Token:
    return token._replace(kind=Kind.KEYWORD) if token.text in KEYWORDS else token


def _opened(token: Token, open_: list[Token]) -> Token:
    open_.append(token)
    return token


def _ended(token: Token, open_: list[Token]) -> Token:
    open_.pop()
    return token


def _closed(token: Token, open_: list[Token]) -> Token:
    if not open_ or _CLOSES[open_[-1].text] != token.text:
        return token._replace(kind=Kind.INVALID)
    return token._replace(kind=Kind.OUT) if open_.pop().kind is Kind.INTO else token


_PLACES: Mapping[Kind, Callable[[Token, list[Token]], Token]] = {
    Kind.NAME: _named,
    Kind.OPEN: _opened,
    Kind.START: _opened,
    Kind.INTO: _opened,
    Kind.END: _ended,
    Kind.CLOSE: _closed,
}
"""What a token is in its surroundings, for those to which they matter; they keep the stack of what is open."""


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
