"""Port's single-quote rewriting, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portside.jq.quotes import rewrite, unturned

TURNED = [
    ("'abc'", '"abc"'),
    ("''", '""'),
    ("'", '"'),
    ("'a b'", '"a b"'),
    ("'it's'", '"it\'s"'),
    (".a + '-' + .b", '.a + "-" + .b'),
    ("if .a == 'b' then 'c' else 'd' end", 'if .a == "b" then "c" else "d" end'),
    (".a=='x'", ".a=='x\""),
    ("'a'|length", "\"a'|length"),
    (".properties.'on-call'", ".properties.'on-call\""),
    ("\"say 'hi' now\"", '"say "hi" now"'),
    ("'a'\n+ 'b'\t", '"a"\n+ "b"\t'),
    ("'a'\u00a0+\ufeff'b'", '"a"\u00a0+\ufeff"b"'),
    ("'a' 'b'", '"a" \'b"'),
    ("'a'  'b'", '"a"  "b"'),
]
UNCHANGED = [".a + ' - ' + .b", "split('/')", "['x']", "test('a')", "'\"x\"'", "a\x1c'b'\x1cc", ".a", ""]


@pytest.mark.parametrize(("text", "seen"), TURNED)
def test_a_quote_at_the_edge_of_a_word_is_turned(text: str, seen: str):
    assert rewrite(text) == seen


@pytest.mark.parametrize("text", UNCHANGED)
def test_every_other_quote_stays(text: str):
    assert rewrite(text) == text


def test_quotes_that_stay_are_known_by_their_place():
    assert unturned("'a'|split('/')") == (2, 10, 12)


@given(st.text(alphabet="'\" \n.ab|\u00a0\ufeff(", max_size=20))
def test_the_rewriting_changes_quotes_and_nothing_else(text: str):
    seen = rewrite(text)

    assert len(seen) == len(text)
    assert all(a == b or (a, b) == ("'", '"') for a, b in zip(text, seen, strict=True))
