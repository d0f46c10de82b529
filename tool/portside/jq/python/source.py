"""The text of a Python function while it grows, and what writes it. Knows Python and no jq.

The one rule: a name is assigned once, so that what was computed before can be used again wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

from portside.jq.tree import Node


class Unsupported(Exception):
    """There is no Python for this, or it would be nested deeper than Python reads."""


class Sink(NamedTuple):
    """What is done with each output. A `leaf` is one short line, which may stand in several places."""

    put: Callable[[str], None]
    leaf: bool


class Source:
    """Lines, and what is known about the names in them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._constants: dict[str, Any] = {}
        self._found: list[dict[tuple[str, str], str]] = [{}]
        self._booleans: set[str] = set()
        self._objects: set[str] = set()
        self._count = 0
        self._depth = 1

    def function(self, parameters: str, names: dict[str, Any]) -> Callable[..., Any]:
        """The finished function. `names` are those that its lines may use. Raises Unsupported."""
        text = "\n".join([f"def run({parameters}):", *self._lines])
        space = {"__builtins__": {}, **names, **self._constants}
        try:
            exec(compile(text, "<jq>", "exec"), space)  # names of ours alone: a stranger's words are constants
        except (SyntaxError, RecursionError, MemoryError):
            raise Unsupported from None
        run: Callable[..., Any] = space["run"]
        return run

    def write(self, line: str) -> None:
        """One more line."""
        self._lines.append(f"{' ' * self._depth}{line}")

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside stands under this head; the names it assigns are not used after it."""
        self.write(head)
        before = len(self._lines)
        self._depth += 1
        self._found.append({})
        yield
        if len(self._lines) == before:
            self.write("pass")
        self._found.pop()
        self._depth -= 1

    def name(self) -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"t{self._count}"

    def put(self, expression: str, *, boolean: bool = False) -> str:
        """A new name for what the expression gives; `boolean`: it is True or False."""
        name = self.name()
        self.write(f"{name} = {expression}")
        if boolean:
            self._booleans.add(name)
        return name

    def once(self, kind: str, of: str, expression: str) -> str:
        """As put, or the name that the same thing has already."""
        key = (kind, of)
        for names in self._found:
            if key in names:
                return names[key]
        return self._found[-1].setdefault(key, self.put(expression))

    def constant(self, value: Any) -> str:
        """A name for a value that is there before the function runs."""
        name = f"c{len(self._constants)}"
        self._constants[name] = value
        return name

    def mark_object(self, name: str) -> None:
        """Says that a name always stands for a dict."""
        self._objects.add(name)

    def is_object(self, name: str) -> bool:
        return name in self._objects

    def truth(self, name: str) -> str:
        """A Python condition: whether jq takes the value for true."""
        return name if name in self._booleans else f"({name} is not None and {name} is not False)"


class Writer(Protocol):
    """Writes what computes a node's outputs; `v` is the name of its input."""

    @property
    def source(self) -> Source: ...

    def value(self, node: Node, v: str) -> str:
        """For a node with exactly one output: the name of it, or a literal."""

    def each(self, node: Node, v: str, sink: Sink) -> None:
        """Puts each output into the sink."""

    def stream(self, node: Node, v: str) -> str:
        """A call that gives a generator of the outputs."""
