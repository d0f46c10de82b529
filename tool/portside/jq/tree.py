"""What a jq text is made of: nodes, each with its place. Nouns only; syntax.py makes them.

The one rule: `start` and `end` are characters of the author's text, and text[start:end] is the node as it is written
(with its brackets, when it stands in some).
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, TypeAlias, dataclass_transform

from portside.model.resource import JSON


@dataclass_transform(frozen_default=True, eq_default=True)
class _Noun(type):
    """Makes tuples with named places of annotated classes: 28 NamedTuples take two milliseconds to define, these one.

    And unlike NamedTuples two of different classes are never equal.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _Noun:
        names = tuple(body.get("__annotations__", ()))
        places = {name: property(itemgetter(place)) for place, name in enumerate(names)}
        return super().__new__(cls, name, bases, {**body, **places, "__slots__": (), "__match_args__": names})


class _Part(tuple[Any, ...], metaclass=_Noun):
    def __new__(cls, *values: Any) -> _Part:
        return tuple.__new__(cls, values)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}{tuple.__repr__(self)}"


class Identity(_Part):
    """`.`"""

    start: int
    end: int


class Descent(_Part):
    """`..`: everything below, and the value itself first."""

    start: int
    end: int


class Literal(_Part):
    """null, true, false, a number, or a string without interpolation.

    `text` is how a number is written, "" for anything else: jq keeps the digits until it calculates.
    """

    start: int
    end: int
    value: JSON
    text: str


class Text(_Part):
    """A string with interpolations, or with a format before it: `"a\\(.b)"`, `@uri "a\\(.b)"`.

    `parts` are stretches of text and the expressions between them; `format` is "" or the format's name without `@`.
    """

    start: int
    end: int
    format: str
    parts: tuple[str | Node, ...]


class Format(_Part):
    """`@base64` alone, as a function of the input; the name has no `@`."""

    start: int
    end: int
    name: str


class Index(_Part):
    """`.a`, `."a"`, `.[key]`. The key runs on the expression's own input, not on what `of` gives."""

    start: int
    end: int
    of: Node
    key: Node


class Slice(_Part):
    """`.[from:to]`; either may be left out."""

    start: int
    end: int
    of: Node
    from_: Node | None
    to: Node | None


class Iterate(_Part):
    """`.[]`"""

    start: int
    end: int
    of: Node


class Optional(_Part):
    """`.a?`, `.[key]?`, `.[from:to]?`, `.[]?`: gives nothing where this last step fails.

    What comes before the step, and its key, may still fail: that is not Try.
    """

    start: int
    end: int
    body: Index | Slice | Iterate


class Try(_Part):
    """`try body catch handler`; `body?` is one without a handler, but for those that are Optional."""

    start: int
    end: int
    body: Node
    handler: Node | None


class Array(_Part):
    """`[body]`; None: `[]`."""

    start: int
    end: int
    body: Node | None


class Entry(_Part):
    """One member of an object. `value` is None where the key says it all: `{a}`, `{$x}`, `{"a b"}`, `{@base64 "x"}`.

    `key` is a Literal for a plain key (keywords too), a Text, a Variable (of `{$x}`), or any expression in brackets.
    """

    key: Node
    value: Node | None


class Object(_Part):
    """`{entries}`"""

    start: int
    end: int
    entries: tuple[Entry, ...]


class Negation(_Part):
    """`-body`"""

    start: int
    end: int
    body: Node


class Pipe(_Part):
    """`left | right`"""

    start: int
    end: int
    left: Node
    right: Node


class Comma(_Part):
    """`left, right`"""

    start: int
    end: int
    left: Node
    right: Node


class Binary(_Part):
    """`left operator right`; the operator is one of + - * / % == != < <= > >= and or //"""

    start: int
    end: int
    operator: str
    left: Node
    right: Node


class Update(_Part):
    """`target operator value`; the operator is one of = |= += -= *= /= %= //="""

    start: int
    end: int
    operator: str
    target: Node
    value: Node


class Branch(_Part):
    """`if condition then body`; in `branches` each `elif` is one more."""

    condition: Node
    body: Node


class If(_Part):
    """`otherwise` is None where there is no `else`: the input goes through."""

    start: int
    end: int
    branches: tuple[Branch, ...]
    otherwise: Node | None


class Reduce(_Part):
    """`reduce source as patterns (initial; update)`"""

    start: int
    end: int
    source: Node
    patterns: tuple[Pattern, ...]
    initial: Node
    update: Node


class Foreach(_Part):
    """`foreach source as patterns (initial; update; extract)`; extract may be left out."""

    start: int
    end: int
    source: Node
    patterns: tuple[Pattern, ...]
    initial: Node
    update: Node
    extract: Node | None


class Bind(_Part):
    """`source as patterns | body`; several patterns: `?//` between them."""

    start: int
    end: int
    source: Node
    patterns: tuple[Pattern, ...]
    body: Node


class VariablePattern(_Part):
    """`$name`; the name has no `$`."""

    start: int
    end: int
    name: str


class ArrayPattern(_Part):
    """`[patterns]`"""

    start: int
    end: int
    items: tuple[Pattern, ...]


class PatternEntry(_Part):
    """`key: pattern`, `$name`, `$name: pattern`: `name` is the variable that gets the member, "" for none."""

    key: Node
    name: str
    pattern: Pattern | None


class ObjectPattern(_Part):
    """`{entries}`"""

    start: int
    end: int
    entries: tuple[PatternEntry, ...]


class Define(_Part):
    """`def name(parameters): body; rest`. A parameter `$x` is a value, and keeps its `$`."""

    start: int
    end: int
    name: str
    parameters: tuple[str, ...]
    body: Node
    rest: Node


class Call(_Part):
    """`name(arguments)`"""

    start: int
    end: int
    name: str
    arguments: tuple[Node, ...]


class Variable(_Part):
    """`$name`; the name has no `$`. `$__loc__` is the Variable `__loc__`, and jq's private `$$$$x` is `$$$x`."""

    start: int
    end: int
    name: str


class Label(_Part):
    """`label $name | body`"""

    start: int
    end: int
    name: str
    body: Node


class Break(_Part):
    """`break $name`"""

    start: int
    end: int
    name: str


Pattern: TypeAlias = VariablePattern | ArrayPattern | ObjectPattern
Node: TypeAlias = (
    Identity | Descent | Literal | Text | Format | Index | Slice | Iterate | Optional | Try | Array | Object | Negation
    | Pipe | Comma | Binary | Update | If | Reduce | Foreach | Bind | Define | Call | Variable | Label | Break
)  # fmt: skip


_PIECES = (Branch, Entry, PatternEntry, VariablePattern, ArrayPattern, ObjectPattern)


def below(part: tuple[Any, ...]) -> Iterator[Node]:
    """The nodes right below a node, in the order in which they are written."""
    for value in part:
        if isinstance(value, _Part) and not isinstance(value, _PIECES):
            yield value  # type: ignore[misc]
        elif isinstance(value, tuple):
            yield from below(value)
