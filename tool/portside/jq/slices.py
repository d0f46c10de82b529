"""What a part of an expression gives, run alone on the input that reaches it, with the names that stand around it.

The one rule: a part gives here what it gives in its place; what jq means is asked of the engine, never written again.
"""

from __future__ import annotations

from typing import NamedTuple

from portside.jq import engine
from portside.jq.programs import error_text
from portside.model.resource import JSON

OUTPUT_LIMIT = 100
"""Outputs of one part that are looked at."""


class Name(NamedTuple):
    """Something that a part may use by name: a variable (`head` is `$x`) with its value, or a definition."""

    head: str
    value: JSON = None


class Given(NamedTuple):
    """An input, and the names around it, outermost first."""

    value: JSON
    names: tuple[Name, ...] = ()

    def named(self, *names: Name) -> Given:
        """The same input with more names."""
        return self._replace(names=(*self.names, *names))


class Outputs(NamedTuple):
    """The outputs in their order, and the error that ended them in jq's words. `more`: there are further ones."""

    values: tuple[JSON, ...] = ()
    error: str = ""
    more: bool = False

    @property
    def null(self) -> bool:
        """Whether all there is is null."""
        return bool(self.values) and not self.error and all(value is None for value in self.values)


def outputs(text: str, given: Given, now: float | None = None) -> Outputs:
    """What a text, its quotes rewritten already, gives; an Outputs with an error for one that does not stand alone."""
    around, value = _around(given)
    wrapped = f"[limit({OUTPUT_LIMIT + 1}; try ({around}({text}\n\n) | [.]) catch {{e: .}})]"
    # A quote left single stands in a string or a comment: written so, it is not rewritten a second time.
    result = engine.first(wrapped.replace("'", "\\u0027"), value, now=now)
    if result.error:
        return Outputs(error=result.error)
    values = tuple(row[0] for row in result.value if type(row) is list)
    error = next((error_text(row["e"]) for row in result.value if type(row) is dict), "")
    return Outputs(values[:OUTPUT_LIMIT], error, len(values) > OUTPUT_LIMIT)


def _around(given: Given) -> tuple[str, JSON]:
    """What stands before the part, and the input of both: the names' values come as data, not as text."""
    if not given.names:
        return "", given.value
    heads = (
        f".[{place}] as {name.head} | " if name.head.startswith("$") else f"{name.head}\n"
        for place, name in enumerate(given.names, 1)
    )
    return f"{''.join(heads)}.[0] | ", [given.value, *(name.value for name in given.names)]
