"""A property: whatever the pattern and the text, what matches here matches so in libjq."""

from __future__ import annotations

import os
from contextlib import suppress

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portside.jq.values.patterns import compiled
from portside.jq.values.texts import Unsure
from test_jq_patterns import here, in_libjq

EXAMPLES = int(os.environ.get("PORTSIDE_EXAMPLES", "80"))
"""More with PORTSIDE_EXAMPLES=20000; the default keeps the module to a few seconds."""

CHARACTERS = st.sampled_from(
    ["a", "b", "A", "B", "1", " ", "_", "-", ".", "é", r"\.", r"\d", r"\w", r"\s", r"\S", r"\-"]
)
MEMBERS = st.sampled_from(
    ["a", "b", "_", "-", "a-c", "A-Z", "0-9", "Z-a", ".", r"\d", r"\w", r"\s", r"\-", "[", "^", "é"]
)
CLASSES = st.builds(
    lambda opening, members: f"{opening}{''.join(members)}]",
    st.sampled_from(["[", "[^"]),
    st.lists(MEMBERS, min_size=1, max_size=3),
)
QUANTIFIERS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,2}", "{1,}", "*?", "+?", "??", "{0,2}?"])


def groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    branches = st.lists(inner, min_size=1, max_size=2).map("|".join)
    return st.builds("{}{}){}".format, st.sampled_from(["(", "(?:", "(?<n>"]), branches, QUANTIFIERS)


def sequences(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=1, max_size=3).map("".join)


ATOMS = st.builds("{}{}".format, CHARACTERS | CLASSES | st.just("."), QUANTIFIERS)
PARTS = st.recursive(ATOMS, lambda inner: groups(sequences(inner)), max_leaves=5)
PATTERNS = st.builds(
    "{}{}{}".format, st.sampled_from(["", "", "^"]), st.lists(sequences(PARTS), min_size=1, max_size=2).map("|".join),
    st.sampled_from(["", "", "$", r"\z"]),
)  # fmt: skip
TEXTS = st.text(st.sampled_from("aabbAB1 _-.\n"), max_size=12) | st.text(st.sampled_from("aé1 ²\u0301😀"), max_size=6)


@given(PATTERNS, st.sampled_from([None, "", "g", "i", "gi"]), st.lists(TEXTS, min_size=1, max_size=8))
@settings(max_examples=EXAMPLES)
def test_a_match_is_what_it_is_in_libjq_always(pattern: str, flags: str | None, texts: list[str]):
    assume(compiled(pattern, flags))

    for text in texts:
        with suppress(Unsure):
            assert here(text, pattern, flags) == in_libjq(text, pattern, flags)
