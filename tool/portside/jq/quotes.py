"""Port's single-quote rewriting: what an author may write as 'text' becomes "text" before jq sees it.

The one rule: it knows positions, not jq. Its result has the length of the text, so an index in one is an index in both.
"""

from __future__ import annotations

import re

_SPACE = r"[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
"""White space as JavaScript's regular expressions have it: the rewriting runs in Node (@port-labs/jq-node-bindings)."""

_OPENING = rf"(?:\A|{_SPACE})'(?!{_SPACE}|\")"
_CLOSING = rf"(?<!\")(?<!{_SPACE})'(?:{_SPACE}|\Z)"
_TURNED = f"{_OPENING}|{_CLOSING}"  # compiled at the first quote: most catalogs have none


def rewrite(text: str) -> str:
    """The text as jq gets it: every ' that opens or closes a word becomes ".

    A quote opens at the start or after white space, unless white space or " follows; it closes at the end or before
    white space, unless white space or " precedes. The white space belongs to the quote it was found with, so a quote
    right after a closing quote's single space stays as it is.
    """
    return re.sub(_TURNED, lambda found: found[0].replace("'", '"'), text) if "'" in text else text


def unturned(text: str) -> tuple[int, ...]:
    """The indexes of the single quotes that stay single quotes."""
    return tuple(index for index, character in enumerate(rewrite(text)) if character == "'")
