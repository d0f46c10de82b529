"""Every problem's code and what it means, in a sentence: the one place. Reports, docs and tests read it from here."""

from __future__ import annotations

from collections.abc import Mapping

FILES: Mapping[str, str] = {}
"""Found while reading text: files/."""

SHAPES: Mapping[str, str] = {}
"""Found by holding one resource against its kind's schema: checks/shape.py."""

REFERENCES: Mapping[str, str] = {}
"""Found by following names from one place to another: checks/references.py."""

EXPRESSIONS: Mapping[str, str] = {}
"""Found in jq texts: checks/expressions.py."""


def meaning(code: str) -> str:
    """The sentence of a code. Raises KeyError for a code nobody wrote down."""
    return {**FILES, **SHAPES, **REFERENCES, **EXPRESSIONS}[code]
