"""What the arguments of jq's functions run on, for those that are worth a look. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portside.jq.tree import Call, Node

ELEMENTS: Mapping[str, str] = {
    **dict.fromkeys(("map", "map_values", "any", "all"), ".[]"),
    **dict.fromkeys(("sort_by", "group_by", "unique_by", "min_by", "max_by"), ".[]"),
    "with_entries": "to_entries[]",
}
"""Functions of one argument that run on parts of their input, and jq for those parts."""
_OWN = frozenset({
    "select", "first", "last", "isempty", "error", "split", "join", "test", "match", "capture", "scan", "sub", "gsub",
    "ltrimstr", "rtrimstr", "trimstr", "startswith", "endswith", "contains", "inside", "has", "in", "index", "rindex",
    "indices", "flatten", "range", "strftime", "strptime", "splits", "IN", "pow", "getpath",
})  # fmt: skip
"""Functions whose arguments run on their own input."""


def own(call: Call) -> Sequence[Node]:
    """The arguments of a call that run on the call's own input; the replacement of sub and gsub runs on captures."""
    if call.name not in _OWN:
        return ()
    return call.arguments[:1] if call.name in ("sub", "gsub") else call.arguments
