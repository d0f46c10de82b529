"""Why a jq text does not compile: what is said, and where it points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portside.jq import syntax
from portside.jq.explain import JqError

QUOTE = "a single quote that Port does not turn into a double one"
LOST_IF = ".body.event.dataif .priority != null then .priority.summary else null end"

TOLD = [
    ("", "there is no expression", 0),
    ("  # only this\n", "there is no expression", 0),
    ("'a'|length", QUOTE, 2),
    (".a | split('/')", QUOTE, 11),
    (".a + ' - ' + .b", QUOTE, 5),
    (".properties.'on-call'", QUOTE, 12),
    (LOST_IF, "'then' has no 'if': it stands at the end of '.dataif'", 16),
    (".a then .b end", "'then' has no 'if'", 3),
    ("if .a elif .b end", "unexpected 'elif': the 'if' before it waits for 'then'", 6),
    ("if .a then .b", "the expression ends, and this 'then' still waits for 'end'", 6),
    ("if .a", "the expression ends, and this 'if' still waits for 'then'", 0),
    ('.a == "x', "the string that starts here is not closed", 6),
    (r'"a\(.b"', r"'\(' is not closed", 2),
    (".a | select(.b == 1", "'(' is not closed", 11),
    (".a[", "'[' is not closed", 2),
    (".a)", "')' closes nothing that is open here", 2),
    (".a = ", "the expression ends after '='", 3),
    ('.a + "x" |', "the expression ends after '|'", 9),
    ("def f: 1;", "a definition alone gives nothing", 8),
    (".a && .b", "jq has no character '&'", 3),
    (".a || .b", "unexpected '||'", 3),
    (".a === 1", "unexpected '==='", 3),
    (".a ? : 1", "unexpected ':'", 5),
    (".a?//1", "jq reads '?//' as one operator", 2),
    (".a is null", "unexpected 'is' after '.a'", 3),
    ('"a" "b c"', "unexpected '\"b c\"' after '\"a\"'", 4),
    (".a.tostring()", "unexpected '(' after '.tostring': a field takes no arguments", 11),
    ("{{identifier}}", "'{{' is not jq", 0),
    (".é", "jq has no character 'é'", 1),
    ('\\"a\\"', "jq has no character '\\'", 0),
    ('"é" | lenght', "there is no function 'lenght'", 6),
    ('"日本\n" | foo', "there is no function 'foo'", 8),
    ("split()", "unexpected ')' after '('", 6),
    ('gsub("a","b")', "'gsub' takes 2 or 3 arguments, not 1", 0),
    ("foo(1; 2)", "there is no function 'foo' with 2 arguments", 0),
    (".a as $name | $nam", "there is no variable '$nam'", 14),
    ("break $out", "there is no label '$out' around this break", 0),
    ('import "a" as a; .', "'import' has no place in a mapping: Port loads no modules", 0),
    ('"\\q"', "an escape in this string is not one that JSON has", 1),
    (".a\0.b", "a NUL character stands in the text", 2),
    ('"\ud800"', "half of a surrogate pair stands in the text", 1),
    ("{(1): 2}", "cannot use number (1) as object key", 2),
    ("{( [1, 2] ): 3}", "cannot use array ([1, 2]) as object key", 3),
    ("def f(x): x; f", "'f' takes 1 argument, not 0", 13),
    (". as {(true): $x} | $x", "cannot use boolean (true) as object key", 7),
    ("1 == 2 == 3", "unexpected '==' after '2'", 7),
    (".a | foo | $bar", "there is no function 'foo'", 5),
    ("if .a then .b else .c", "the expression ends, and this 'else' still waits for 'end'", 14),
    ("reduce .[] as $x (0)", "unexpected ')' after '0'", 19),
    (".a as $__loc__ | 1", "unexpected '$__loc__' after 'as'", 6),
]


@pytest.mark.parametrize(("text", "message", "index"), TOLD)
def test_an_error_says_what_was_found_and_where(text: str, message: str, index: int):
    error = syntax.error(text)

    assert error
    assert (error.message, error.index) == (message, index)


HELP = [
    (LOST_IF, "a `|` is missing: `.data | if …`"),
    (".headers.x-github-event", 'a key with a hyphen stands in quotes: ."x-github-event"'),
    ("body.action", "a path starts with a dot: `.body`"),
    ("event.action", "a path starts with a dot: `.event`"),
    (".a | lenght", "did you mean 'length'?"),
    ("True", "jq writes `true`"),
    ("toLower", "jq writes `ascii_downcase`"),
    ('gsub("a","b")', "arguments are separated by `;`"),
    (".a as $name | $nam", "did you mean '$name'?"),
    (".a || .b", "jq writes `or`"),
    (".a && .b", "jq writes `and`"),
    (".a not", "write `… | not`"),
    ("“x”", 'strings stand in straight quotes, "'),
    (".a as x | 1", "a variable begins with `$`: `$x`"),
    ("def f 1; f", "a `:` is missing after 'f'"),
    ("def f(a, b): a; f(1; 2)", "parameters are separated by `;`"),
    (".a | now()", "without arguments it has no brackets: `now`"),
    (".[1:2:3]", ""),
    ("$.a", "a path starts with a dot: `.a`"),
    (". a", "the name follows the dot at once: `.a`"),
    (".a.$x", "a key that is computed stands in square brackets: `.[$x]`"),
    (".a.1", 'an element of a list is `[1]`, and the key of an object `."1"`'),
    ("{a: . as $x | $x}", "a value like this stands in brackets: `(…)`"),
    ("{a-b: 1}", 'a key with a hyphen stands in quotes: "…"'),
    ("{.a: 1}", "a key is a word or a string; one that is computed stands in brackets: `(…)`"),
    ("{a: 1 b: 2}", "a `,` is missing between them"),
    ("[1, ]", "a comma stands only between two values"),
    (".a[*]", "all elements are `[]`"),
    (".a.[1:2]", "a slice has no dot before it: `.a[1:2]`"),
    ("1 == 2 == 3", "two comparisons are joined by `and` or `or`"),
    (".a ? 1 : 2", "jq writes `if … then … else … end`"),
    (".a .b .c | foo bar", "an operator or a `|` is missing between them"),
    ("def area: 1; aera", "did you mean 'area'?"),
    ("{(1): 2}", "a key is a string"),
    (
        "'a'|length",
        'Port turns \' into " only at the start of a word and at its end, next to white space: write " here',
    ),
]


@pytest.mark.parametrize(("text", "hint"), HELP)
def test_an_error_says_what_would_help(text: str, hint: str):
    error = syntax.error(text)

    assert error
    assert error.hint == hint


@pytest.mark.parametrize(
    "text", [".a", "'a b'", ".a == 'x'", "toarray", "def f: 1; f", ".a.[0]", "if .a then .b end", "1 #"]
)
def test_what_port_takes_has_no_error(text: str):
    assert syntax.error(text) is None


@given(st.text(alphabet="()[]{}\"'\\#|;:.?$@abif=&é \n", max_size=25))
def test_whatever_is_wrong_is_told_at_a_place_in_the_text(text: str):
    error = syntax.error(text)

    assert error is None or (isinstance(error, JqError) and error.message and 0 <= error.index <= len(text))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Some service", 'text stands in quotes: "Some service"'),
        ("Service", 'text stands in quotes: "Service"'),
        ("https://x.io/ + .identifier", 'text stands in quotes: "https://x.io/" + .identifier'),
        ("$.body.id", "a path starts with a dot: `.body`"),
        (".a == 1 AND .b", "jq writes `and`, in small letters"),
    ],
)
def test_what_was_meant_otherwise_is_put_into_jq(text, hint):
    error = syntax.error(text)

    assert error is not None
    assert error.hint == hint
