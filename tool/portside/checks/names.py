"""How problems name things: the nearest name, what a route leads to, a value as people read it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from portside.problems import Route, dotted

_SECTIONS = {
    "calculationProperties": "calculation",
    "mirrorProperties": "mirror property",
    "aggregationProperties": "aggregation",
    "relations": "relation",
}
_TYPES = (
    (bool, "true or false"), (str, "a string"), ((int, float), "a number"), (dict, "an object"), (list, "a list"),
)  # fmt: skip
LONGEST_SHOWN = 60
"""Characters of a value that a message repeats."""


def nearest(name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The name that is spelled most like the given one; None when none is close."""
    import difflib  # late: only a problem needs it

    by_folded = {other.casefold(): other for other in names}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """A hint: the nearest name, or else a sentence of the caller's."""
    found = nearest(name, names)
    return f"did you mean '{found}'?" if found else otherwise


def listed(names: Iterable[object], most: int = 20) -> str:
    """Names as a list in a sentence, at most so many."""
    every = [str(name) for name in names]
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def thing(kind: str, route: Route) -> str:
    """What a route leads to, for a sentence: relation 'owner'; 'title' of relation 'owner'; the webhook."""
    owner, rest = _owner(kind, route)
    return f"'{dotted(rest)}' of {owner}" if rest else owner


def _owner(kind: str, route: Route) -> tuple[str, Route]:
    match route:
        case ("schema", "properties", key, *rest):
            return f"property '{key}'", tuple(rest)
        case (str(section), key, *rest) if section in _SECTIONS and kind == "blueprint":
            return f"{_SECTIONS[section]} '{key}'", tuple(rest)
        case ("mappings", int(index), *rest):
            return f"mapping {index + 1}", tuple(rest)
        case _:
            return f"the {kind}", route


def shown(value: object) -> str:
    """A value in a sentence: text in single quotes, the rest as JSON, long ones cut."""
    text = f"'{value}'" if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def type_of(value: object) -> str:
    """`a string`, `true or false`, `a list`, …; `empty` for null."""
    return next((name for kinds, name in _TYPES if isinstance(value, kinds)), "empty")
