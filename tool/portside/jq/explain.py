"""Why a jq text does not compile, in our words: what was found, where in the author's text, what would help. Pure.

The one rule: the parser says which token has no place; what was meant is guessed here, from the text alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from portside.jq.error import JqError
from portside.jq.names import BUILTINS, Unknown
from portside.jq.tokens import Kind, Lexed, Token
from portside.jq.tree import Node
from portside.model.resource import JSON

_VALUE_STARTS = frozenset({Kind.NAME, Kind.NUMBER, Kind.START, Kind.FIELD, Kind.VARIABLE, Kind.FORMAT})
_VALUE_ENDS = _VALUE_STARTS - {Kind.START} | {Kind.END, Kind.CLOSE}
_ROOTS = frozenset(
    {"body", "headers", "queryParams", "item", "identifier", "title", "properties", "relations", "team", "icon"}
)
_OTHER_WORDS = {
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "null", "NULL": "null", "Null": "null",
    "nil": "null", "undefined": "null", "len": "length", "size": "length", "count": "length", "lower": "ascii_downcase",
    "tolower": "ascii_downcase", "toLower": "ascii_downcase", "toLowerCase": "ascii_downcase",
    "upper": "ascii_upcase", "toupper": "ascii_upcase", "toUpper": "ascii_upcase", "toUpperCase": "ascii_upcase",
    "replace": "gsub", "filter": "select", "toString": "tostring", "string": "tostring", "int": "tonumber",
    "toNumber": "tonumber", "includes": "contains", "startsWith": "startswith", "endsWith": "endswith",
}  # fmt: skip
_AFTER_VALUE = {
    "and": "jq writes `and`, in small letters",
    "or": "jq writes `or`, in small letters",
    "then": "jq writes `then`, in small letters",
    "else": "jq writes `else`, in small letters",
    "end": "jq writes `end`, in small letters",
    "not": "write `… | not`",
    "is": "jq compares with `==`",
    "in": 'write `IN("a", "b")` after a `|`',
    "null": "jq compares with `== null`",
}


def syntax_error(text: str, lexed: Lexed, at: int) -> JqError:
    """Of the token with this number, which has no place where it stands; the one after the last is the end."""
    for rule in _RULES:
        if error := rule(text, lexed, at):
            return error
    token, before = lexed.tokens[at], _at(lexed, at - 1)
    after = f" after {_named(text, lexed, before)}" if before else ""
    return JqError(f"unexpected {_named(text, lexed, token)}{after}", token.index, _hint(text, lexed, at))


def _hint(text: str, lexed: Lexed, at: int) -> str:
    """What may have been meant."""
    if _is_prose(lexed):
        return f"text stands in quotes: {_in_quotes(text)}"
    if before := _at(lexed, at - 1):
        for find in (_after_dot, _in_names, _in_object, _in_brackets, _in_chain, _between_values):
            if hint := find(lexed, at, before, lexed.tokens[at]):
                return hint
    return ""


def _after_dot(_lexed: Lexed, _at: int, before: Token, token: Token) -> str:
    """`$.a`, `. a`, `.$a`, `.a.1`"""
    if before.text == "$" and token.kind is Kind.FIELD:
        return f"a path starts with a dot: `{token.text}`"
    if token.kind is Kind.NUMBER and token.text.startswith(".") and before.kind is Kind.FIELD:
        return f'an element of a list is `[{token.text[1:]}]`, and the key of an object `."{token.text[1:]}"`'
    if before.text != ".":
        return ""
    if token.kind is Kind.VARIABLE:
        return f"a key that is computed stands in square brackets: `.[{token.text}]`"
    return f"the name follows the dot at once: `.{token.text}`" if token.kind is Kind.NAME else ""


def _in_names(lexed: Lexed, at: int, before: Token, token: Token) -> str:
    """`as x`, `def f 1`, `def f(a, b)`, `f()`"""
    words = [one.text for one in lexed.tokens[max(0, at - 4) : at]]
    if before.text in {"as", "label", "break"} and token.kind is Kind.NAME:
        return f"a variable begins with `$`: `${token.text}`"
    if words[-2:-1] == ["def"] and token.kind in _VALUE_STARTS:
        return f"a `:` is missing after '{before.text}'"
    if token.text == "," and words[:1] == ["def"] and words[2:3] == ["("]:
        return "parameters are separated by `;`"
    if before.text == "(" and token.text == ")" and len(words) > 1 and lexed.tokens[at - 2].kind is Kind.NAME:
        return f"without arguments it has no brackets: `{words[-2]}`"
    return ""


def _in_object(lexed: Lexed, at: int, before: Token, token: Token) -> str:
    """What is wrong with a key, or with the value of one."""
    opened, following = _opened(lexed.tokens[:at]), _at(lexed, at + 1)
    if opened is None or opened.text != "{":
        return ""
    if token.text in {"as", "def", "label"}:
        return "a value like this stands in brackets: `(…)`"
    if token.text == "-" and before.kind is Kind.NAME:
        return 'a key with a hyphen stands in quotes: "…"'
    if before.text in "{," and token.kind in {Kind.FIELD, Kind.NUMBER}:
        return "a key is a word or a string; one that is computed stands in brackets: `(…)`"
    if following and following.text == ":" and before.kind in _VALUE_ENDS:
        return "a `,` is missing between them"
    return ""


def _in_brackets(lexed: Lexed, at: int, before: Token, token: Token) -> str:
    """`[1, ]`, `.a[*]`, `.a.[1:2]`"""
    if before.text == "," and token.text in "])":
        return "a comma stands only between two values"
    if before.text == "[" and token.text == "*":
        return "all elements are `[]`"
    opened = _opened(lexed.tokens[:at])
    if token.text == ":" and opened and opened.text == "[" and _follows_dot(lexed, opened):
        return "a slice has no dot before it: `.a[1:2]`"
    return ""


def _in_chain(_lexed: Lexed, _at: int, before: Token, token: Token) -> str:
    """`1 == 2 == 3`, `.a ? 1 : 2`"""
    if token.text in {"==", "!=", "<", "<=", ">", ">="} and before.kind in _VALUE_ENDS:
        return "two comparisons are joined by `and` or `or`"
    if before.text == "?" and token.kind in _VALUE_STARTS:
        return "jq writes `if … then … else … end`"
    return ""


def _follows_dot(lexed: Lexed, bracket: Token) -> bool:
    """Whether a dot stands between a value and this bracket."""
    at = lexed.tokens.index(bracket)
    value, dot = _at(lexed, at - 2), _at(lexed, at - 1)
    return bool(value and dot and dot.text == "." and (value.kind in _VALUE_ENDS or value.text == "?"))


def _between_values(_lexed: Lexed, _at: int, before: Token, token: Token) -> str:
    if before.kind not in _VALUE_ENDS or token.kind not in _VALUE_STARTS:
        return ""
    return _AFTER_VALUE.get(token.text.lower(), "an operator or a `|` is missing between them")


def _opened(tokens: Sequence[Token]) -> Token | None:
    """The bracket that these tokens stand in."""
    open_: list[Token] = []
    for token in tokens:
        if token.kind in {Kind.OPEN, Kind.INTO, Kind.START}:
            open_.append(token)
        elif token.kind in {Kind.CLOSE, Kind.OUT, Kind.END}:
            open_.pop()
    return open_[-1] if open_ else None


def _is_prose(lexed: Lexed) -> bool:
    """Whether a text looks like words or an address, and not like jq."""
    texts = [token.text for token in lexed.tokens]
    words = all(token.kind is Kind.NAME for token in lexed.tokens)
    return words or texts[1:3] == [":", "//"]


def _in_quotes(text: str) -> str:
    """Bare text as jq has it; what follows a plus sign is jq already."""
    prose, plus, rest = text.strip().partition(" + ")
    return f'"{prose}"{plus}{rest}'


def _named(text: str, lexed: Lexed, token: Token) -> str:
    """A token as it is written, strings whole, long ones cut."""
    start, end = token.index, token.end
    if token.kind is Kind.START:
        end = next((one.end for one in lexed.tokens if one.index > start and one.kind is Kind.END), len(text))
    if token.kind is Kind.END:
        start = max(one.index for one in lexed.tokens if one.index < start and one.kind is Kind.START)
    written = " ".join(text[start:end].split())
    return f"'{written}'" if len(written) <= 40 else f"'{written[:20]}…{written[-18:]}'"


def _nothing(_text: str, lexed: Lexed, _at: int) -> JqError | None:
    return None if lexed.tokens else JqError("there is no expression")


def _template(_text: str, lexed: Lexed, _at: int) -> JqError | None:
    found = next((a for a, b in pairwise(lexed.tokens) if a.text == b.text == "{" and b.index == a.end), None)
    if found is None:
        return None
    return JqError(
        "'{{' is not jq", found.index, "templates have no place here: write the path itself, as `.identifier`"
    )


def _quote(text: str, lexed: Lexed, _at: int) -> JqError | None:
    """A single quote that is left is wrong wherever it stands outside a string, whatever stopped libjq first."""
    found = next((token for token in lexed.tokens if token.kind is Kind.INVALID and token.text == "'"), None)
    opened = lexed.unclosed[-1] if lexed.unclosed else None
    if found is None and opened and opened.kind is Kind.START and "'" in text[opened.index :]:
        found = Token(Kind.INVALID, "'", text.index("'", opened.index))
    if found is None:
        return None
    hint = 'Port turns \' into " only at the start of a word and at its end, next to white space: write " here'
    return JqError("a single quote that Port does not turn into a double one", found.index, hint)


def _unclosed(_text: str, lexed: Lexed, at: int) -> JqError | None:
    if not lexed.unclosed or (at < len(lexed.tokens) and lexed.tokens[at].index < lexed.unclosed[-1].index):
        return None
    interpolation = next((token for token in lexed.unclosed if token.kind is Kind.INTO), None)
    opened = interpolation or lexed.unclosed[-1]
    if opened.kind is Kind.START:
        return JqError("the string that starts here is not closed", opened.index, 'close it with "')
    if at < len(lexed.tokens) and not interpolation:
        return None
    return JqError(f"'{opened.text}' is not closed", opened.index)


def _stray(_text: str, lexed: Lexed, at: int) -> JqError | None:
    token = _at(lexed, at)
    if token is None or token.kind is not Kind.INVALID or token.text not in ")]}":
        return None
    return JqError(f"'{token.text}' closes nothing that is open here", token.index)


_CHARACTERS = {
    "&": "jq writes `and`",
    "!": "jq writes `… | not`, and `!=`",
    "\\": "a backslash belongs inside a string; these quotes may be escaped once too often",
    "`": 'strings stand in "',
    "“": 'strings stand in straight quotes, "',
    "”": 'strings stand in straight quotes, "',
    "‘": 'strings stand in straight quotes, "',
    "’": 'strings stand in straight quotes, "',
    "^": "jq has `pow(a; b)`",
    "\ufeff": "a byte order mark: remove it",
    "\u00a0": "a no-break space: write an ordinary one",
}


def _character(_text: str, lexed: Lexed, at: int) -> JqError | None:
    token = _at(lexed, at)
    if token is None or token.kind is not Kind.INVALID:
        return None
    hint = _CHARACTERS.get(token.text, "")
    if token.text.isalpha():
        hint = 'a key that is not only a-z, 0-9 and _ stands in quotes: ."…"'
    shown = token.text if token.text.isprintable() and not token.text.isspace() else f"U+{ord(token.text):04X}"
    return JqError(f"jq has no character '{shown}'", token.index, hint)


_TWINS = {
    ("|", "|"): "jq writes `or`",
    ("==", "="): "jq compares with `==`",
    ("<", ">"): "jq writes `!=`",
    ("?", ":"): "jq writes `if … then … else … end`",
    ("?", "?"): "jq writes `//`",
    ("=", ">"): "jq writes `>=`",
}


def _twin(_text: str, lexed: Lexed, at: int) -> JqError | None:
    """Two operators that are one in other languages."""
    token, before = _at(lexed, at), _at(lexed, at - 1)
    hint = _TWINS.get((before.text, token.text)) if token and before else None
    if not hint or not token or not before:
        return None
    joined = before.text + token.text if before.end == token.index else token.text
    return JqError(f"unexpected '{joined}'", before.index if before.end == token.index else token.index, hint)


def _alternation(_text: str, lexed: Lexed, at: int) -> JqError | None:
    token = _at(lexed, at)
    if token is None or token.text not in {"?//", "?//="}:
        return None
    return JqError(f"jq reads '{token.text}' as one operator", token.index, "put a space between `?` and `//`")


def _call(text: str, lexed: Lexed, at: int) -> JqError | None:
    token, before = _at(lexed, at), _at(lexed, at - 1)
    if token is None or before is None or token.text != "(" or before.kind is not Kind.FIELD:
        return None
    return JqError(
        f"unexpected '(' after {_named(text, lexed, before)}: a field takes no arguments",
        token.index,
        f"a function follows a `|`: `… | {before.text[1:]}(…)`",
    )


def _branch(_text: str, lexed: Lexed, at: int) -> JqError | None:
    """then, elif, else, end where no `if` waits for it."""
    token = _at(lexed, at)
    if token is None or token.text not in {"then", "elif", "else", "end"} or token.kind is not Kind.KEYWORD:
        return None
    waiting = _waiting(lexed.tokens[:at])
    if waiting is None:
        return _run_together(lexed.tokens[:at], token)
    wanted = "'then'" if waiting.text in {"if", "elif"} else "'else' or 'end'"
    return JqError(f"unexpected '{token.text}': the '{waiting.text}' before it waits for {wanted}", token.index)


def _run_together(tokens: Sequence[Token], token: Token) -> JqError:
    """`.body.event.dataif .priority != null then …`: a field that ends in the missing word."""
    for before in reversed(tokens):
        if before.kind in {Kind.FIELD, Kind.NAME} and before.text.endswith("if") and len(before.text) > 3:
            message = f"'{token.text}' has no 'if': it stands at the end of '{before.text}'"
            return JqError(message, before.end - 2, f"a `|` is missing: `{before.text[:-2]} | if …`")
    return JqError(f"'{token.text}' has no 'if'", token.index)


def _waiting(tokens: Sequence[Token]) -> Token | None:
    """The last of the words if, then, elif, else whose `end` has not come yet."""
    open_: list[Token] = []
    for token in tokens:
        if token.kind is not Kind.KEYWORD:
            continue
        if token.text == "if":
            open_.append(token)
        elif token.text in {"then", "elif", "else"} and open_:
            open_[-1] = token
        elif token.text == "end" and open_:
            open_.pop()
    return open_[-1] if open_ else None


def _directive(_text: str, lexed: Lexed, at: int) -> JqError | None:
    token = _at(lexed, at)
    if token is None or token.kind is not Kind.KEYWORD or token.text not in {"import", "include", "module"}:
        return None
    return JqError(f"'{token.text}' has no place in a mapping: Port loads no modules", token.index)


def _end(text: str, lexed: Lexed, at: int) -> JqError | None:
    if at < len(lexed.tokens):
        return None
    if waiting := _waiting(lexed.tokens):
        wanted = "'then'" if waiting.text in {"if", "elif"} else "'end'"
        return JqError(f"the expression ends, and this '{waiting.text}' still waits for {wanted}", waiting.index)
    last = lexed.tokens[-1]
    if last.text == ";":
        return JqError("a definition alone gives nothing", last.index, "the expression that uses it follows the `;`")
    return JqError(f"the expression ends after {_named(text, lexed, last)}", last.index, "what follows it is missing")


def _at(lexed: Lexed, at: int) -> Token | None:
    return lexed.tokens[at] if 0 <= at < len(lexed.tokens) else None


_RULES: tuple[Callable[[str, Lexed, int], JqError | None], ...] = (
    _nothing, _quote, _template, _unclosed, _stray, _character, _twin, _alternation, _call, _branch, _directive, _end,
)  # fmt: skip


def undefined(lexed: Lexed, unknown: Unknown) -> JqError:
    """Of a name that is not there."""
    name, index = unknown.name, unknown.start
    if name.startswith("*"):
        return JqError(f"there is no label '${name[1:]}' around this break", index)
    if name.startswith("$"):
        bound = sorted({token.text for token in lexed.tokens if token.kind is Kind.VARIABLE} - {name})
        return JqError(f"there is no variable '{name}'", index, _meant(name, bound))
    known = sorted({*BUILTINS, *unknown.around})
    if takes := [one.rpartition("/")[2] for one in known if one.rpartition("/")[0] == name]:
        wanted = " or ".join(takes)
        hint = "arguments are separated by `;`" if unknown.arity else ""
        message = f"'{name}' takes {wanted} argument{'' if wanted == '1' else 's'}, not {unknown.arity}"
        return JqError(message, index, hint)
    with_ = {0: "", 1: " with 1 argument"}.get(unknown.arity, f" with {unknown.arity} arguments")
    return JqError(f"there is no function '{name}'{with_}", index, _for_name(lexed, index, name, known))


def no_escape(token: Token) -> JqError:
    """Of a stretch of a string that has an escape that is none."""
    hint = "a backslash itself is written `\\\\`"
    return JqError("an escape in this string is not one that JSON has", token.index, hint)


def no_key(text: str, key: Node, value: JSON) -> JqError:
    """Of an object's key in brackets that gives this value."""
    inner = text[key.start + 1 : key.end - 1]
    index = key.start + 1 + len(inner) - len(inner.lstrip())
    return JqError(f"cannot use {_kind(value)} ({inner.strip()}) as object key", index, "a key is a string")


def _kind(value: JSON) -> str:
    if value is None:
        return "null"
    return {bool: "boolean", list: "array", dict: "object"}.get(type(value), "number")


def _for_name(lexed: Lexed, index: int, name: str, known: Sequence[str]) -> str:
    at = next((n for n, token in enumerate(lexed.tokens) if token.index == index), None)
    if at is not None and (key := _hyphenated(lexed.tokens, at)):
        return f'a key with a hyphen stands in quotes: ."{key}"'
    following = _at(lexed, at + 1) if at is not None else None
    if name in _ROOTS or (following and following.kind is Kind.FIELD and following.index == index + len(name)):
        return f"a path starts with a dot: `.{name}`"
    if word := _OTHER_WORDS.get(name):
        return f"jq writes `{word}`"
    if len(lexed.tokens) == 1 and name[:1].isupper():
        return f'text stands in quotes: "{name}"'
    return _meant(name, sorted({one.rpartition("/")[0] for one in known if one[0] != "_"}))


def _hyphenated(tokens: Sequence[Token], at: int) -> str:
    """`x-github-event` around the name at a position, when it hangs on a field: `.headers.x-github-event`."""
    first = at
    while first >= 2 and tokens[first - 1].text == "-" and tokens[first - 1].index == tokens[first - 2].end:
        first -= 2
    if first == at or tokens[first].kind is not Kind.FIELD:
        return ""
    last = at
    while last + 2 < len(tokens) and tokens[last + 1].text == "-" and tokens[last + 2].index == tokens[last + 1].end:
        last += 2
    return "".join(token.text for token in tokens[first : last + 1])[1:]


def _meant(name: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches  # only for a text that is wrong

    close = get_close_matches(name, names, 1, 0.7)
    return f"did you mean '{close[0]}'?" if close else ""
