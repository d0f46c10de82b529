"""jq's regular expressions: test, match, capture, scan, split, splits, sub and gsub, where Python does the same. Pure.

The one rule: a pattern is read by a small grammar of what means the same to Oniguruma and to Python's re, and cannot
run long; for any other pattern, flag or text the functions raise Unsure. `compiled` says beforehand which it is.

`FUNCTIONS` have one output, `STREAMS` give the list of theirs; both take the input, then the values of the arguments.
`sub` and `gsub` take a function from the capture object to the replacement, or the text that it always is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from math import inf, prod
from typing import NamedTuple, NoReturn

from portside.jq.values.arithmetic import add
from portside.jq.values.texts import MOST, Unsure, wrong
from portside.model.resource import JSON

_STEPS = 20_000_000
"""A few hundredths of a second. Oniguruma would give up after ten million steps back, of which this allows fewer."""
_PATTERN_LIMIT, _DEPTH_LIMIT = 1_000, 20

Replacement = str | Callable[[dict[str, JSON]], JSON]


class Pattern(NamedTuple):
    """A pattern that is sure. Matching a text of n characters takes at most `steps` * n ** `power` steps."""

    search: Callable[[str, int], re.Match[str] | None]
    names: tuple[str | None, ...]
    everywhere: bool
    literal: str
    """What it stands for when it stands for itself alone, else ""."""
    agrees: Callable[[str], bool]
    """Whether it means the same to both in a text that is not ASCII."""
    steps: int
    power: int


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str | None = None) -> Pattern | None:
    """None for a pattern or flags that only libjq can be asked about. `g` and `i` are the flags known here."""
    given = set(flags or "")
    ignores_case = "i" in given
    if not given <= {"g", "i"} or (ignores_case and not pattern.isascii()):
        return None
    if len(pattern) > _PATTERN_LIMIT or not _whole(pattern):
        return None
    grammar = _Grammar(pattern)
    try:
        found = grammar.whole()
    except _Unknown:
        return None
    return Pattern(
        re.compile(found.source, re.IGNORECASE if ignores_case else re.NOFLAG).search,
        tuple(grammar.names),
        "g" in given,
        "" if grammar.special or ignores_case else pattern,
        _no if ignores_case else _familiar if grammar.letters else _whole,
        found.width * found.choices,
        found.power,
    )


def _no(_text: str) -> bool:
    return False


def _whole(text: str) -> bool:
    """Without halves of characters, which libjq replaces."""
    return re.search("[\ud800-\udfff]", text) is None


def _familiar(text: str) -> bool:
    """Only of characters about which Oniguruma's \\w and [\\w], and every version of Unicode, agree."""
    return re.search("[^\0-\u00b1\u00b4-\u00b8\u00ba\u00bb\u00bf-\u024f\u2010-\u2027\u20ac\u2190-\u21ff]", text) is None


class _Unknown(Exception):
    """Something that is not in the grammar."""


class _Piece(NamedTuple):
    """A part of a pattern: as Python spells it, how long it is, and in how many ways it matches at most.

    The ways are `choices` * n ** `power` in a text of n characters.
    """

    source: str
    width: int = 1
    choices: int = 1
    power: int = 0
    empty: bool = False
    """It may match nothing."""
    head: str = ""
    """The character that it begins with, when that is sure."""
    tail: str = ""
    """The repeated character that it ends with."""
    settled: tuple[int, int] = (1, 0)
    """The choices and the power when nothing comes back to its tail."""


_ESCAPES = {
    "d": r"\d",
    "D": r"\D",
    "w": r"\w",
    "W": r"\W",
    "s": r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    **{letter: rf"\x{ord(character):02x}" for letter, character in zip("tnrfvae", "\t\n\r\f\v\a\x1b", strict=True)},
}
_ANCHORS = {"A": r"\A", "b": r"\b", "z": r"\Z", "Z": r"(?=\n?\Z)"}


class _Grammar:
    """Reads a pattern, once, from left to right."""

    def __init__(self, text: str) -> None:
        self.names: list[str | None] = []
        self.special = False
        """Not every character stands for itself."""
        self.letters = False
        """It asks which characters are letters or digits."""
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> _Piece:
        """The pattern, tried at every character of a text."""
        found = self._alternatives()
        if self._peek():
            raise _Unknown
        anchored = found.source.startswith(_ANCHORS["A"]) and "|" not in self._text
        return found if anchored else found._replace(power=found.power + 1)

    def _alternatives(self) -> _Piece:
        branches = [self._branch()]
        while self._takes("|"):
            self.special = True
            branches.append(self._branch())
        if not self._depth:
            branches = [_ended(one) for one in branches]
        if len(branches) == 1:
            return branches[0]
        return _Piece(
            "|".join(one.source for one in branches),
            sum(one.width for one in branches),
            sum(one.choices for one in branches),
            max(one.power for one in branches),
            any(one.empty for one in branches),
        )

    def _branch(self) -> _Piece:
        terms = [_Piece("", empty=True)]
        scans = False
        while self._peek() not in ("", "|", ")"):
            following = self._term()
            if _apart(terms[-1], following):
                terms[-1] = _ended(terms[-1])
                scans = True
            terms.append(following)
        choices, power = prod(one.choices for one in terms[:-1]), sum(one.power for one in terms[:-1]) + scans
        last = terms[-1]
        return _Piece(
            "".join(one.source for one in terms),
            sum(one.width for one in terms),
            choices * last.choices,
            power + last.power,
            all(one.empty for one in terms),
            terms[1].head if len(terms) > 1 else "",
            last.tail,
            (choices * last.settled[0], power + last.settled[1]),
        )

    def _term(self) -> _Piece:
        character = self._take()
        if character not in "\\.[(^$*+?{":
            return self._repeated(_Piece(re.escape(character), head=character))
        self.special = True
        match character:
            case ".":
                return self._repeated(_Piece("."))
            case "[":
                return self._repeated(_Piece(self._class()))
            case "(":
                return self._repeated(self._group(), group=True)
            case "^" | "$":
                return self._anchor("A" if character == "^" else "Z")
            case "\\" if self._peek() in tuple(_ANCHORS):
                return self._anchor(self._take())
            case "\\" if self._takes("S"):
                return self._repeated(_Piece(f"[^{_ESCAPES['s']}]"))
            case "\\":
                spelled, same = self._escaped()
                return self._repeated(_Piece(f"[{spelled}]", head=same))
        raise _Unknown

    def _anchor(self, letter: str) -> _Piece:
        self.letters |= letter == "b"
        if self._peek() in tuple("*+?{"):
            raise _Unknown
        return _Piece(_ANCHORS[letter], empty=True)

    def _group(self) -> _Piece:
        opening = "(?:"
        if not self._takes("?:"):
            opening = "("
            name = self._matched(r"\?<([A-Za-z_][A-Za-z0-9_]*)>")
            if name and name[1] in self.names:
                raise _Unknown
            self.names.append(name[1] if name else None)
        self._depth += 1
        inner = self._alternatives() if self._depth < _DEPTH_LIMIT else _unknown()
        self._depth -= 1
        if not self._takes(")"):
            raise _Unknown
        return inner._replace(source=f"{opening}{inner.source})")

    def _repeated(self, piece: _Piece, *, group: bool = False) -> _Piece:
        """The piece with the quantifier that follows it. What is repeated matches something, and in one way only."""
        found = self._matched(r"[*+?]|\{([0-9]{1,3})(,?)([0-9]{0,3})\}")
        if not found:
            return piece
        self.special = True
        low, high = _times(found)
        lazy = self._takes("?")
        if (lazy and low == high) or not low <= high or high == 0:
            raise _Unknown
        if group and (piece.empty or (high > 1 and (piece.choices, piece.power) != (1, 0))):
            raise _Unknown
        endless = high == inf
        return _Piece(
            f"{piece.source}{found[0]}{'?' if lazy else ''}",
            piece.width * int(low + 1 if endless else high),
            piece.choices * int(1 if endless else high - low + 1),
            piece.power + endless,
            low == 0,
            piece.head if low and not group else "",
            "" if group else piece.source,
        )

    def _class(self) -> str:
        opening = "[^" if self._takes("^") else "["
        members = [self._range(first=True)]
        while not self._takes("]"):
            members.append(self._range())
        return f"{opening}{''.join(members)}]"

    def _range(self, *, first: bool = False) -> str:
        """A member of a class, or two and what lies between them."""
        low, start = self._member(first=first)
        if self._peek() != "-" or self._text.startswith("-]", self._at):
            return low
        self._take()
        high, end = self._member()
        if not start or not end or start > end or self._text[self._at - 2] == "--":
            raise _Unknown
        return f"{low}-{high}"

    def _member(self, *, first: bool = False) -> tuple[str, str]:
        """As Python spells it, and the character that it is, "" for several. A bare `-` stands first or last."""
        character = self._take()
        if character == "\\":
            return self._escaped()
        if character == "]" or (character == "[" and self._peek() == ":"):
            raise _Unknown
        if character == "-" and self._peek() != "]" and (not first or self._peek() == "-"):
            raise _Unknown
        return re.escape(character), character

    def _escaped(self) -> tuple[str, str]:
        """What stands after a backslash, as a member of a class."""
        character = self._take()
        self.letters |= character in "wWdD"
        if character in _ESCAPES:
            return _ESCAPES[character], ""
        if character.isalnum() or not character.isascii():
            raise _Unknown
        return re.escape(character), character

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._text[self._at - 1 : self._at] or _unknown()

    def _takes(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def _matched(self, pattern: str) -> re.Match[str] | None:
        match = re.compile(pattern).match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match


def _ended(piece: _Piece) -> _Piece:
    """The piece when nothing comes back to its tail."""
    return piece._replace(choices=piece.settled[0], power=piece.settled[1]) if piece.tail else piece


def _apart(piece: _Piece, following: _Piece) -> bool:
    """Whether what follows cannot begin where the piece could have ended earlier."""
    head = following.head
    return bool(piece.tail and head) and not re.match(piece.tail, head, re.IGNORECASE)


def _times(quantifier: re.Match[str]) -> tuple[int, float]:
    """The least and the most of a quantifier."""
    if quantifier[1] is None:
        return {"*": (0, inf), "+": (1, inf), "?": (0, 1)}[quantifier[0]]
    low = int(quantifier[1])
    if not quantifier[2]:
        return (low, low) if not quantifier[3] else _unknown()
    return low, int(quantifier[3]) if quantifier[3] else inf


def _unknown() -> NoReturn:
    raise _Unknown


def test(v: JSON, pattern: JSON, flags: JSON = None) -> bool:
    one = _ready(v, pattern, flags)
    return one.literal in v if one.literal else one.search(v, 0) is not None


def match(v: JSON, pattern: JSON, flags: JSON = None) -> list[JSON]:
    one = _ready(v, pattern, flags)
    return [
        {**_span(found, 0), "captures": [_captured(found, at, name) for at, name in enumerate(one.names, 1)]}
        for found in _found(one, v)
    ]


def capture(v: JSON, pattern: JSON, flags: JSON = None) -> list[JSON]:
    one = _ready(v, pattern, flags)
    return [_named(one, found) for found in _found(one, v)]


def scan(v: JSON, pattern: JSON, flags: JSON = None) -> list[JSON]:
    one = _ready(v, pattern, _everywhere(flags))
    return [list(found.groups()) if one.names else found[0] for found in _found(one, v)]


def split(v: JSON, pattern: JSON, flags: JSON = None) -> list[JSON]:
    pieces: list[JSON] = []
    at = 0
    for found in _found(_ready(v, pattern, _everywhere(flags)), v):
        pieces.append(v[at : found.start()])
        at = found.end()
    return [*pieces, v[at:]]


def sub(v: JSON, pattern: JSON, replacement: Replacement, flags: JSON = None) -> str:
    """The text with the first match replaced, or with the flag `g` all of them.

    `replacement` is a text, or gives the only output for a capture object: what else than a text or null fails.
    """
    one = _ready(v, pattern, flags)
    if one.literal and type(replacement) is str and len(v) * (len(replacement) + 1) < MOST:
        replaced: str = v.replace(one.literal, replacement, -1 if one.everywhere else 1)
        return replaced
    pieces: list[str] = []
    at = size = 0
    for found in _found(one, v):
        new = replacement if isinstance(replacement, str) else replacement(_named(one, found))
        pieces.append(add(v[at : found.start()], new))
        at = found.end()
        size += len(pieces[-1])
        if size > MOST:
            raise Unsure
    return "".join([*pieces, v[at:]])


def gsub(v: JSON, pattern: JSON, replacement: Replacement, flags: JSON = None) -> str:
    """The text with every match replaced."""
    return sub(v, pattern, replacement, _everywhere(flags))


def _everywhere(flags: JSON) -> JSON:
    return "g" if flags is None else f"g{flags}" if type(flags) is str else flags


def _ready(v: JSON, pattern: JSON, flags: JSON) -> Pattern:
    """The pattern, when it is sure of itself and of the text. Raises Failed for what is no text."""
    if type(pattern) is not str or (flags is not None and type(flags) is not str):
        raise Unsure
    if type(v) is not str:
        raise wrong(v, "cannot be matched, as it is not a string")
    one = compiled(pattern, flags)
    if one is None or (not one.literal and one.steps * (len(v) + 1) ** one.power > _STEPS):
        raise Unsure
    if not v.isascii() and not one.agrees(v):
        raise Unsure
    return one


def _found(one: Pattern, v: str) -> Iterator[re.Match[str]]:
    """The matches that are asked for. After an empty one, libjq goes on at the next byte."""
    at = 0
    while at <= len(v) and (found := one.search(v, at)):
        yield found
        if not one.everywhere:
            return
        at = found.end()
        if found.start() == at:
            if v[at : at + 1] > "\x7f":
                raise Unsure
            at += 1


def _named(one: Pattern, found: re.Match[str]) -> dict[str, JSON]:
    return {name: text for name, text in zip(one.names, found.groups(), strict=True) if name is not None}


def _span(found: re.Match[str], group: int) -> dict[str, JSON]:
    start, end = found.span(group)
    return {"offset": start, "length": end - start, "string": found[group]}


def _captured(found: re.Match[str], group: int, name: str | None) -> dict[str, JSON]:
    """A group of a match; an empty one has its keys in another order."""
    if not found[group]:
        return {"offset": found.start(group), "string": found[group], "length": 0, "name": name}
    return {**_span(found, group), "name": name}


FUNCTIONS: Mapping[str, Callable[..., JSON]] = {"test/1": test, "test/2": test, "split/2": split}

STREAMS: Mapping[str, Callable[..., list[JSON]]] = {
    "match/1": match,
    "match/2": match,
    "capture/1": capture,
    "capture/2": capture,
    "scan/1": scan,
    "scan/2": scan,
    "splits/1": split,
    "splits/2": split,
}
