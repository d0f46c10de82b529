"""jq text cut into tokens."""

from __future__ import annotations

import jq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portside.jq.tokens import Kind, lex, single


def cut(text: str) -> list[str]:
    return [token.text for token in lex(text).tokens]


def kinds(text: str) -> list[Kind]:
    return [token.kind for token in lex(text).tokens]


def test_paths_operators_and_calls():
    assert cut(".a.b[0]?//=$x | gsub(\"x\";@base64 \"y\")") == [
        ".a", ".b", "[", "0", "]", "?//=", "$x", "|", "gsub", "(", '"', "x", '"', ";", "@base64", '"', "y", '"', ")",
    ]  # fmt: skip


def test_numbers_and_dots():
    assert cut("1.5e-3 .5 1..2 ..") == ["1.5e-3", ".5", "1.", ".2", ".."]


def test_names_of_modules_and_keywords():
    assert kinds("a::b::c if $__loc__ and_then") == [Kind.NAME, Kind.KEYWORD, Kind.VARIABLE, Kind.NAME]


def test_strings_hold_interpolations_that_hold_strings():
    text = r'"a\(.b + "c\(1)") \n\u00e9"'

    assert kinds(text) == [
        Kind.START, Kind.TEXT, Kind.INTO, Kind.FIELD, Kind.OPERATOR, Kind.START, Kind.TEXT, Kind.INTO, Kind.NUMBER,
        Kind.OUT, Kind.END, Kind.OUT, Kind.TEXT, Kind.END,
    ]  # fmt: skip


def test_places_are_those_of_the_text():
    token = lex(' .é | "x"').tokens[0]

    assert (token.text, token.index, token.end) == (".", 1, 2)


@pytest.mark.parametrize("text", [".a", "(.a)", r'"\(")")"', "[{a: (1)}]", "# (", '"("', "1 # ] \\\n )"])
def test_what_closes_all_it_opens_is_whole(text: str):
    assert lex(text).whole


@pytest.mark.parametrize("text", ["(", ")", "1) | (2", "[)", '"', r'"\("', '"a\\', "{", ".a & .b", "'a'"])
def test_what_reaches_out_of_itself_is_not_whole(text: str):
    assert not lex(text).whole


def test_what_is_left_open_is_told_outermost_first():
    assert [token.text for token in lex(r'[ "a\( { 1').unclosed] == ["[", '"', r"\(", "{"]


@pytest.mark.parametrize(
    "text", [".a.b", '.a == "x"', "if .a then .b else .c end", ".a // .b | tostring", '"\\(.a)-\\(.b)"', "map(.a)"]
)
def test_an_expression_that_can_give_one_value_only_is_known_for_it(text: str):
    assert single(lex(text).tokens)


@pytest.mark.parametrize("text", [".a[]", "1, 2", "..", "range(3)", "[.a[]]", "def f: 1, 2; f", "$x", 'scan("a")'])
def test_of_every_other_nothing_is_claimed(text: str):
    assert not single(lex(text).tokens)


@given(st.text(alphabet='#\\\r\n1 ,+"2', max_size=12))
def test_comments_are_where_jq_sees_them(text: str):
    without = list(text)
    for comment in lex(text).comments:
        without[comment.index : comment.end] = " " * len(comment.text)

    assert outputs(text) == outputs("".join(without))


@given(st.text(alphabet='()[]{}"\\#|.,$@ab1 \n', max_size=25))
def test_tokens_and_what_stands_between_them_are_the_text(text: str):
    lexed = lex(text)
    pieces = sorted((*lexed.tokens, *lexed.comments), key=lambda piece: piece.index)
    rest = list(text)
    for piece in pieces:
        assert text[piece.index : piece.end] == piece.text
        rest[piece.index : piece.end] = " " * len(piece.text)

    assert "".join(rest).strip(" \t\r\n") == ""


@given(st.text(alphabet='()[]{}"\\#|.,:;1a \n', max_size=15))
def test_whatever_jq_takes_is_whole(text: str):
    assert lex(text).whole or outputs(text)[0] == "refused"


def outputs(text: str) -> tuple[str, object]:
    """What libjq makes of a program, on null."""
    try:
        program = jq.compile(text)
    except ValueError:
        return "refused", None
    try:
        return "gives", program.input_value(None).all()
    except ValueError as error:
        return "fails", str(error)
