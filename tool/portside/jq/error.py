"""Why a text is no jq, and where in it: the noun. What it says is found in jq/explain.py, only when there is one."""

from __future__ import annotations

from typing import NamedTuple


class JqError(NamedTuple):
    """`index` is a character of the author's text, from 0; `hint` what would help ("" = nothing more)."""

    message: str
    index: int = 0  # type: ignore[assignment]  # the method of tuples is not needed
    hint: str = ""
